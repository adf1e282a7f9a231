"""The fields of a form or a query string, as PHP reads them: the last of a name counts, the body before the query."""

from __future__ import annotations

from urllib.parse import parse_qsl

from fastapi import Request

from roost.domain.errors import InvalidRequest, TooLarge

MOST_BYTES = 4_500_000
"""API Gateway hands a form over in base64 and Lambda takes an event of 6 MB: 4.5 MB of form are 6.0 MB of event."""

MOST_FIELDS = 100


async def form_fields(request: Request, most_bytes: int = MOST_BYTES) -> dict[str, str]:
    """Without the empty ones: clients spell absent as empty. Raises InvalidRequest and TooLarge."""
    body = await request.body()
    if len(body) > most_bytes:
        raise TooLarge(f"A request may have {most_bytes:,} bytes, this one has {len(body):,}: send it in parts")
    sent = (*_pairs("query", request.url.query), *_pairs("body", body))
    return {name: value for name, value in sent if value}


def _pairs(part: str, content: str | bytes) -> list[tuple[str, str]]:
    try:
        text = content.decode() if isinstance(content, bytes) else content
        return parse_qsl(text, errors="strict", max_num_fields=MOST_FIELDS)
    except UnicodeDecodeError:
        raise InvalidRequest.of(part, "is not UTF-8") from None
    except ValueError:
        raise InvalidRequest.of(part, f"has more than {MOST_FIELDS} fields") from None
