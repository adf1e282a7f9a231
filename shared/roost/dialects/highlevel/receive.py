"""POST /integrations/delivery/{secret} and /integrations/webhooks: stored first, then answered.

HighLevel repeats only what is answered by 429; every other status is its last word.
"""

from __future__ import annotations

from pydantic import BaseModel, ValidationError

from roost.domain.errors import InvalidRequest
from roost.domain.highlevel_webhooks import Delivery, webhook_of
from roost.usecases.take_delivery import keep_unreadable, take_delivery
from roost.usecases.take_webhook import take_webhook
from roost.web.dialect import dialect_router
from roost.web.highlevel import SentDelivery, SentWebhook
from roost.web.problems import problem_response

router = dialect_router(problem_response, include_in_schema=False)


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
