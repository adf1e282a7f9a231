"""The owner's command line: what only who runs a deployment may do. Never deployed itself."""
