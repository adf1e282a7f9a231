"""/app: where people arrive who are signed in."""

from __future__ import annotations

from fastapi import Depends, Response

from roost.dialects.pages.render import go_to
from roost.dialects.pages.router import pages_router
from roost.web.visitor import signed_in

router = pages_router()


@router.get("/app", summary="The dashboard", dependencies=[Depends(signed_in)])
async def app_start() -> Response:
    return go_to("/app/phones")
