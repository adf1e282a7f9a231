"""The fault harness: every scenario of the phone protocol and random runs, against the real server in simulated time."""
