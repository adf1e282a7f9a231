"""What only some plans have."""

from __future__ import annotations

from roost.domain.errors import PlanLimitReached
from roost.domain.plans import Feature
from roost.domain.senders import Sender
from roost.runtime.deps import Deps
from roost.storage.meters import get_meter


def require_feature(deps: Deps, sender: Sender, feature: Feature) -> None:
    """Raises PlanLimitReached if the account's plan lacks it. Costs nothing for an account that never had a plan."""
    meter = get_meter(deps.accounts, sender.account) if sender.may_be_metered else None
    if meter is not None and feature not in meter.plan.features:
        raise PlanLimitReached(f"The plan {meter.plan.name} has no {feature.upper()}: ask who runs this server")
