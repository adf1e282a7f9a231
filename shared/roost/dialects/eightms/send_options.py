"""What every send of /v1 may say about when it leaves and what may be repeated."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from roost.dialects.eightms.router import Strict
from roost.domain.instants import SECOND
from roost.domain.messages import DEFAULT_LIFETIME, MAX_LIFETIME
from roost.web.moments import Moment


class SendOptions(Strict):
    ttl_seconds: int = Field(
        default=DEFAULT_LIFETIME // SECOND,
        ge=60,
        le=MAX_LIFETIME // SECOND,
        description="Not sent later than this after it is due",
    )
    send_at: Moment | None = Field(default=None, description="Not before this time, with its zone")
    on_unknown: Literal["keep", "resend"] = Field(
        default="keep", description="`resend` accepts that a text of unknown outcome may arrive twice"
    )
