"""What account keys are derived from, for the routes that show or make one."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from roost.runtime.master_secret import account_key_master


async def _master() -> bytes:
    return account_key_master()


Master = Annotated[bytes, Depends(_master)]
