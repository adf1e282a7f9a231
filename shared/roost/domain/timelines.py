"""What happened to a message, in the order it happened."""

from __future__ import annotations

from dataclasses import dataclass

from roost.domain.messages import RANK, SHOWN_AS, Message, MessageStatus, shown_status


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """`status`: as callers see it; `step`: the state or note behind it."""

    at: int
    status: MessageStatus
    step: str


def timeline(message: Message) -> list[TimelineEntry]:
    """Moves and notes, oldest first; moves of one instant in the order of their rank."""
    moves = sorted(message.moves.items(), key=lambda move: (move[1], RANK.get(move[0], 0)))
    entries = [TimelineEntry(at, SHOWN_AS.get(status, status), status.value) for status, at in moves]
    entries += [TimelineEntry(note.at, shown_status(message), note.text) for note in message.notes]
    return sorted(entries, key=lambda entry: entry.at)
