"""/app/imports: contacts from a CSV file, how far it is, and the rows that were refused."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from roost.dialects.eightms.contact_view import parsed_list
from roost.dialects.pages.contact_query import tags_of
from roost.dialects.pages.render import go_to, page
from roost.dialects.pages.router import pages_router
from roost.domain import ids
from roost.domain.errors import InvalidRequest
from roost.usecases.manage_imports import CSV, ImportOptions, find_import, import_at_once, list_imports, rows_refused
from roost.usecases.manage_lists import list_all_lists
from roost.web.visitor import PostedFile, PostedUpload, SignedIn, Visitor

router = pages_router()

PAGE = 20


@router.get("/app/imports", summary="Import contacts")
async def imports(request: Request, visitor: SignedIn) -> Response:
    return _form(request, visitor)


@router.post("/app/imports", summary="Upload a file of contacts")
async def upload(request: Request, posted: PostedFile) -> Response:
    """What a request has no time for is read on by the import's machine; the next page shows how far it is."""
    visitor = posted.visitor
    try:
        if posted.file is None:
            raise InvalidRequest.of("file", "is missing or empty: choose a CSV file")
        made = import_at_once(visitor.deps, visitor.account, posted.file, _options(posted))
    except InvalidRequest as problem:
        return _form(request, visitor, status=problem.status, problem=problem.detail, filled_in=posted.fields)
    return go_to(f"/app/imports/{ids.spell('imp', made.id)}")


@router.get("/app/imports/{import_id}", summary="One import")
async def one(request: Request, import_id: str, visitor: SignedIn) -> Response:
    return _one(request, visitor, import_id, "import.html")


@router.get("/app/imports/{import_id}/progress", summary="How far it is, asked for again and again")
async def progress(request: Request, import_id: str, visitor: SignedIn) -> Response:
    return _one(request, visitor, import_id, "import_progress.html")


@router.get("/app/imports/{import_id}/errors", summary="The rows it refused, as CSV")
async def errors(import_id: str, visitor: SignedIn) -> Response:
    number = ids.parse("imp", import_id)
    refused = rows_refused(visitor.deps, visitor.account, number)
    headers = {"content-disposition": f'attachment; filename="errors-imp_{number}.csv"', "cache-control": "no-store"}
    return Response(refused.encode("utf-8-sig"), media_type=f"{CSV}; charset=utf-8", headers=headers)


def _options(posted: PostedUpload) -> ImportOptions:
    """Raises NotFound for a list that is none."""
    fields = posted.fields
    return ImportOptions(
        country=fields["country"].upper() if "country" in fields else None,
        list_id=parsed_list(fields["list_id"]) if "list_id" in fields else None,
        tags=tags_of(fields.get("tags", "")),
    )


def _form(request: Request, visitor: Visitor, *, status: int = 200, **shown: Any) -> Response:
    before = ids.parse("imp", request.query_params.get("before", ""))
    past, behind = list_imports(visitor.deps, visitor.account, PAGE, before)
    values: dict[str, Any] = {
        "imports": past,
        "older": ids.spell("imp", behind) if behind is not None else None,
        "lists": list_all_lists(visitor.deps, visitor.account),
        "problem": None,
        "filled_in": {},
    }
    return page(request, "imports.html", visitor, status=status, **values | shown)


def _one(request: Request, visitor: Visitor, import_id: str, template: str) -> Response:
    found = find_import(visitor.deps, visitor.account, ids.parse("imp", import_id))
    return page(request, template, visitor, found=found, import_id=ids.spell("imp", found.id))
