"""One errand at HighLevel: show a text, tell how far one is, or agree about who wants no messages."""

from __future__ import annotations

from roost.domain.highlevel import STATUS_THERE, WHY_FAILED
from roost.domain.highlevel_errands import Errand, ErrandKind
from roost.storage.highlevel_links import their_id
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
    status, theirs = str(errand.data["status"]), errand.data.get("their_id")
    if theirs is None:
        theirs = their_id(line.deps.highlevel, line.location, int(errand.data["ours"]))
        if theirs is None:
            if status not in LEFT:
                return
            theirs = show_text(line, errand, "outbound")
            if status == "sent":
                return
    word = STATUS_THERE[status]
    why = WHY_FAILED.get(status) or str(errand.data.get("why") or "It was not sent") if word == "failed" else None
    api = line.integration.api
    line.need("tell a status", lambda token: api.put_status(token, str(theirs), word, why), may_be_early=True)
