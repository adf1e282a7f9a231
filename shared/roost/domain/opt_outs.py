"""What a recipient may answer to get nothing more, and to get messages again."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

OPT_OUT_WORDS = frozenset(
    {"stop", "unsubscribe", "remove", "quit", "end", "cancel", "optout"}  # 8ms
    | {"stopall", "revoke"}  # CTIA's list as US carriers and Twilio keep it, since FCC 24-24 (April 2025)
    | {"baja", "parar", "arret", "stopp"}  # what Spanish, French and German rules have senders offer
)
"""The whole answer must be one of them: "please stop by" is no opt-out."""

OPT_IN_WORDS = frozenset({"start", "unstop", "alta"})
"""The usual undoing words of carriers. "Yes" is not one: it answers too many other questions."""


@dataclass(frozen=True, slots=True)
class OptOut:
    """What a number last said. `said_at`: when the phone had it; `since`: the STOP that began it, or the START that
    ended it; `confirmed`: the message that confirmed it, which there is one of. `source`: `import` if a file said it.
    """

    do_not_contact: bool
    said_at: int
    since: int
    confirmed: int | None = None
    source: str | None = None


def do_not_contact_after(text: str) -> bool | None:
    """True: the sender wants nothing more; False: wants messages again; None: the text says neither."""
    word = normal_word(text)
    if word in OPT_OUT_WORDS:
        return True
    return False if word in OPT_IN_WORDS else None


def normal_word(text: str) -> str:
    """Letters and digits alone: case, accents, spaces, punctuation, emoji and full-width forms do not count."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in decomposed if character.isalnum())


def after_import(before: OptOut | None, now: int) -> OptOut | None:
    """A file says that the number wants nothing more; None if that is known."""
    if before is not None and before.do_not_contact:
        return None
    return OptOut(True, max(now, before.said_at if before else 0), since=now, source="import")


def after_answer(before: OptOut | None, do_not_contact: bool, said_at: int) -> OptOut | None:
    """None if something later was said already: phones report late and reordered. Saying it twice changes when it was
    last said, and nothing else."""
    if before is not None and before.said_at > said_at:
        return None
    if before is not None and before.do_not_contact is do_not_contact:
        return OptOut(do_not_contact, said_at, before.since, before.confirmed)
    return OptOut(do_not_contact, said_at, since=said_at)
