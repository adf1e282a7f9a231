"""The parameters of /services/send.php."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field

from roost.dialects.sms8.router import Fields
from roost.dialects.sms8.senders import Senders
from roost.dialects.sms8.values import (
    TEXT,
    Flag,
    Json,
    Links,
    Option,
    PhoneNumber,
    PhoneNumbers,
    Text,
    Timestamp,
    Whole,
)
from roost.domain.errors import InvalidRequest


def read_type(value: Any) -> str:
    return "sms" if value is None else str(value).lower()


Type = Annotated[Literal["sms", "mms"], BeforeValidator(read_type)]


class Item(BaseModel):
    """One of `messages`. PHP's json_encode writes null where nothing was set."""

    number: PhoneNumber
    message: Text
    type: Type = "sms"
    attachments: Links = Field(default_factory=list)


class SendFields(Fields):
    number: PhoneNumbers | None = Field(default=None, description="E.164; several with commas between them")
    message: str | None = Field(default=None, description="1 to 1,600 characters; required with number or listID")
    messages: Annotated[list[Item], Json, TEXT] | None = Field(
        default=None, description="JSON: `[{number, message, type, attachments}]`, at most 10,000"
    )
    list_id: Whole | None = Field(default=None, alias="listID", description="Send to each subscriber of this list")
    devices: Senders = Field(
        default_factory=tuple, description='`1`, `2|0` (device 2, SIM 0) or `[1,"2|0"]`; without it the primary device'
    )
    option: Option = Field(default=0, description="0: by `devices`; 1: by all devices; 2: by all their SIMs")
    use_random_device: Flag = Field(default=False, alias="useRandomDevice", description="All by one of the senders")
    prioritize: Flag = Field(default=False, description="Before what waits")
    type: Type = "sms"
    attachments: Links = Field(default_factory=list, description="Links to images, with commas; MMS only")
    schedule: Timestamp | None = Field(default=None, description="Not before this Unix timestamp; 0 is now")

    @property
    def sends_nothing(self) -> bool:
        """With the key alone the balance is read."""
        return (self.number, self.message, self.messages, self.list_id) == (None, None, None, None)

    def check(self) -> None:
        """Exactly one of number, messages and listID, and a message where it belongs. Raises InvalidRequest."""
        chosen = [name for name in ("number", "messages", "listID") if getattr(self, OWN_NAMES[name]) is not None]
        if not chosen:
            raise InvalidRequest.of("number", "is missing: send number, messages or listID")
        if len(chosen) > 1:
            raise InvalidRequest.of(chosen[1], f"and {chosen[0]} exclude each other: send one of them")
        if self.messages is None and self.message is None:
            raise InvalidRequest.of("message", "is missing")


OWN_NAMES = {"number": "number", "messages": "messages", "listID": "list_id"}
