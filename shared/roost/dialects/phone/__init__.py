"""The phone protocol, version 1, at `/phone/v1`."""
