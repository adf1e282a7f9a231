"""The routes that answer without a key; every other one asks who is calling, and a contract test walks them all."""

PUBLIC_ROUTES = frozenset(
    {
        "DELETE /api/mcp",
        "DELETE /mcp",
        "GET /api/mcp",
        "GET /api/v1",
        "GET /c/{token}",
        "GET /",
        "GET /assets/{name}",
        "GET /login",
        "GET /mcp",
        "GET /login/link",
        "GET /signup",
        "GET /v1/docs",
        "GET /v1/docs/{asset}",
        "GET /v1/openapi.json",
        "OPTIONS /",
        "OPTIONS /mcp",
        "POST /language",
        "POST /login",
        "POST /login/link",
        "POST /phone/v1/pair",
    }
)
