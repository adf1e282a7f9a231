"""Wire formats: each dialect translates its own to the same use cases."""
