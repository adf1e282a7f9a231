"""One location of the stand-in, as a test looks at it, moves it, and has it fail."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from typing import Any

NUMBERS = itertools.count(1)

Answer = tuple[int, dict[str, Any] | None, dict[str, str]]
LOST = -1
"""A fault: the request is served, and its answer never arrives (a 502 of some gateway in between)."""


@dataclass
class There:
    """One location over there. `faults`: what the next calls of a route are answered instead, by the route's name.
    `refused`: texts it does not take; `breaking`: at which it breaks."""

    id: str
    access: str = ""
    refresh: str = ""
    company: str | None = None
    contacts: dict[str, dict[str, Any]] = field(default_factory=dict)
    conversations: dict[str, str] = field(default_factory=dict)
    found_after: int = 0
    texts: list[dict[str, Any]] = field(default_factory=list)
    statuses: dict[str, list[str]] = field(default_factory=dict)
    faults: dict[str, list[Answer]] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    breaking: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    webhooks: list[dict[str, Any]] = field(default_factory=list)

    def contact(self, number: str) -> dict[str, Any]:
        return next(contact for contact in self.contacts.values() if contact["phone"] == number)

    def bodies(self, direction: str) -> list[str]:
        return [text["body"] for text in self.texts if text["direction"] == direction]

    def fail(self, route: str, *statuses: int, **headers: str) -> None:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        self.faults.setdefault(route, []).extend((status, {"message": "scripted"}, sent) for status in statuses)

    def changed(self, contact: dict[str, Any], event: str) -> None:
        self.webhooks.append({"type": event, "locationId": self.id, **json.loads(json.dumps(contact))})

    def send(self, number: str, text: str) -> dict[str, Any]:
        """Somebody writes in the inbox; the body that the delivery URL gets."""
        message = f"msg{next(NUMBERS)}"
        self.statuses[message] = []
        contact = self.made(number)["id"]
        said = {"contactId": contact, "locationId": self.id, "messageId": message, "type": "SMS"}
        return {**said, "phone": number, "message": text, "attachments": [], "userId": "GK56r6wdJDrkUPd0xsmx"}

    def made(self, number: str) -> dict[str, Any]:
        for contact in self.contacts.values():
            if contact["phone"] == number:
                return contact
        contact = {"id": f"con{next(NUMBERS)}", "phone": number, "tags": [], "dnd": False, "dndSettings": {}}
        return self.contacts.setdefault(contact["id"], contact)
