"""The public pages: what Roost is, and how it is used. They need no table and no sign-in."""

from __future__ import annotations

from fastapi import Request, Response

from roost.dialects.pages.code_samples import LANGUAGES, code
from roost.dialects.pages.public_pages import DOCS, OTP_PAGE
from roost.dialects.pages.render import language_of, page
from roost.dialects.pages.router import pages_router
from roost.domain.errors import NotFound

router = pages_router()

KEY, PHONE, MESSAGE = "YOUR_KEY", "+14155551234", "Hello from my own phone"
SAMPLES = {"quick-start": "v1", "sms8": "sms8", "smsdora": "smsdora"}
"""Pages that show code, and whose."""


@router.get("/", summary="What Roost is")
@router.get("/es", summary="What Roost is, in Spanish")
async def start(request: Request) -> Response:
    return page(request, "start.html", server=_server(request))


@router.get("/docs", summary="Quick start")
@router.get("/es/docs", summary="Quick start, in Spanish")
async def docs(request: Request) -> Response:
    return _page(request, DOCS[0])


@router.get("/docs/{page}", summary="A page of the documentation")
@router.get("/es/docs/{page}", summary="A page of the documentation, in Spanish")
async def one(request: Request) -> Response:
    return _page(request, request.path_params["page"])


@router.get(OTP_PAGE, summary="One-time codes")
@router.get(f"/es{OTP_PAGE}", summary="One-time codes, in Spanish")
async def otp(request: Request) -> Response:
    return _page(request, "otp")


def _page(request: Request, name: str) -> Response:
    if name not in DOCS:
        raise NotFound(f"No page {name[:80]}")
    server = _server(request)
    folder = SAMPLES.get(name)
    files = LANGUAGES if folder else {}
    samples = {shown: code(f"{folder}/{file}", server, KEY, PHONE, MESSAGE) for shown, file in files.items()}
    return page(
        request,
        f"docs/{language_of(request)}/{name}.html",
        name=name,
        server=server,
        samples=samples,
    )


def _server(request: Request) -> str:
    return str(request.base_url).rstrip("/")
