"""The model of FCM: what is stored, dropped, repeated and refused. Time is passed in."""

from __future__ import annotations

import random
from typing import Any

import pytest

from dev.fcm.faults import Fault, FaultKind
from dev.fcm.fcm_errors import ERRORS, FcmError
from dev.fcm.message import Message, Priority
from dev.fcm.push_service import PushService

PROJECT = "my-roost"
START = 1_795_000_000_000
HOUR = 3_600_000


def a_wake(address: str, nonce: str = "n1", *, ttl_seconds: float = 3_600, priority: Priority = "high") -> Message:
    return Message(address, {"v": "1", "t": "wake", "n": nonce}, priority, ttl_seconds)


def nonces(pushes: list[dict[str, Any]] | None) -> list[str]:
    assert pushes is not None
    return [push["data"]["n"] for push in pushes]


@pytest.fixture
def service() -> PushService:
    return PushService()


def test_an_accepted_push_reaches_the_phone_once(service: PushService) -> None:
    token = service.register(PROJECT)
    assert service.send(PROJECT, a_wake(token), START).startswith(f"projects/{PROJECT}/messages/")
    assert nonces(service.collect(token, START + 10)) == ["n1"]
    assert service.collect(token, START + 20) == []


def test_every_installation_has_its_own_address_of_its_kind(service: PushService) -> None:
    token, fid = service.register(PROJECT), service.register(PROJECT, "fid")
    service.send(PROJECT, a_wake(fid, "to fid"), START)
    assert len(fid) == 22
    assert service.collect(token, START) == []
    assert nonces(service.collect(fid, START)) == ["to fid"]


def test_a_push_waits_for_a_phone_that_is_away_until_its_ttl(service: PushService) -> None:
    token = service.register(PROJECT)
    service.send(PROJECT, a_wake(token, "kept"), START)
    assert nonces(service.collect(token, START + HOUR - 1)) == ["kept"]
    service.send(PROJECT, a_wake(token, "late"), START)
    assert service.collect(token, START + HOUR) == []


def test_ttl_zero_means_now_or_never(service: PushService) -> None:
    token = service.register(PROJECT)
    service.send(PROJECT, a_wake(token, "never", ttl_seconds=0), START)
    assert service.collect(token, START) == []
    service.send(PROJECT, a_wake(token, "now", ttl_seconds=0), START + 1_000)
    assert nonces(service.collect(token, START + 1_010)) == ["now"]


def test_more_than_a_hundred_stored_pushes_are_all_dropped_with_one_notice(service: PushService) -> None:
    token = service.register(PROJECT)
    for number in range(100):
        service.send(PROJECT, a_wake(token, str(number)), START)
    assert len(service.registrations[token].stored) == 100
    service.send(PROJECT, a_wake(token, "one too many"), START)
    assert service.collect(token, START) == [{"kind": "deleted"}]
    assert service.collect(token, START) == []
    service.send(PROJECT, a_wake(token, "after"), START)
    assert nonces(service.collect(token, START)) == ["after"]


def test_expired_pushes_do_not_count_toward_the_overflow(service: PushService) -> None:
    token = service.register(PROJECT)
    for number in range(100):
        service.send(PROJECT, a_wake(token, str(number)), START)
    service.send(PROJECT, a_wake(token, "fresh"), START + HOUR)
    assert nonces(service.collect(token, START + HOUR)) == ["fresh"]


def test_a_lost_push_is_accepted_all_the_same(service: PushService) -> None:
    token = service.register(PROJECT)
    service.faults.add([Fault(kind=FaultKind.LOSE, times=1)])
    service.send(PROJECT, a_wake(token, "lost"), START)
    service.send(PROJECT, a_wake(token, "next"), START)
    assert nonces(service.collect(token, START)) == ["next"]
    assert [send.data["n"] for send in service.log] == ["lost", "next"]


def test_a_push_may_arrive_several_times(service: PushService) -> None:
    token = service.register(PROJECT)
    service.faults.add([Fault(kind=FaultKind.DUPLICATE, copies=3)])
    service.send(PROJECT, a_wake(token), START)
    assert nonces(service.collect(token, START)) == ["n1", "n1", "n1"]


def test_a_delayed_push_says_when_it_is_due(service: PushService) -> None:
    token = service.register(PROJECT)
    service.faults.add([Fault(kind=FaultKind.DELAY, delay_seconds=40)])
    service.send(PROJECT, a_wake(token), START)
    assert service.collect(token, START + 39_999) == []
    assert service.next_due_ms(token) == START + 40_000
    assert nonces(service.collect(token, START + 40_000)) == ["n1"]


def test_a_later_push_may_overtake_an_earlier_one(service: PushService) -> None:
    token = service.register(PROJECT)
    service.faults.add([Fault(kind=FaultKind.REORDER)])
    service.send(PROJECT, a_wake(token, "first"), START)
    assert service.collect(token, START) == []
    service.send(PROJECT, a_wake(token, "second"), START + 5)
    assert nonces(service.collect(token, START + 5)) == ["second", "first"]


def test_a_push_that_nothing_overtakes_still_arrives(service: PushService) -> None:
    token = service.register(PROJECT)
    service.faults.add([Fault(kind=FaultKind.REORDER)])
    service.send(PROJECT, a_wake(token), START)
    due = service.next_due_ms(token)
    assert due is not None
    assert nonces(service.collect(token, due)) == ["n1"]


def test_a_deprioritised_push_tells_both_priorities(service: PushService) -> None:
    token = service.register(PROJECT)
    service.faults.add([Fault(kind=FaultKind.DEPRIORITISE)])
    service.send(PROJECT, a_wake(token), START)
    (push,) = service.collect(token, START) or []
    assert (push["priority"], push["original_priority"]) == ("normal", "high")


def test_latency_is_drawn_from_its_range_and_replays_with_its_seed() -> None:
    def dues(seed: int) -> list[int]:
        service = PushService(latency_ms=(50, 900), rng=random.Random(seed))
        token = service.register(PROJECT)
        for _ in range(50):
            service.send(PROJECT, a_wake(token), START)
        return [push.due_ms - START for push in service.registrations[token].stored]

    assert dues(7) == dues(7) != dues(8)
    assert len(set(dues(7))) > 10
    assert all(50 <= delay <= 900 for delay in dues(7))


@pytest.mark.parametrize("name", sorted(ERRORS))
@pytest.mark.parametrize("retry_after_seconds", [None, 60])
def test_every_error_can_be_asked_for_with_and_without_retry_after(
    service: PushService, name: str, retry_after_seconds: int | None
) -> None:
    token = service.register(PROJECT)
    service.faults.add([Fault(kind=FaultKind.ERROR, error=name, retry_after_seconds=retry_after_seconds)])
    with pytest.raises(FcmError) as refused:
        service.send(PROJECT, a_wake(token), START)
    assert refused.value.name == name
    assert refused.value.retry_after_seconds == retry_after_seconds
    assert service.log == []
    service.send(PROJECT, a_wake(token), START)


def test_a_fault_for_one_phone_spares_the_others(service: PushService) -> None:
    unlucky, lucky = service.register(PROJECT), service.register(PROJECT)
    service.faults.add([Fault(kind=FaultKind.LOSE, times=None, token=unlucky)])
    for token in (unlucky, lucky, unlucky):
        service.send(PROJECT, a_wake(token), START)
    assert service.collect(unlucky, START) == []
    assert nonces(service.collect(lucky, START)) == ["n1"]


def test_errors_come_one_per_send_in_the_order_given(service: PushService) -> None:
    token = service.register(PROJECT)
    service.faults.add([Fault(kind=FaultKind.ERROR, error=name) for name in ("UNAVAILABLE", "INTERNAL")])
    seen = []
    for _ in range(3):
        try:
            service.send(PROJECT, a_wake(token), START)
            seen.append("accepted")
        except FcmError as error:
            seen.append(error.name)
    assert seen == ["UNAVAILABLE", "INTERNAL", "accepted"]


def test_a_registration_that_is_gone_is_unregistered(service: PushService) -> None:
    token = service.register(PROJECT)
    service.unregister(token)
    with pytest.raises(FcmError, match="UNREGISTERED"):
        service.send(PROJECT, a_wake(token), START)
    assert service.collect(token, START) is None


def test_a_malformed_registration_is_an_invalid_argument(service: PushService) -> None:
    with pytest.raises(FcmError, match="INVALID_ARGUMENT"):
        service.send(PROJECT, a_wake("nonsense"), START)


def test_a_registration_of_another_project_is_a_sender_mismatch(service: PushService) -> None:
    token = service.register("someone-elses")
    with pytest.raises(FcmError, match="SENDER_ID_MISMATCH"):
        service.send(PROJECT, a_wake(token), START)


def test_a_dry_run_checks_and_delivers_nothing(service: PushService) -> None:
    token = service.register(PROJECT)
    assert service.send(PROJECT, a_wake(token), START, validate_only=True).endswith("/fake_message_id")
    assert service.collect(token, START) == []
    assert service.log == []


def test_a_fault_must_name_a_known_error() -> None:
    with pytest.raises(ValueError, match="error must be one of"):
        Fault(kind=FaultKind.ERROR, error="TEAPOT")
