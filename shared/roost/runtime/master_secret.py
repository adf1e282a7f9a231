"""What account keys are derived from."""

from __future__ import annotations

from functools import cache

from roost.runtime.kept_secret import kept_secret
from roost.runtime.settings import settings


@cache
def account_key_master() -> bytes:
    """Made by the owner's command line with the first account key, so a function that only shows keys may only read.

    Lost, it takes no key out of service, but no key made before can be shown again.
    """
    return kept_secret(settings().account_keys_parameter)
