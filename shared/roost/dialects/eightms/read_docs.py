"""GET /v1/docs (interactive) and /v1/openapi.json. Every asset comes from here, none from a CDN."""

from __future__ import annotations

import mimetypes
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from fastapi import Response
from fastapi.openapi.docs import get_swagger_ui_html

from roost.dialects.eightms.router import eightms_router
from roost.domain.errors import NotFound

router = eightms_router("Docs")

ASSETS = frozenset({"swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"})
CACHE = {"cache-control": "public, max-age=86400"}


@cache
def openapi_document() -> bytes:
    """Written by `make openapi` from the routes; a test compares the two."""
    return files("roost.web").joinpath("openapi.json").read_bytes()


@cache
def asset_folder() -> Path:
    """The static files of swagger-ui, found without importing the package around them."""
    spec = find_spec("flask_swagger_ui")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the docs layer is missing")
    return Path(spec.submodule_search_locations[0]) / "dist"


@router.get("/openapi.json", summary="The OpenAPI document", include_in_schema=False)
async def openapi() -> Response:
    return Response(openapi_document(), media_type="application/json")


@router.get("/docs", summary="Interactive API reference", include_in_schema=False)
async def docs() -> Response:
    return get_swagger_ui_html(
        openapi_url="/v1/openapi.json",
        title="Roost API",
        swagger_js_url="/v1/docs/swagger-ui-bundle.js",
        swagger_css_url="/v1/docs/swagger-ui.css",
        swagger_favicon_url="/v1/docs/favicon-32x32.png",
    )


@router.get("/docs/{asset}", summary="A file of the reference page", include_in_schema=False)
async def docs_asset(asset: str) -> Response:
    if asset not in ASSETS:
        raise NotFound(f"No file {asset[:80]}")
    content = (asset_folder() / asset).read_bytes()
    return Response(content, media_type=mimetypes.guess_type(asset)[0], headers=CACHE)
