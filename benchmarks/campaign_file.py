"""The file of contacts that the campaign benchmark imports, and the bar that shows how far it is."""

from __future__ import annotations

import random
import sys

BAD_ROWS = 0.01


def csv_of(count: int, rng: random.Random) -> tuple[bytes, list[str]]:
    """The file, and the numbers in it that are good."""
    lines, good = ["first_name,last_name,phone,email,city"], []
    for index in range(count):
        number = f"+3460{index:07d}"
        if rng.random() < BAD_ROWS:
            lines.append(f"Bad,,{index % 100},,")
            continue
        good.append(number)
        lines.append(f"{f'N{index}' if index % 3 else ''},Ruiz,{number},n{index}@example.com,Vigo")
    return ("\n".join(lines) + "\n").encode(), good


def show(what: str, done: int, whole: int) -> None:
    filled = 40 * done // max(whole, 1)
    end = "\n" if done >= whole else ""
    print(f"\r{what:>8} [{'#' * filled}{'.' * (40 - filled)}] {done:,}/{whole:,}", end=end, file=sys.stderr, flush=True)
