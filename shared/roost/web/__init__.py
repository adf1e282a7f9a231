"""HTTP: the app factory, the caller, errors to JSON, pages."""
