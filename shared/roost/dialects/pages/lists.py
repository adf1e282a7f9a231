"""/app/lists: the lists contacts are subscribed to."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from roost.dialects.eightms.contact_view import parsed_list
from roost.dialects.pages.render import go_to, page
from roost.dialects.pages.router import pages_router
from roost.domain.errors import InvalidRequest
from roost.usecases.manage_lists import create_list, list_all_lists, remove_list, rename_list
from roost.web.visitor import PostedForm, SignedIn, Visitor

router = pages_router()


@router.get("/app/lists", summary="Lists")
async def lists(request: Request, visitor: SignedIn) -> Response:
    return _list(request, visitor)


@router.post("/app/lists", summary="Make a list")
async def make(request: Request, posted: PostedForm) -> Response:
    visitor = posted.visitor
    try:
        create_list(visitor.deps, visitor.account, posted.fields.get("name", ""))
    except InvalidRequest as problem:
        return _list(request, visitor, status=problem.status, problem=problem.detail)
    return go_to("/app/lists")


@router.post("/app/lists/{list_id}", summary="Rename a list")
async def rename(request: Request, list_id: str, posted: PostedForm) -> Response:
    visitor = posted.visitor
    try:
        rename_list(visitor.deps, visitor.account, parsed_list(list_id), posted.fields.get("name", ""))
    except InvalidRequest as problem:
        return _list(request, visitor, status=problem.status, problem=problem.detail)
    return go_to("/app/lists")


@router.post("/app/lists/{list_id}/remove", summary="Remove a list; its contacts stay")
async def remove(list_id: str, posted: PostedForm) -> Response:
    remove_list(posted.visitor.deps, posted.visitor.account, parsed_list(list_id))
    return go_to("/app/lists")


def _list(request: Request, visitor: Visitor, *, status: int = 200, problem: str | None = None) -> Response:
    shown: dict[str, Any] = {"lists": list_all_lists(visitor.deps, visitor.account), "problem": problem}
    return page(request, "lists.html", visitor, status=status, **shown)
