"""What an account decides about its conversations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from roost.domain.errors import InvalidRequest
from roost.domain.segments import segments_of

LONGEST_CONFIRMATION = 320
MOST_CLASSIFIED = 100_000

CONFIRMATIONS: Mapping[str, str] = MappingProxyType(
    {
        "en": "You are unsubscribed and will get no more messages from us. Reply START to get them again.",
        "es": "Baja confirmada: no le enviaremos otros mensajes. Responda START para recibirlos de nuevo.",
    }
)
"""In letters of the GSM alphabet, so that each is one SMS part."""


@dataclass(frozen=True, slots=True)
class ConversationSettings:
    """`confirms_opt_outs`: one text answers a STOP, `confirmation` or, without one, that of `language`.

    `codes_despite_opt_out`: one-time codes reach who answered STOP, too: they were just asked for.
    `classifies_replies`: at most `classified_a_day` (UTC) of them, because each costs something.
    """

    language: str = "en"
    confirms_opt_outs: bool = True
    confirmation: str | None = None
    codes_despite_opt_out: bool = False
    classifies_replies: bool = False
    classified_a_day: int = 200

    @property
    def confirmation_text(self) -> str:
        return self.confirmation or CONFIRMATIONS[self.language]


def checked_conversation_settings(settings: ConversationSettings) -> ConversationSettings:
    """Raises InvalidRequest naming the first member that is out of bounds."""
    if settings.language not in CONFIRMATIONS:
        raise InvalidRequest.of("language", f"must be one of {', '.join(CONFIRMATIONS)}")
    if not 0 <= settings.classified_a_day <= MOST_CLASSIFIED:
        raise InvalidRequest.of("classified_a_day", f"must be 0 to {MOST_CLASSIFIED}")
    if settings.confirmation is not None:
        if not 1 <= len(settings.confirmation.strip()) <= LONGEST_CONFIRMATION:
            raise InvalidRequest.of("confirmation", f"must have 1 to {LONGEST_CONFIRMATION} characters")
        if segments_of(settings.confirmation).count > 2:
            raise InvalidRequest.of("confirmation", "takes more than two SMS parts: shorten it")
    return settings
