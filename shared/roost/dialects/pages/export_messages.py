"""/app/messages/export: the messages of a filter as a CSV file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from fastapi import Request, Response

from roost.dialects.pages.message_query import filter_of
from roost.dialects.pages.router import pages_router
from roost.domain import ids
from roost.domain.instants import rfc3339
from roost.domain.messages import Message, MessageStatus, shown_status
from roost.usecases.read_messages import all_messages
from roost.web.visitor import SignedIn

router = pages_router()

COLUMNS = ("id", "created_at", "direction", "number", "text", "status", "phone", "segments", "sent_at", "delivered_at")
MOST_ROWS = 5_000
MOST_EXAMINED = 20_000
"""A file of 5,000 rows has about 1 MB; an answer of Lambda holds 6 MB. A narrower filter gets what is older."""

FORMULA = re.compile(r"[=+\-@\t\r\n]")
NUMBER = re.compile(r"\+?\d+")
HEADERS = {
    "content-disposition": 'attachment; filename="messages.csv"',
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
}


@router.get("/app/messages/export", summary="Messages as a CSV file")
async def export(request: Request, visitor: SignedIn) -> Response:
    """Newest first."""
    wanted = filter_of(request.query_params)
    examined = islice(all_messages(visitor.deps, visitor.account, wanted), MOST_EXAMINED)
    matching = (message for message in examined if wanted.matches(message))
    written = io.StringIO()
    csv.writer(written).writerows([COLUMNS, *_rows(islice(matching, MOST_ROWS))])
    return Response(written.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=HEADERS)


def cell(text: str) -> str:
    """What a spreadsheet would run as a formula becomes text (OWASP, CSV injection). A phone number is none."""
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else text


def _rows(messages: Iterator[Message]) -> Iterator[list[str]]:
    for message in messages:
        yield [
            ids.spell("msg", message.id),
            rfc3339(message.created_at),
            message.direction,
            cell(message.peer),
            cell(message.text),
            shown_status(message),
            ids.spell("phn", message.phone) if message.phone is not None else "",
            str(message.segments),
            *(_reached(message, status) for status in (MessageStatus.SENT, MessageStatus.DELIVERED)),
        ]


def _reached(message: Message, status: MessageStatus) -> str:
    return rfc3339(message.moves[status]) if status in message.moves else ""
