"""`make mcp-conformance`: the official suite and the official clients against our endpoints. Needs npm and network."""
