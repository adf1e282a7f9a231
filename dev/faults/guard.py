"""A guard of the promise: a piece of code whose absence some scenario must notice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guard:
    """`file`: under shared/roost. `text` becomes `without`. `scenarios`: names or numbers that may notice."""

    name: str
    file: str
    text: str
    without: str
    scenarios: tuple[str, ...]
