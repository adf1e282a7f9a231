"""The Model Context Protocol: SMS8's tools and Roost's own at `/mcp` and `/`, SMS for AI's at `/api/mcp`."""
