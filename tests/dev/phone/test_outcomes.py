"""Parts, results and delivery reports (protocol §11), in any order and number."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev.phone.broadcasts import DeliveryReport, SentResult
from dev.phone.fates import NEVER_REPORTED, Fate
from dev.phone.jobs import JobState
from dev.phone.outcomes import Part, is_news, verdict
from tests.dev.phone.world import World

NUMBER = "+15005550004"
THREE_PARTS = "x" * 400
OK, REJECT = -1, 10
STATUSES = st.sampled_from([None, 0x00, 0x02, 0x30, 0x46, 0x63])


def a_part(part: int, code: int | None = OK, tp_status: int | None = None) -> Part:
    return Part(part, code, None, tp_status)


def a_silent_radio(world: World, text: str = THREE_PARTS) -> None:
    """The job is with the radio and nothing comes back unless the test says so."""
    world.radio.fates.script(NUMBER, Fate(result=None, tp_statuses=()))
    world.send(to=NUMBER, text=text)
    world.run(1)
    assert world.radio_calls()


@pytest.mark.parametrize(
    ("parts", "state"),
    [
        ([a_part(1), a_part(2)], JobState.SENT),
        ([a_part(1), a_part(2, None)], None),
        ([a_part(1, REJECT), a_part(2, None)], None),
        ([a_part(1, REJECT), a_part(2)], JobState.FAILED),
        ([a_part(1, OK, 0), a_part(2, OK, 0)], JobState.DELIVERED),
        ([a_part(1, None, 0), a_part(2, None, 0)], JobState.DELIVERED),
        ([a_part(1, OK, 0), a_part(2, OK, 0x30)], JobState.SENT),
        ([a_part(1, OK, 0), a_part(2, OK, 0x40)], JobState.UNDELIVERED),
        ([a_part(1, OK, 0x46), a_part(2, OK)], JobState.SENT),
        ([a_part(1, OK, 0x1F)], JobState.DELIVERED),
        ([a_part(1, OK, 0x20)], JobState.SENT),
        ([a_part(1, OK, 0x3F)], JobState.SENT),
    ],
)
def test_the_parts_decide(parts: list[Part], state: JobState | None) -> None:
    assert verdict(parts) is state


def test_after_the_wait_a_missing_part_no_longer_counts_as_pending() -> None:
    assert verdict([a_part(1), a_part(2, None)], is_waited_out=True) is JobState.UNKNOWN
    assert verdict([a_part(1, REJECT), a_part(2, None)], is_waited_out=True) is JobState.FAILED


@given(st.lists(st.sampled_from([0x00, 0x02, 0x30, 0x46]), min_size=1, max_size=6))
def test_reports_of_one_part_end_the_same_in_every_order(reports: list[int]) -> None:
    ends = set()
    for order in itertools.islice(itertools.permutations(reports), 120):
        known: int | None = None
        for status in order:
            if is_news(known, status):
                known = status
        assert known is not None
        ends.add("delivered" if known < 0x20 else "failed" if known >= 0x40 else "trying")
    assert len(ends) == 1


def test_part_results_in_any_order_and_repeated_are_one_sent(world: World) -> None:
    a_silent_radio(world)
    for part in (3, 1, 2, 1, 3, 2):
        world.radio.broadcast(SentResult("msg_1", 1, part, OK))
    world.run(10)
    assert world.server.types("msg_1").count("job.sent") == 1
    assert world.server.data("job.sent")["parts"] == 3


def test_a_failed_part_fails_the_message_partially(world: World) -> None:
    world.radio.fates.script(NUMBER, NEVER_REPORTED)
    world.radio.fates.script(NUMBER, Fate(result=1, error_code=38, tp_statuses=()), part=2)
    world.send(to=NUMBER, text=THREE_PARTS)
    world.run(30)
    failed = world.server.data("job.failed")
    assert (failed["partial"], failed["parts_sent"]) == (True, 2)
    assert failed["error"] == {"name": "GENERIC_FAILURE", "code": 1, "radio": 38, "class": "unclear"}
    assert set(failed["times"]) == {"sending", "failed"}


def test_a_part_that_never_answers_is_unknown_after_ten_minutes(world: World) -> None:
    a_silent_radio(world)
    for part in (1, 2):
        world.radio.broadcast(SentResult("msg_1", 1, part, OK))
    world.run(590)
    assert "job.unknown" not in world.server.types()
    world.run(15)
    assert world.server.data("job.unknown")["reason"] == "no_result"


def test_a_result_after_unknown_settles_it(world: World) -> None:
    world.send(to="+15005550006")
    world.run(700)
    assert world.server.types("msg_1")[-1] == "job.unknown"
    world.radio.broadcast(SentResult("msg_1", 1, 1, OK), after_seconds=3_000)
    world.run(4_000)
    assert world.server.types("msg_1")[-1] == "job.sent"


def test_a_report_before_the_sent_result_ends_delivered(world: World) -> None:
    a_silent_radio(world, "short")
    world.radio.broadcast(DeliveryReport("msg_1", 1, 1, 0))
    world.radio.broadcast(SentResult("msg_1", 1, 1, OK), after_seconds=5)
    world.run(30)
    assert world.server.types("msg_1")[-1] == "job.delivered"
    assert "job.sent" not in world.server.types("msg_1")


def test_a_repeated_report_changes_nothing(world: World) -> None:
    world.radio.fates.script(NUMBER, Fate(tp_statuses=(0, 0, 0)))
    world.send(to=NUMBER)
    world.run(30)
    assert world.server.types("msg_1").count("job.delivered") == 1


def test_trying_then_failed_is_undelivered(world: World) -> None:
    world.radio.fates.script(NUMBER, Fate(tp_statuses=(0x30, 0x46)))
    world.send(to=NUMBER)
    world.run(30)
    assert world.server.data("job.undelivered")["tp_status"] == 0x46


def test_failed_then_delivered_is_delivered(world: World) -> None:
    world.radio.fates.script(NUMBER, Fate(tp_statuses=(0x46, 0x00)))
    world.send(to=NUMBER)
    world.run(30)
    assert world.server.types("msg_1")[-2:] == ["job.undelivered", "job.delivered"]


def test_one_undelivered_part_is_an_undelivered_message(world: World) -> None:
    world.radio.fates.script(NUMBER, Fate())
    world.radio.fates.script(NUMBER, Fate(tp_statuses=(0x40,)), part=2)
    world.send(to=NUMBER, text=THREE_PARTS)
    world.run(30)
    assert world.server.types("msg_1")[-1] == "job.undelivered"
    delivered = [event["part"] for event in world.server.events.values() if event["type"] == "job.part_delivered"]
    assert delivered == [1, 3]


def test_a_report_two_days_late_still_arrives(world: World) -> None:
    world.radio.fates.script(NUMBER, Fate(report_after_seconds=2 * 86_400))
    world.send(to=NUMBER)
    world.run(86_400)
    assert world.server.types("msg_1")[-1] == "job.sent"
    world.restart()
    world.run(86_500)
    assert world.server.types("msg_1")[-1] == "job.delivered"


def test_a_reboot_loses_awaited_reports(world: World) -> None:
    world.radio.fates.script(NUMBER, Fate(report_after_seconds=60))
    world.send(to=NUMBER)
    world.run(30)
    world.reboot()
    world.run(5_000)
    assert world.server.types("msg_1")[-1] == "job.sent"


def test_no_report_is_asked_for_unless_wanted(world: World) -> None:
    world.send(delivery_report=False)
    world.run(3_000)
    assert world.server.types("msg_1")[-1] == "job.sent"
