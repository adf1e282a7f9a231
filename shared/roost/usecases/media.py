"""What came in by MMS: where a phone puts it, and where a caller finds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from roost.domain.attachments import object_key
from roost.domain.messages import Message
from roost.domain.phones import Phone
from roost.runtime.media import media_store


@dataclass(frozen=True, slots=True)
class Upload:
    """`media`: the id of what is to be put there."""

    media: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Attachment:
    """`url`: a sent message's own; of a received one a link that works for ten minutes. `size`: None if not known."""

    url: str
    content_type: str | None = None
    size: int | None = None


def upload_links(phone: Phone, uploads: Sequence[Upload]) -> list[str]:
    """One for each, in their order. Under its own account and number: a phone cannot write what is another's."""
    store = media_store()
    keys = [object_key(phone.account, phone.number, upload.media) for upload in uploads]
    return [store.upload_link(key, upload.content_type, upload.size) for key, upload in zip(keys, uploads, strict=True)]


def attachments_of(message: Message) -> list[Attachment]:
    """Nothing is asked of the bucket: a link to an object that is gone (after 90 days) answers 404."""
    sent = [Attachment(url) for url in message.attachments]
    if not message.parts_in or message.phone is None:
        return sent
    store = media_store()
    return sent + [
        Attachment(
            store.download_link(object_key(message.account, message.phone, part.id), part.content_type),
            part.content_type,
            part.size,
        )
        for part in message.parts_in
    ]
