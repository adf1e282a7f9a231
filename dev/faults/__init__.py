"""The fault harness: scenarios and random runs against the real server, in simulated time."""
