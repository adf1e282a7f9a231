"""Generated requests against every documented route of the local cloud."""
