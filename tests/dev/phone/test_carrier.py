"""The simulated carrier: fixed numbers, result codes, the system's own brake."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import strategies as st

from dev.phone.fates import Fate
from dev.phone.narration import masked
from dev.phone.result_codes import CODES_BY_CLASS, NAME_AND_CLASS_BY_CODE, OWN_ERRORS
from tests.dev.phone.world import World

NUMBER = "+15005550004"
THREE_PARTS = "x" * 400
OK, REJECT = -1, 10
STATUSES = st.sampled_from([None, 0x00, 0x02, 0x30, 0x46, 0x63])


@pytest.mark.parametrize(
    ("number", "last"),
    [
        ("+15005550001", "job.delivered"),
        ("+15005550002", "job.failed"),
        ("+15005550004", "job.sent"),
        ("+15005550005", "job.delivered"),
        ("+34600111222", "job.delivered"),
    ],
)
def test_fixed_numbers_have_fixed_fates(world: World, number: str, last: str) -> None:
    world.send(to=number)
    world.run(10)
    assert world.server.types("msg_1")[-1] == last


def test_the_late_number_is_delivered_after_a_minute(world: World) -> None:
    world.send(to="+15005550003")
    world.run(59)
    assert world.server.types("msg_1")[-1] == "job.sent"
    world.run(5)
    assert world.server.types("msg_1")[-1] == "job.delivered"


def test_the_answering_number_replies_with_the_text(world: World) -> None:
    world.send(to="+15005550005", text="Hola {x}")
    world.run(10)
    received = world.server.data("sms.received")
    assert (received["from"], received["text"], received["sim_id"]) == ("+15005550005", "Re: Hola {x}", "sim_a_1")


@pytest.mark.parametrize(
    ("code", "error_class"),
    [(4, "not_submitted"), (2, "not_submitted"), (5, "throttled"), (16, "maybe_submitted"), (10, "permanent"),
     (1, "unclear"), (33, "unclear"), (999, "unclear")],
)  # fmt: skip
def test_each_result_code_has_its_class(world: World, code: int, error_class: str) -> None:
    world.radio.fates.script(NUMBER, Fate(result=code, tp_statuses=()))
    world.send(to=NUMBER)
    world.run(10)
    error = world.server.data("job.failed")["error"]
    assert (error["code"], error["class"]) == (code, error_class)


def test_no_result_code_is_in_two_classes() -> None:
    assert sum(len(codes) for codes in CODES_BY_CLASS.values()) == len(NAME_AND_CLASS_BY_CODE)
    assert set(OWN_ERRORS.values()) <= set(CODES_BY_CLASS)


def test_lost_service_at_the_moment_of_the_call_is_not_submitted(world: World) -> None:
    world.radio.fates.script(NUMBER, Fate(result=4, tp_statuses=()))
    world.send(to=NUMBER)
    world.run(10)
    assert world.server.data("job.failed")["error"]["name"] == "NO_SERVICE"


def test_a_dialog_nobody_taps_ends_unknown(world: World) -> None:
    world.radio.monitor.limit = 0
    world.send(to=NUMBER)
    world.run(700)
    assert world.server.types("msg_1")[-1] == "job.unknown"


@pytest.mark.parametrize(("reaction", "code"), [("limit_exceeded", 5), ("stop_sending", 28)])
def test_the_systems_brake_throttles_the_phone(world: World, reaction: str, code: int) -> None:
    world.radio.monitor.limit = 0
    world.radio.monitor.reaction = reaction  # type: ignore[assignment]
    world.send(to=NUMBER)
    world.run(901)
    assert world.server.data("job.failed")["error"]["code"] == code
    assert world.server.data("alert")["code"] == "throttled"


def test_the_phones_own_division_counts_not_the_servers_estimate(world: World) -> None:
    world.send(text="ñandú ő" * 20, segments=1)
    world.run(30)
    assert len(world.radio_calls("msg_1")) == 3
    assert world.server.data("job.sent")["parts"] == 3


def test_parts_leave_one_after_the_other(world: World) -> None:
    world.send(text="x" * 400, delivery_report=False)
    world.run(30)
    times = [event["data"]["times"] for event in world.server.events.values() if event["type"] == "job.sent"]
    sending, sent = (datetime.fromisoformat(times[0][step]) for step in ("sending", "sent"))
    assert (sent - sending).total_seconds() == pytest.approx(0.9)


def test_the_radio_keeps_its_own_log_without_text(world: World) -> None:
    world.send(text="a very secret text")
    world.run(30)
    (call,) = world.radio.log()
    assert (call.job_id, call.attempt, call.part, call.parts) == ("msg_1", 1, 1, 1)
    assert (call.slot, call.sim_id, call.recipient) == (0, "sim_a_1", "+15005550001")
    assert "secret" not in repr(call)


def test_results_wait_for_a_process_that_is_dead(world: World) -> None:
    world.send()
    world.run(0.2)
    world.phone.close()
    world.time.advance(300)
    world.restart()
    world.run(5)
    assert world.server.types("msg_1")[-1] == "job.delivered"


@pytest.mark.parametrize(("number", "masked_number"), [("+15005550001", "+1500•••0001"), ("22333", "•••33")])
def test_numbers_are_masked_for_people(number: str, masked_number: str) -> None:
    assert masked(number) == masked_number
