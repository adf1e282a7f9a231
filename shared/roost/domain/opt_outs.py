"""What a recipient may answer to get nothing more, and to get messages again."""

from __future__ import annotations

import string

OPT_OUT_WORDS = frozenset({"stop", "unsubscribe", "remove", "quit", "end", "cancel", "optout"})
"""8ms's list. The whole answer must be one of them: "please stop by" is no opt-out."""

OPT_IN_WORDS = frozenset({"start", "unstop"})
"""The usual undoing words of carriers. "Yes" is not one: it answers too many other questions."""

AROUND = string.whitespace + string.punctuation


def do_not_contact_after(text: str) -> bool | None:
    """True: the sender wants nothing more; False: wants messages again; None: the text says neither.

    Case, and spaces or punctuation around the word, do not count.
    """
    word = text.strip(AROUND).casefold()
    if word in OPT_OUT_WORDS:
        return True
    return False if word in OPT_IN_WORDS else None
