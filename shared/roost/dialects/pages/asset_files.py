"""Scripts, styles and pictures of the pages, each under a name that changes with its content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

ASSETS = ("htmx.min.js", "roost.js", "tester.js", "roost.css", "roost.svg")


@cache
def asset_contents() -> Mapping[str, bytes]:
    folder = files("roost.dialects.pages").joinpath("assets")
    return MappingProxyType({name: folder.joinpath(name).read_bytes() for name in ASSETS})


@cache
def asset_url(name: str) -> str:
    """`/assets/<hash>-<name>`."""
    return f"/assets/{hashlib.sha256(asset_contents()[name]).hexdigest()[:12]}-{name}"
