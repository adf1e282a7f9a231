"""The dashboard: pages rendered on the server, for people."""
