"""Laravel's paginator: `{data, links, meta}`. Every link keeps the filters of the request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

AROUND = 3
"""Pages shown on each side of the current one; the first two and the last two always are."""


def paginated(
    data: list[Any], total: int, page: int, per_page: int, path: str, filters: dict[str, str]
) -> dict[str, Any]:
    """`path`: the URL without its query; `filters`: what else of the query each link repeats."""

    def url(number: int) -> str | None:
        return f"{path}?{urlencode({**filters, 'page': number})}" if 1 <= number <= last else None

    last = max(1, -(-total // per_page))
    first_shown = (page - 1) * per_page + 1 if data else None
    return {
        "data": data,
        "links": {"first": url(1), "last": url(last), "prev": url(page - 1), "next": url(page + 1)},
        "meta": {
            "current_page": page,
            "from": first_shown,
            "last_page": last,
            "links": [
                {"url": url(page - 1), "label": "&laquo; Previous", "active": False},
                *(_numbered(number, page, url(number) if number else None) for number in shown_pages(page, last)),
                {"url": url(page + 1), "label": "Next &raquo;", "active": False},
            ],
            "path": path,
            "per_page": per_page,
            "to": first_shown + len(data) - 1 if first_shown is not None else None,
            "total": total,
        },
    }


def _numbered(number: int | None, page: int, url: str | None) -> dict[str, Any]:
    return {"url": url, "label": str(number) if number else "...", "active": number == page}


def shown_pages(page: int, last: int) -> Iterator[int | None]:
    """The page numbers worth a link, ascending; None where some are left out."""
    near = range(page - AROUND, page + AROUND + 1)
    shown = sorted({number for number in (1, 2, *near, last - 1, last) if 1 <= number <= last})
    before = 0
    for number in shown:
        if number > before + 1:
            yield None
        yield number
        before = number
