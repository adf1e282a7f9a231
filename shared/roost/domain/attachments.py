"""What an MMS carries: attachments by URL on the way out, parts in our own bucket on the way in. Policy as data."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from roost.domain.errors import InvalidRequest
from roost.domain.webhook_urls import parse_target

MOST_ATTACHMENTS = 10
MOST_BYTES_OUT = 1_000_000
"""Of all attachments of one MMS; many carriers take no more, some take 300 KB and shrink pictures themselves."""
TYPES_OUT = ("image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "video/3gpp", "audio/mpeg", "audio/amr")

MOST_PARTS_IN = 20
MOST_PART_BYTES_IN = 5_000_000
CONTENT_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,40}/[a-z0-9][a-z0-9.+-]{0,60}")
MEDIA_ID = re.compile(r"med_(?P<digest>[0-9a-f]{32})")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an MMS that came in. `id` finds its object; `size` in bytes, as its phone said."""

    id: str
    content_type: str
    size: int


def checked_attachments(urls: Sequence[str], field_name: str) -> tuple[str, ...]:
    """The URLs a phone is to fetch. Raises InvalidRequest naming the field and the place in it.

    The server fetches none of them. What a stranger's URL may name is the same as for webhooks all the same: a phone
    stands in its owner's network, and must not be made to send out what only that network may see.
    """
    if not 1 <= len(urls) <= MOST_ATTACHMENTS:
        raise InvalidRequest.of(field_name, f"must have 1 to {MOST_ATTACHMENTS} URLs")
    for place, url in enumerate(urls):
        try:
            parse_target(url)
        except InvalidRequest as refused:
            raise InvalidRequest.of(f"{field_name}.{place}", refused.fields[0].problem) from None
    return tuple(urls)


def media_id(ref: str) -> str:
    """The same for every repeat of an upload that the phone calls `ref`: one event, one object."""
    return f"med_{hashlib.sha256(ref.encode()).hexdigest()[:32]}"


def object_key(account: str, phone: int, media: str) -> str:
    """Where the object of a media id lies: under the account and the phone that may write it."""
    return f"{account}/{phone}/{media}"
