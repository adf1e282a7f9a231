"""Whom a campaign is for: contacts by its filter, each with its own text and zones, or the reason why it gets none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from roost.domain.audiences import Excluded
from roost.domain.campaigns import Campaign
from roost.domain.contacts import Contact, contact_id
from roost.domain.countries import country_of
from roost.domain.errors import InvalidRequest
from roost.domain.open_hours import Span, distinct_zones, next_span
from roost.domain.templates import MissingValue, rendered
from roost.runtime.deps import Deps
from roost.storage.countries import countries_by_prefix
from roost.storage.number_plan import zones_of
from roost.storage.opt_outs import opted_out_among
from roost.usecases.check_contents import checked_segments
from roost.usecases.manage_contacts import candidates
from roost.usecases.prices import tariff_of

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Recipient:
    """`zones`: those that decide when it may be reached."""

    number: str
    text: str
    segments: int
    zones: tuple[str, ...]


@dataclass(slots=True)
class Audience:
    """One walk over a campaign's contacts, by number. What is asked about a country or a zone is asked once.

    `after`: the last number looked at; `examined`: how many were, also those that the filter leaves out.
    """

    deps: Deps
    campaign: Campaign
    after: str | None = None
    examined: int = 0
    ended: bool = False
    excluded: Counter[str] = field(default_factory=Counter)
    _active: dict[str, bool] = field(default_factory=dict)
    _spans: dict[tuple[str, ...], Span | None] = field(default_factory=dict)
    _zones: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)

    def recipients(self, most_examined: int, stop_at: int | None = None) -> Iterator[Recipient]:
        """Read as they are asked for, until everybody or so many contacts were looked at, or until `stop_at`. After
        each, `after` says where to go on."""
        behind = contact_id(self.after) if self.after is not None else None
        contacts = candidates(self.deps, self.campaign.account, self.campaign.audience, behind)
        while self.examined < most_examined and (stop_at is None or self.deps.now() <= stop_at):
            some = list(islice(contacts, AT_ONCE))
            self.ended = not some
            if self.ended:
                return
            wanted = [contact.number for contact in some if self.campaign.audience.matches(contact)]
            opted_out = opted_out_among(self.deps.contacts, self.campaign.account, wanted)
            meant = set(wanted)
            for contact in some:
                self.after, self.examined = contact.number, self.examined + 1
                recipient = self._recipient(contact, opted_out) if contact.number in meant else None
                if recipient is not None:
                    yield recipient

    def span_of(self, recipient: Recipient) -> Span:
        span = self._spans[recipient.zones]
        if span is None:
            raise LookupError("only recipients that can be reached are handed out")
        return span

    def _recipient(self, contact: Contact, opted_out: frozenset[str]) -> Recipient | None:
        found = self._judged(contact, opted_out)
        if isinstance(found, Recipient):
            return found
        self.excluded[found] += 1
        return None

    def _judged(self, contact: Contact, opted_out: frozenset[str]) -> Recipient | Excluded:
        if contact.number in opted_out:
            return Excluded.OPTED_OUT
        if not self._is_active(contact.number):
            return Excluded.COUNTRY_OFF
        zones = self._zones_of(contact.number)
        if self._spans[zones] is None:
            return Excluded.NEVER_OPEN
        try:
            text = rendered(self.campaign.template, contact)
            return Recipient(contact.number, text, checked_segments(text, "template"), zones)
        except MissingValue:
            return Excluded.MISSING_FIELD
        except InvalidRequest:
            return Excluded.TEXT_TOO_LONG

    def _is_active(self, number: str) -> bool:
        country = country_of(number, countries_by_prefix())
        if country is None:
            return True
        if country.code not in self._active:
            self._active[country.code] = tariff_of(self.deps, self.campaign.account, number).active
        return self._active[country.code]

    def _zones_of(self, number: str) -> tuple[str, ...]:
        named = zones_of(number)
        if named not in self._zones:
            zones = self._zones[named] = distinct_zones(named)
            window, by_day = self.campaign.window, self.campaign.by_day
            self._spans[zones] = next_span(window, zones, self.deps.now(), by_day=by_day)
        return self._zones[named]
