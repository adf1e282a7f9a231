"""Wait for a text with a one-time code to come in."""

from __future__ import annotations

from dataclasses import dataclass

from roost.domain.inbound_codes import AwaitedCode
from roost.domain.instants import SECOND
from roost.domain.messages import Message
from roost.runtime.deps import Deps
from roost.usecases.read_messages import MessageFilter, list_messages

POLL_SECONDS = 2
"""A look is one query of some read units: what a wait costs is the time of its function."""

MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Waited:
    """`message`, `code`: None when the time ran out. `polls`: how often was looked."""

    message: Message | None
    code: str | None
    polls: int


def wait_for_code(deps: Deps, account: str, awaited: AwaitedCode, wanted: MessageFilter, until: int) -> Waited:
    """The first code in what `wanted` matches, looked for at once and then every two seconds until the instant `until`,
    once more at its end."""
    polls = 0
    while True:
        polls += 1
        messages, _ = list_messages(deps, account, wanted, MOST_AT_ONCE, None)
        for message in reversed(messages):
            code = awaited.find(message.peer, message.text)
            if code is not None:
                return Waited(message, code, polls)
        left = until - deps.now()
        if left <= 0:
            return Waited(None, None, polls)
        deps.sleep(min(POLL_SECONDS, left / SECOND))
