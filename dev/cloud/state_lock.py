"""One cloud per state folder."""

import fcntl
from io import TextIOWrapper
from pathlib import Path


class StateInUseError(Exception):
    """Another local cloud runs on this folder."""


def lock_state(folder: Path) -> TextIOWrapper:
    """Lock the folder until the returned file is closed or the process ends; raises StateInUseError."""
    lock = (folder / "lock").open("w", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise StateInUseError(f"another local cloud runs on {folder}; stop it, or pass another --state") from error
    return lock
