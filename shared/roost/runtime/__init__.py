"""The only reader of the environment: settings, clients, logger."""
