"""What has to hold before a campaign starts, as far as a preview sees: of a larger audience the run finds out."""

from __future__ import annotations

from collections.abc import Mapping

from roost.domain.audiences import Excluded
from roost.domain.campaigns import Campaign, EmptyAudience
from roost.domain.errors import InvalidRequest, NoEligiblePhone
from roost.runtime.deps import Deps
from roost.storage.phones import list_phones
from roost.usecases.preview_campaign import preview_campaign


def check_start(deps: Deps, campaign: Campaign) -> None:
    """Raises NoEligiblePhone, EmptyAudience, InvalidRequest."""
    phones, _ = list_phones(deps.devices, campaign.account)
    if not any(phone.may_send for phone in phones):
        raise NoEligiblePhone
    seen = preview_campaign(deps, campaign)
    if seen.exact and not seen.recipients:
        _refuse_empty(seen.excluded)


def _refuse_empty(excluded: Mapping[str, int]) -> None:
    if excluded.keys() == {Excluded.NEVER_OPEN}:
        raise InvalidRequest.of(
            "send_window", "never opens between 8 and 21 o'clock where the recipients are: nobody could be reached"
        )
    if not excluded:
        raise EmptyAudience("No contact matches the filter: GET /v1/contacts shows yours")
    reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(excluded.items()))
    raise EmptyAudience(f"Nobody would get this campaign: {reasons}")
