"""GET /assets/{name}: cached for ever, because a changed file has another name."""

from __future__ import annotations

import mimetypes

from fastapi import Response

from roost.dialects.pages.asset_files import asset_contents
from roost.dialects.pages.router import pages_router
from roost.domain.errors import NotFound

router = pages_router()

CACHE = {"cache-control": "public, max-age=31536000, immutable", "x-content-type-options": "nosniff"}


@router.get("/assets/{name}", summary="A file of the pages")
async def asset(name: str) -> Response:
    content = asset_contents().get(name.partition("-")[2])
    if content is None:
        raise NotFound(f"No file {name[:80]}")
    return Response(content, media_type=mimetypes.guess_type(name)[0], headers=CACHE)
