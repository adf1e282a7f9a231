"""/v1/contacts/bulk, /v1/contacts/imports and /v1/contacts/export."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, Field

from roost.dialects.eightms.contact_view import parsed_contact, parsed_list
from roost.dialects.eightms.list_query import Limit, parsed_id
from roost.dialects.eightms.manage_contacts import Wanted
from roost.dialects.eightms.router import Strict, eightms_router, problems
from roost.domain import ids
from roost.domain.api_keys import Scope
from roost.domain.errors import InvalidRequest
from roost.domain.imports import MOST_BYTES, ContactImport, ImportStatus
from roost.domain.instants import rfc3339
from roost.usecases.export_contacts import export_contacts
from roost.usecases.manage_imports import (
    CSV,
    ImportOptions,
    find_import,
    import_at_once,
    list_imports,
    new_import,
    rows_refused,
    start_import,
    upload_link,
)
from roost.web.caller import Caller, caller_with
from roost.web.uploads import uploaded

router = eightms_router("Contacts")

Reader = Annotated[Caller, Depends(caller_with(Scope.CONTACTS_READ))]
Owner = Annotated[Caller, Depends(caller_with(Scope.CONTACTS_MANAGE))]

FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "default_country": {"type": "string", "examples": ["ES"]},
                        "list_id": {"type": "string", "examples": ["lst_1"]},
                        "tags": {"type": "string", "examples": ["vip,spring"]},
                    },
                }
            }
        },
    }
}
IN_PARTS = "Upload it by a link: POST /v1/contacts/imports"


class UploadView(BaseModel):
    """Send the file's bytes there within ten minutes, with these headers and no others."""

    method: str
    url: str
    headers: dict[str, str]


class ImportView(BaseModel):
    """`rows`: read so far; each was `created`, `updated`, `unchanged` or `refused`. `progress`: of the file, 0 to 100.
    `problem`: why it failed. `errors_url`: the refused rows with their reasons, as CSV."""

    id: str = Field(examples=["imp_1"])
    status: ImportStatus
    progress: int
    rows: int
    created: int
    updated: int
    unchanged: int
    refused: int
    problem: str | None
    errors_url: str
    upload: UploadView | None = None
    created_at: str
    completed_at: str | None


class ImportPageView(BaseModel):
    """`next_cursor`: give it back as `cursor` for more; null at the end."""

    data: list[ImportView]
    next_cursor: str | None


class ImportRequest(Strict):
    size: int = Field(ge=1, le=MOST_BYTES, description="Of the file, in bytes")
    default_country: str | None = Field(default=None, examples=["ES"], description="Of numbers that name no country")
    list_id: str | None = None
    tags: list[str] = Field(default_factory=list, max_length=50)


@router.post(
    "/contacts/bulk", responses={202: {"model": ImportView}, **problems(404, 413, 503)}, openapi_extra=FORM,
    summary="Import contacts from a CSV",
)  # fmt: skip
async def bulk(request: Request, response: Response, caller: Owner) -> ImportView:
    """Columns: phone, first_name, last_name, name, email, tags, do_not_contact (also opted_out, unsubscribed); every
    other becomes a field of your own. A number is one contact: a row about a known one tells more about it. yes, true
    or 1 in do_not_contact opts the number out; a no undoes nothing. 200 when all rows were read, 202 when reading goes
    on: ask `GET /v1/contacts/imports/{id}`. Up to 4.5 MB; larger files by `POST /v1/contacts/imports`."""
    form = await uploaded(request, IN_PARTS)
    if "file" not in form.files:
        raise InvalidRequest.of("file", "is missing: curl -F file=@contacts.csv")
    tags = [tag.strip() for tag in form.fields.get("tags", "").split(",") if tag.strip()]
    options = _options(form.fields.get("default_country") or None, form.fields.get("list_id") or None, tags)
    made = import_at_once(caller.deps, caller.account, form.files["file"], options)
    if made.status is ImportStatus.FAILED:
        raise InvalidRequest.of("file", made.problem or "cannot be read")
    response.status_code = 200 if made.status is ImportStatus.COMPLETED else 202
    return _view(made)


@router.post("/contacts/imports", status_code=201, responses=problems(404, 413), summary="Upload a large CSV")
async def create(request: ImportRequest, caller: Owner) -> ImportView:
    """Up to 500 MB and 1,000,000 rows: put the file to `upload`, then start it."""
    options = _options(request.default_country, request.list_id, request.tags)
    made = new_import(caller.deps, caller.account, request.size, options)
    upload = UploadView(method="PUT", url=upload_link(made), headers={"content-type": CSV})
    return _view(made).model_copy(update={"upload": upload})


@router.post(
    "/contacts/imports/{import_id}/start", status_code=202, responses=problems(404, 409, 503), summary="Start an import"
)
async def start(import_id: str, caller: Owner) -> ImportView:
    """Once its file is uploaded. Twice is once."""
    return _view(start_import(caller.deps, caller.account, ids.parse("imp", import_id)))


@router.get("/contacts/imports", responses=problems(), summary="List imports, newest first")
async def list_all(caller: Reader, limit: Limit = 50, cursor: str | None = None) -> ImportPageView:
    """They are kept for 30 days."""
    before = parsed_id("imp", "cursor", cursor)
    page, behind = list_imports(caller.deps, caller.account, limit, before)
    next_cursor = ids.spell("imp", behind) if behind is not None else None
    return ImportPageView(data=[_view(found) for found in page], next_cursor=next_cursor)


@router.get("/contacts/imports/{import_id}", responses=problems(404), summary="How far an import is")
async def read_one(import_id: str, caller: Reader) -> ImportView:
    return _view(find_import(caller.deps, caller.account, ids.parse("imp", import_id)))


@router.get(
    "/contacts/imports/{import_id}/errors",
    responses={200: {"content": {CSV: {}}}, **problems(404)},
    response_class=Response,
    summary="The rows an import refused, as CSV",
)
async def errors(import_id: str, caller: Reader) -> Response:
    """The first 10,000, by the row as a spreadsheet counts: the header is 1."""
    refused = rows_refused(caller.deps, caller.account, ids.parse("imp", import_id))
    return _csv(refused, f"errors-{import_id}.csv")


@router.get(
    "/contacts/export",
    responses={200: {"content": {CSV: {}}}, **problems(404)},
    response_class=Response,
    summary="Export contacts as CSV",
)
async def export(caller: Reader, wanted: Wanted, cursor: Annotated[str | None, Query()] = None) -> Response:
    """In parts of 5,000: while `X-Next-Cursor` is there, ask again with it as `cursor`, and append. What a spreadsheet
    would run as a formula begins with an apostrophe; an import takes it away again."""
    after = parsed_contact(cursor) if cursor is not None else None
    if cursor is not None and after is None:
        raise InvalidRequest.of("cursor", "is no cursor of ours: give back X-Next-Cursor as it was")
    text, behind = export_contacts(caller.deps, caller.account, wanted, after)
    answer = _csv(text, "contacts.csv")
    if behind is not None:
        answer.headers["X-Next-Cursor"] = ids.spell("con", behind)
    return answer


def _options(country: str | None, list_id: str | None, tags: list[str]) -> ImportOptions:
    wanted = parsed_list(list_id) if list_id is not None else None
    return ImportOptions(country.upper() if country else None, wanted, frozenset(tags))


def _csv(text: str, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type=f"{CSV}; charset=utf-8", headers=headers)


def _view(found: ContactImport) -> ImportView:
    import_id = ids.spell("imp", found.id)
    return ImportView(
        id=import_id,
        status=found.status,
        progress=found.progress,
        rows=max(0, found.row - 1),
        created=found.created,
        updated=found.updated,
        unchanged=found.unchanged,
        refused=found.refused,
        problem=found.problem,
        errors_url=f"/v1/contacts/imports/{import_id}/errors",
        created_at=rfc3339(found.created_at),
        completed_at=rfc3339(found.completed_at) if found.completed_at is not None else None,
    )
