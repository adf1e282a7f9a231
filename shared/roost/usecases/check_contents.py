"""What may be sent at all: to whom, when, which text and attachments. Refusals name the fields as their caller did."""

from __future__ import annotations

from collections.abc import Sequence

from roost.domain.attachments import checked_attachments
from roost.domain.errors import InvalidRequest
from roost.domain.instants import MINUTE
from roost.domain.messages import LATEST_SCHEDULE, Kind
from roost.domain.phone_numbers import is_e164
from roost.domain.segments import MAX_SEGMENTS, MMS_SEGMENTS, segments_of

MAX_TEXT = 1_600


def check_recipient(to: str, field: str) -> None:
    if not is_e164(to):
        raise InvalidRequest.of(field, "must be a phone number in E.164 format, for example +14155551234")


def checked_segments(text: str, field: str) -> int:
    """How many SMS parts a text takes. Raises InvalidRequest when no phone would send it."""
    if not 1 <= len(text) <= MAX_TEXT:
        raise InvalidRequest.of(field, f"must have 1 to {MAX_TEXT} characters")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise InvalidRequest.of(field, "has half of a surrogate pair: it is no valid Unicode text")
    segments = segments_of(text)
    if segments.count > MAX_SEGMENTS:
        raise InvalidRequest.of(
            field,
            f"takes {segments.count} SMS parts ({segments.encoding}); a phone sends at most {MAX_SEGMENTS}: shorten it",
        )
    return segments.count


def segments_of_contents(
    kind: Kind, text: str, attachments: Sequence[str], text_field: str, attachments_field: str
) -> int:
    """The parts a message counts as. The text of an MMS may be empty. Raises InvalidRequest."""
    if kind is Kind.MMS:
        checked_attachments(attachments, attachments_field)
        if text:
            checked_segments(text, text_field)
        return MMS_SEGMENTS
    if attachments:
        raise InvalidRequest.of(attachments_field, "go with an MMS only: send it as type mms")
    return checked_segments(text, text_field)


def checked_send_at(send_at: int, now: int) -> int:
    """A time that has just passed means now. Raises InvalidRequest for one long past or more than a year ahead."""
    if send_at < now - MINUTE:
        raise InvalidRequest.of("send_at", "lies in the past")
    if send_at > now + LATEST_SCHEDULE:
        raise InvalidRequest.of("send_at", "lies more than a year ahead")
    return max(send_at, now)
