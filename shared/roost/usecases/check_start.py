"""What has to hold before a campaign starts, as far as a preview sees: of a larger audience the run finds out."""

from __future__ import annotations

from collections.abc import Mapping

from roost.domain.audiences import Excluded
from roost.domain.campaigns import LIFETIME, Campaign, EmptyAudience, NotInTime
from roost.domain.errors import InvalidRequest, NoEligiblePhone
from roost.domain.instants import DAY
from roost.runtime.deps import Deps
from roost.storage.phones import list_phones
from roost.usecases.preview_campaign import preview_campaign


def check_start(deps: Deps, campaign: Campaign) -> None:
    """Raises NoEligiblePhone, EmptyAudience, NotInTime, InvalidRequest."""
    phones, _ = list_phones(deps.devices, campaign.account)
    if not any(phone.may_send for phone in phones):
        raise NoEligiblePhone
    seen = preview_campaign(deps, campaign)
    if seen.exact and not seen.recipients:
        _refuse_empty(seen.excluded)
    if not seen.in_time:
        raise NotInTime(
            f"At the pace of the phones this takes longer than {LIFETIME // DAY} days, and what is not sent by then "
            "expires: pair more phones, raise their daily caps, open longer hours, or narrow the filter"
        )


def _refuse_empty(excluded: Mapping[str, int]) -> None:
    if excluded.keys() == {Excluded.NEVER_OPEN}:
        raise InvalidRequest.of(
            "send_window", "never opens between 8 and 21 o'clock where the recipients are: nobody could be reached"
        )
    if not excluded:
        raise EmptyAudience("No contact matches the filter: GET /v1/contacts shows yours")
    reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(excluded.items()))
    raise EmptyAudience(f"Nobody would get this campaign: {reasons}")
