"""Fetches what an MMS carries, before the radio is asked; what may not be sent fails its message with the reason."""

from __future__ import annotations

from collections.abc import Sequence

import httpx

from dev.phone.wire import MmsContent

TIMEOUT = httpx.Timeout(20, connect=10)

WRONG_TYPE = "MEDIA_WRONG_TYPE"
TOO_LARGE = "MEDIA_TOO_LARGE"
UNREACHABLE = "MEDIA_FETCH_FAILED"


class Attachments:
    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def problem_of(self, mms: MmsContent) -> str | None:
        """Fetch all parts; the name of what is wrong with the first bad one, None if the MMS can go."""
        left = mms.max_bytes
        for part in mms.parts:
            found = self._fetch(part.url, mms.types, left)
            if isinstance(found, str):
                return found
            left -= found
        return None

    def _fetch(self, url: str, types: Sequence[str], most: int) -> int | str:
        """How many bytes it has, or the problem. It reads no further than it may: a size is only believed when read."""
        try:
            with self._http.stream("GET", url, timeout=TIMEOUT, follow_redirects=False) as answer:
                if not answer.is_success:
                    return UNREACHABLE
                if answer.headers.get("content-type", "").partition(";")[0].strip().lower() not in types:
                    return WRONG_TYPE
                size = 0
                for chunk in answer.iter_bytes():
                    size += len(chunk)
                    if size > most:
                        return TOO_LARGE
                return size
        except (httpx.HTTPError, httpx.InvalidURL):
            return UNREACHABLE
