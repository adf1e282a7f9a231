"""/download: the phone app of this very server, as the APK that was built with it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request, Response

from roost.dialects.pages.render import page
from roost.dialects.pages.router import pages_router
from roost.domain.errors import NotFound

APK_TYPE = "application/vnd.android.package-archive"
LARGEST_APK = 4_400_000
"""In bytes: Lambda answers 6 MB at most, and Base64 makes three bytes four."""


@dataclass(frozen=True, slots=True)
class Apk:
    content: bytes
    sha256: str

    @property
    def kilobytes(self) -> int:
        return -(-len(self.content) // 1_000)


def router_for(file: Path) -> APIRouter:
    router = pages_router()

    @router.get("/download", summary="The page of the phone app")
    async def download_page(request: Request) -> Response:
        """Also says so when there is no app, with what to do: the page is linked from everywhere."""
        return page(request, "download.html", apk=_found(file))

    @router.get("/download/roost.apk", summary="The phone app")
    async def apk() -> Response:
        found = _found(file)
        if found is None:
            raise NotFound(
                "This server was deployed without the phone app. Its owner builds one with make android-check, or in "
                "Android Studio, puts it at functions/download_app/roost.apk and deploys again"
            )
        headers = {
            "content-disposition": 'attachment; filename="roost.apk"',
            "etag": f'"{found.sha256}"',
            "cache-control": "no-cache",
            "x-content-type-options": "nosniff",
        }
        return Response(found.content, media_type=APK_TYPE, headers=headers)

    return router


def _found(file: Path) -> Apk | None:
    """None also for a file that is too large to be answered: then the page must not offer it."""
    if not file.is_file():
        return None
    stat = file.stat()
    return _read(file, stat.st_mtime_ns) if stat.st_size <= LARGEST_APK else None


@cache
def _read(file: Path, _changed_at: int) -> Apk:
    content = file.read_bytes()
    return Apk(content, hashlib.sha256(content).hexdigest())
