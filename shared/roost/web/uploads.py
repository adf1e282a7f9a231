"""Files that come in a form (multipart/form-data, RFC 7578)."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP

from fastapi import Request

from roost.domain.errors import InvalidRequest, TooLarge
from roost.web.forms import MOST_BYTES


@dataclass(frozen=True, slots=True)
class Uploaded:
    """`files` and `fields` by name; of several with one name the last."""

    files: dict[str, bytes] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)


async def uploaded(request: Request, too_large: str) -> Uploaded:
    """`too_large`: what to do with more than a request can hold. Raises TooLarge and InvalidRequest."""
    content_type = request.headers.get("content-type", "")
    if not content_type.lower().startswith("multipart/form-data"):
        raise InvalidRequest.of("file", "must come as multipart/form-data: curl -F file=@contacts.csv")
    body = await request.body()
    if len(body) > MOST_BYTES:
        raise TooLarge(f"A request may have {MOST_BYTES:,} bytes, this one has {len(body):,}. {too_large}")
    head = f"content-type: {content_type}\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    found = Uploaded()
    for part in message.iter_parts() if message.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(content, bytes):
            continue
        if part.get_filename() is not None:
            found.files[name] = content
        else:
            found.fields[name] = content.decode(errors="replace")
    return found
