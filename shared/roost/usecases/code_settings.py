"""An account's defaults for one-time codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from roost.domain.codes import CodeSettings, checked_settings
from roost.runtime.deps import Deps
from roost.storage.code_settings import get_code_settings, put_code_settings


def read_code_settings(deps: Deps, account: str) -> CodeSettings:
    return get_code_settings(deps.accounts, account)


def change_code_settings(deps: Deps, account: str, changes: Mapping[str, Any]) -> CodeSettings:
    """`changes`: members of CodeSettings. Raises InvalidRequest; then nothing is changed."""
    settings = checked_settings(replace(get_code_settings(deps.accounts, account), **changes))
    put_code_settings(deps.accounts, account, settings)
    return settings
