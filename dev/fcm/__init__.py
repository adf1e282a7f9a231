"""A stand-in for Firebase Cloud Messaging on this machine: same HTTP v1 interface, faults on request."""
