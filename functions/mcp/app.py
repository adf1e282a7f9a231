"""Tools for AI assistants: the Model Context Protocol."""

from roost.dialects.mcp import endpoints
from roost.web.app import create_app, lambda_handler

app = create_app(endpoints.router)
handler = lambda_handler(app)
