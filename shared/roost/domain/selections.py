"""Which lines send: phones and SIMs that the caller selected, or nobody in particular."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from roost.domain import ids
from roost.domain.batches import MAX_LANES
from roost.domain.errors import InvalidRequest, NoEligiblePhone, NotFound, PhoneDisabled
from roost.domain.phones import Phone, choose_sim


@dataclass(frozen=True, slots=True)
class Line:
    """A phone by number and one of its SIM slots; `sim_slot` None: its default."""

    phone: int
    sim_slot: int | None = None


class Every(StrEnum):
    """`phones`: each enabled phone with its default SIM; `sims`: each SIM of each enabled phone."""

    PHONES = "all_phones"
    SIMS = "all_sims"


@dataclass(frozen=True, slots=True)
class Selection:
    """`senders` empty: whichever phone is free pulls. `pick_one`: one of them at random sends everything.
    `field`: the selection's name as the caller wrote it."""

    senders: tuple[Line, ...] | Every = ()
    pick_one: bool = False
    field: str = "senders"


ANYBODY = Selection()


def resolve(selection: Selection, phones: Sequence[Phone], dice: int) -> tuple[Line, ...]:
    """The senders in the order in which messages are dealt out to them; none when any phone may send.

    `dice`: a random number, used if one is to be picked. A disabled phone gets nothing. Raises NotFound,
    InvalidRequest for a SIM that is not there, PhoneDisabled if all that were named are disabled, NoEligiblePhone.
    """
    able = [phone for phone in phones if phone.may_send]
    if not able and not isinstance(selection.senders, tuple):
        raise NoEligiblePhone
    found = tuple(dict.fromkeys(_named_or_every(selection, phones, able)))
    if selection.pick_one:
        candidates = found or tuple(_default_of(phone) for phone in able)
        if not candidates:
            raise NoEligiblePhone
        return (candidates[dice % len(candidates)],)
    if len(found) > MAX_LANES:
        raise InvalidRequest.of(
            selection.field,
            f"are {len(found)}, and one request is split over at most {MAX_LANES}: without them any free phone sends",
        )
    return found


def _named_or_every(selection: Selection, phones: Sequence[Phone], able: Sequence[Phone]) -> Iterable[Line]:
    if selection.senders is Every.PHONES:
        return [_default_of(phone) for phone in able]
    if selection.senders is Every.SIMS:
        return [sender for phone in able for sender in _sims_of(phone)]
    return _named(selection, {phone.number: phone for phone in phones})


def _named(selection: Selection, phones: dict[int, Phone]) -> list[Line]:
    senders = []
    for sender in selection.senders:
        if not isinstance(sender, Line):
            continue
        phone = phones.get(sender.phone)
        if phone is None:
            raise NotFound(f"No phone {ids.spell('phn', sender.phone)}")
        slot = choose_sim(phone, sender.sim_slot, selection.field)
        if phone.may_send:
            senders.append(Line(phone.number, slot))
    if selection.senders and not senders:
        raise PhoneDisabled("Every phone you selected is disabled or lacks the permission to send SMS")
    return senders


def _default_of(phone: Phone) -> Line:
    return Line(phone.number, choose_sim(phone, None, "senders"))


def _sims_of(phone: Phone) -> list[Line]:
    return [Line(phone.number, sim.slot) for sim in phone.sims] or [_default_of(phone)]
