"""Every version of every message that the stream showed, in order: what the invariants about going back read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

DESERIALIZER = TypeDeserializer()
Image = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Version:
    """A message as it was written at `at_ms`. `image`: the item, numbers as ints."""

    at_ms: int
    image: Image

    @property
    def id(self) -> int:
        return int(self.image["id"])

    @property
    def status(self) -> str:
        return str(self.image["status"])


class History:
    def __init__(self, account: str) -> None:
        self._account = account
        self.versions: dict[int, list[Version]] = {}

    def is_ours(self, record: dict[str, Any]) -> bool:
        """The engine's stream has the messages of all worlds."""
        image = record["dynamodb"].get("NewImage", {})
        return bool(image.get("account", {}).get("S") == self._account)

    def take(self, records: Sequence[dict[str, Any]], at_ms: int) -> None:
        for record in records:
            image = record["dynamodb"]["NewImage"]
            if "status" not in image or "cursor" in image:  # chunks and records; lanes of batches
                continue
            plain = {name: _plain(DESERIALIZER.deserialize(value)) for name, value in image.items()}
            version = Version(at_ms, plain)
            self.versions.setdefault(version.id, []).append(version)

    def last(self, message_id: int) -> Image:
        """The message as it is now. Raises KeyError if the stream never showed it."""
        return self.versions[message_id][-1].image


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_plain(member) for member in value]
    if isinstance(value, set):
        return {_plain(member) for member in value}
    return int(value) if hasattr(value, "as_integer_ratio") and not isinstance(value, bool) else value
