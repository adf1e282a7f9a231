"""The local cloud: template.yaml on an AWS emulator, without Docker or an account."""
