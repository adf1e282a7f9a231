"""One errand at HighLevel: show a text, tell how far one is, or agree about who wants no messages."""

from __future__ import annotations

from roost.domain.highlevel import STATUS_THERE, WHY_FAILED
from roost.domain.highlevel_errands import Errand, ErrandKind
from roost.domain.messages import RANK, MessageStatus
from roost.storage.highlevel_links import Link, get_link, mark_told
from roost.usecases.agree_contact import agree_about
from roost.usecases.highlevel_line import Line
from roost.usecases.show_text import show_text

LEFT = frozenset({"sent", "delivered"})


def run_errand(line: Line, errand: Errand) -> None:
    """Done when it returns; a repeat changes nothing. Raises NotTaken, OutOfBudget and TokensRefused."""
    if errand.kind is ErrandKind.CONTACT:
        agree_about(line, errand.number)
    elif errand.kind is ErrandKind.RECEIVED:
        show_text(line, errand, "inbound")
    else:
        _tell_state(line, errand)


def _tell_state(line: Line, errand: Errand) -> None:
    """What HighLevel sent by us is only told how far it is; what we sent ourselves appears there when it has left."""
    status, table = str(errand.data["status"]), line.deps.highlevel
    if errand.data.get("their_id") is not None:
        return _put_status(line, str(errand.data["their_id"]), status, errand)
    link = get_link(table, line.location, int(errand.data["ours"]))
    if link is None and status in LEFT:
        link = Link(int(errand.data["ours"]), show_text(line, errand, "outbound"), "sent")
    if link is None or _is_older(status, link.told):
        return None
    _put_status(line, link.theirs, status, errand)
    mark_told(table, line.location, link, status)
    return None


def _is_older(status: str, told: str) -> bool:
    """The stream may tell again what was told, and later than what followed."""
    return bool(told) and RANK[MessageStatus(status)] <= RANK[MessageStatus(told)]


def _put_status(line: Line, theirs: str, status: str, errand: Errand) -> None:
    word = STATUS_THERE[status]
    why = WHY_FAILED.get(status) or str(errand.data.get("why") or "It was not sent") if word == "failed" else None
    api = line.integration.api
    line.need("tell a status", lambda token: api.put_status(token, theirs, word, why), may_be_early=True)
