"""GET /api/v1/sms and /api/v1/sms/{sms_id}."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Query, Request
from pydantic import BaseModel

from roost.dialects.sms_for_ai.message_view import SmsView, sms_view
from roost.dialects.sms_for_ai.paginator import paginated
from roost.dialects.sms_for_ai.router import refusals, sms_for_ai_router, token_with
from roost.dialects.sms_for_ai.statuses import STORED, SmsStatus
from roost.domain import ids
from roost.domain.api_keys import Scope
from roost.domain.errors import NotFound
from roost.domain.messages import Direction
from roost.usecases.page_messages import MOST_LISTED, page_of_sent
from roost.usecases.read_messages import read_message
from roost.web.caller import Caller

router = sms_for_ai_router()

Reader = Annotated[Caller, Depends(token_with(Scope.MESSAGES_READ))]


class SmsPage(BaseModel):
    """As Laravel pages: `links` has first, last, prev and next; `meta` the numbers and a link per page."""

    data: list[SmsView]
    links: dict[str, str | None]
    meta: dict[str, Any]


@router.get("/sms", responses=refusals(422), summary="List sent messages")
async def list_all(
    request: Request,
    caller: Reader,
    status: SmsStatus | None = None,
    page: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 1,
    per_page: Annotated[int, Query(ge=1, le=100)] = 15,
) -> SmsPage:
    """Newest first: the newest 10,000 messages of the last 90 days, which `meta.total` counts. Older ones are found by
    their id, and by the cursor of `GET /v1/messages`."""
    filters = {name: value for name, value in request.query_params.items() if name in ("status", "per_page")}
    return sms_page(caller, status, page, per_page, str(request.url.replace(query="")), filters)


def sms_page(
    caller: Caller, status: SmsStatus | None, page: int, per_page: int, path: str, filters: dict[str, str]
) -> SmsPage:
    """`path`, `filters`: for the links."""
    statuses = STORED[status] if status is not None else None
    found = page_of_sent(caller.deps, caller.account, statuses, page, per_page)
    views = [sms_view(message) for message in found.messages]
    return SmsPage(**paginated(views, found.total, page, per_page, path, filters))


@router.get("/sms/{sms_id}", responses=refusals(404), summary="Get one SMS")
async def read_one(sms_id: str, caller: Reader) -> SmsView:
    message = read_message(caller.deps, caller.account, ids.parse("msg", sms_id))
    if message.direction is Direction.IN:
        raise NotFound("No such SMS was sent")
    return sms_view(message)
