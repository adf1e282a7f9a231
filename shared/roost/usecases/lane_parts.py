"""What a claim takes from a lane, and the lane after it. Few large parts cost less than many small ones; the last of a
batch goes round in small ones, so that no phone is left with a pile."""

from __future__ import annotations

from dataclasses import dataclass, replace

from roost.domain.batches import PULLED, Lane, LaneStatus, guided_size
from roost.domain.messages import Message
from roost.domain.phones import Phone, Presence, choose_sim
from roost.runtime.deps import Deps
from roost.storage.batches import get_lane, messages_of_lane
from roost.storage.campaigns import gives_out
from roost.storage.phones import count_phones
from roost.storage.queues import Waiting


@dataclass(frozen=True, slots=True)
class LanePart:
    """What a claim takes from a lane: `messages`, none of them an item yet, and the lane before and after."""

    before: Lane
    after: Lane
    messages: tuple[Message, ...]


def of_lane(
    deps: Deps, phone: Phone, entry: Waiting, room: int, behind: int | None
) -> tuple[Lane | None, tuple[Message, ...]]:
    """The next messages of a lane, bound to this phone: of its own lane all there is room for, of a shared one a guided
    part. The index may be late: the lane itself says whether there is anything left.

    `behind`: how many messages wait in lanes behind it, None for more than a look sees: nothing runs out then.
    """
    lane = get_lane(deps.messages, phone.account, entry.message_id, entry.lane or 0)
    if lane is None or lane.status not in PULLED or lane.left == 0 or room <= 0 or not _is_on(deps, lane):
        return None, ()
    if lane.phone is None and behind is not None:
        room = min(room, guided_size(lane.left + behind, _online(deps, phone.account)))
    messages = messages_of_lane(deps.messages, lane, lane.cursor, room)
    taken = (replace(message, expires_at=lane.leaves_until) for message in messages)
    return lane, tuple(bound_to(message, phone) for message in taken)


def _is_on(deps: Deps, lane: Lane) -> bool:
    """Within its hours, and its campaign neither paused nor canceled, whether or not the lane knows that yet."""
    if deps.now() >= lane.leaves_until:
        return False
    return lane.campaign is None or gives_out(deps.contacts, lane.account, lane.campaign)


def _online(deps: Deps, account: str) -> int:
    now, dice = deps.now(), int.from_bytes(deps.entropy(4), "big")
    return count_phones(
        deps.devices, account, dice, lambda phone: phone.may_send and phone.presence(now) is Presence.ONLINE
    )


def bound_to(message: Message, phone: Phone) -> Message:
    """A message of a batch as this phone gets it: by the SIM it was dealt to, else by the phone's default."""
    slot = message.sim_slot if message.pinned else choose_sim(phone, None, "sim_slot")
    return replace(message, phone=phone.number, sim_slot=slot)


def part_of(lane: Lane, messages: tuple[Message, ...]) -> LanePart | None:
    if not messages:
        return None
    cursor = lane.cursor + len(messages)
    status = LaneStatus.RUNNING if cursor < lane.count else LaneStatus.DONE
    return LanePart(lane, replace(lane, cursor=cursor, status=status), messages)
