"""What becomes of each kind of row when a recipient is erased: one table, and whatever is not in it stays.

A row is the recipient's, and goes or loses who and what; or it is about somebody else and loses the mention alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from owner.mentions import ERASED, Number
from roost.storage.items import Item

OPT_OUT = "opt-out#"
STOP = "its STOP"
"""Who answered STOP must not be texted again: that the number is remembered for this is what the law asks for."""

SAYS_WHAT = frozenset({"text", "secret_text", "answer", "attachments", "parts_in", "error", "notes", "sender_id"})


def _deleted(_: Item, __: Number) -> None:
    """Nothing is left."""


def _without_text(item: Item, number: Number) -> Item:
    """Rows of messages stay, so that counts and money still add up."""
    kept = {name: value for name, value in item.items() if name not in SAYS_WHAT and not number.is_in(value)}
    return {**kept, "pk": item["pk"], "sk": item["sk"], "peer": ERASED, "text": ""}


def _without_places(item: Item, number: Number) -> Item:
    """A page of a batch: the places of the others stay where they are."""
    emptied: Mapping[str, Any] = {"peers": ERASED, "texts": "", "media": []}
    places = places_in(item, number)
    columns = {
        name: [
            empty if place in places and value is not None else number.without(value)
            for place, value in enumerate(item[name])
        ]
        for name, empty in emptied.items()
        if name in item
    }
    return {**item, **columns}


def _without_payload(item: Item, _: Number) -> Item:
    return {**item, "payload": ERASED}


def places_in(page: Item, number: Number) -> frozenset[int]:
    return frozenset(place for place, peer in enumerate(page["peers"]) if number.is_meant_by(peer))


@dataclass(frozen=True, slots=True)
class RowKind:
    """`is_one`: of a row of the table; `is_theirs`: of one of these; `theirs`: what is left of it, None for nothing."""

    what: str
    table: str
    is_one: Callable[[Item], bool]
    is_theirs: Callable[[Item, Number], bool]
    theirs: Callable[[Item, Number], Item | None] = _deleted


def _has(name: str) -> Callable[[Item], bool]:
    return lambda item: name in item


def _named(*prefixes: str) -> Callable[[Item], bool]:
    return lambda item: str(item["sk"]).startswith(prefixes)


def _within(part: str) -> Callable[[Item], bool]:
    """`part`: of the partition, behind the account."""
    return lambda item: f"#{str(item['pk']).split('#', 2)[-1]}".startswith(part)


def _by(name: str) -> Callable[[Item, Number], bool]:
    return lambda item, number: number.is_meant_by(item.get(name))


def _by_event(item: Item, number: Number) -> bool:
    data = item["event"]["data"]
    return any(number.is_meant_by(data.get(name)) for name in ("to", "from", "phone"))


def _by_stop(item: Item, number: Number) -> bool:
    return number.is_meant_by(str(item["sk"]).removeprefix(OPT_OUT))


def _by_payload(item: Item, number: Number) -> bool:
    return number.is_in(item["payload"])


def _nobodys(_: Item, __: Number) -> bool:
    return False


KINDS = (
    RowKind("messages without their number and text", "messages", _has("direction"), _by("peer"), _without_text),
    RowKind("pages of batches without the number", "messages", _has("peers"),
            lambda item, number: bool(places_in(item, number)), _without_places),
    RowKind("texts of batches", "messages", _has("cursor"), _nobodys),
    RowKind("one-time codes", "messages", _within("#O#"), _by("peer")),
    RowKind("events being told", "messages", _named("event#"), lambda item, n: "event" in item and _by_event(item, n)),
    RowKind("contacts", "contacts", _within("#contacts#"), _by("number")),
    RowKind("places in lists", "contacts", _within("#L#"), _by("sk")),
    RowKind("conversations", "contacts", _within("#T#"), _by("peer")),
    RowKind(STOP, "contacts", _named(OPT_OUT), _by_stop),
    RowKind("events owed to webhooks", "webhooks", _named("owed#"), _by_event),
    RowKind("attempts at webhooks", "webhooks", _named("attempt#"), _nobodys),
    RowKind("contacts of HighLevel", "highlevel", _named("contact#"), _by("number")),
    RowKind("what HighLevel is owed", "highlevel", _named("owed#", "given-up#"), _by("number")),
    RowKind("unreadable payloads of HighLevel", "highlevel", _named("aside#"), _by_payload, _without_payload),
)  # fmt: skip
"""Of ids, hashes and counts nothing is here: they say nothing about a person, but for `storage/recipients`."""

WHAT_TO_DO = {
    "phone#": "it is the number of a SIM in this phone: unpair the phone if that is no longer so",
    "endpoint#": "PATCH or DELETE /v1/webhooks/{id}",
    "campaign#": "edit or delete the campaign",
    "import#": "goes by itself 30 days after the import",
    "refused#": "goes by itself 30 days after the import",
    "location#": "goes with the newest ten troubles of the location, or when it is connected again",
}
"""By the sort key of rows that are nobody's who was written to. They are never changed: what works would stop."""

LOOK_YOURSELF = "somebody of the account wrote it there: change it where it was set"


def kind_of(table: str, item: Item) -> RowKind | None:
    return next((kind for kind in KINDS if kind.table == table and kind.is_one(item)), None)


def what_to_do(item: Item) -> str:
    return next((told for prefix, told in WHAT_TO_DO.items() if str(item["sk"]).startswith(prefix)), LOOK_YOURSELF)
