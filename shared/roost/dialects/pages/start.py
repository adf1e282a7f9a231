"""/ and /app: where people arrive."""

from __future__ import annotations

from fastapi import Depends, Request, Response

from roost.dialects.pages.render import go_to, page
from roost.dialects.pages.router import pages_router
from roost.web.visitor import signed_in

router = pages_router()


@router.get("/", summary="What Roost is")
async def start(request: Request) -> Response:
    return page(request, "start.html")


@router.get("/app", summary="The dashboard", dependencies=[Depends(signed_in)])
async def app_start() -> Response:
    return go_to("/app/phones")
