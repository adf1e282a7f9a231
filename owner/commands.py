"""How a command is declared: its name, what it does, and the function that does it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING

from owner.rows import Row
from roost.runtime.deps import Deps

if TYPE_CHECKING:
    from argparse import _SubParsersAction

Run = Callable[[Deps, Namespace], list[Row]]
"""Does it and says what is then so. Raises RoostError."""


class Commands:
    """The commands of one parser."""

    def __init__(self, parsers: _SubParsersAction[ArgumentParser]) -> None:
        self._parsers = parsers

    def add(self, name: str, purpose: str, run: Run) -> ArgumentParser:
        """The parser of the new command, for its own arguments."""
        parser = self._parsers.add_parser(name, help=purpose, description=purpose)
        parser.set_defaults(run=run)
        return parser


def account_argument(parser: ArgumentParser) -> ArgumentParser:
    parser.add_argument("account", help="as list-accounts shows it")
    return parser
