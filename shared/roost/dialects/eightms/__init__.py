"""Roost native API at `/v1`: the one of 8ms, which grows."""
