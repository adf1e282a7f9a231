"""POST /integrations/delivery/{secret} and /integrations/webhooks: stored first, then answered.

HighLevel repeats only what is answered by 429; every other status is its last word.
"""

from __future__ import annotations

from fastapi import Response
from pydantic import BaseModel, ValidationError

from roost.domain.errors import InvalidRequest, RoostError
from roost.domain.highlevel import CannotAcceptNow
from roost.domain.highlevel_webhooks import Delivery, webhook_of
from roost.usecases.take_delivery import keep_unreadable, take_delivery
from roost.usecases.take_webhook import take_webhook
from roost.web.dialect import dialect_router
from roost.web.highlevel import SentDelivery, SentWebhook
from roost.web.problems import problem_response


def _shape(error: RoostError, request_id: str) -> Response:
    """What broke on our side may work in ten minutes; any status but 429 would lose the message."""
    if error.status >= 500:
        error = CannotAcceptNow(f"Something broke on our side: send it again. Request id: {request_id}")
    return problem_response(error, request_id)


router = dialect_router(_shape, include_in_schema=False)


class Taken(BaseModel):
    """`outcome`: taken, repeated, done, ignored or kept."""

    outcome: str


@router.post("/integrations/delivery/{secret}", summary="A message from HighLevel's inbox")
async def deliver(sent: SentDelivery) -> Taken:
    try:
        delivery = Delivery.model_validate(sent.payload)
    except ValidationError:
        keep_unreadable(sent.mirror.deps, sent.payload)
        raise InvalidRequest("This is no delivery that we know: it is shown at Integrations") from None
    return Taken(outcome="taken" if take_delivery(sent.mirror.deps, delivery) else "repeated")


@router.post("/integrations/webhooks", summary="What changed in HighLevel")
async def hear(sent: SentWebhook) -> Taken:
    webhook = webhook_of(sent.payload)
    return Taken(outcome=take_webhook(sent.mirror.deps, sent.mirror.integration, webhook))
