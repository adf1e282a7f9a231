"""The hand-off to the radio, and every place where the process may die around it (protocol §8)."""

from __future__ import annotations

import pytest

from dev.phone.fates import Fate
from dev.phone.handset import READ_SMS
from dev.phone.jobs import JobState
from dev.phone.kill_points import KillPoint
from dev.phone.sims import Service
from tests.dev.phone.world import World

POINTS_WHERE_NOTHING_IS_LOST = [
    KillPoint.BEFORE_STORE,
    KillPoint.AFTER_STORE,
    KillPoint.BEFORE_HANDING_OFF,
    KillPoint.AFTER_RADIO,
    KillPoint.AFTER_RESULT,
    KillPoint.BEFORE_ACK_APPLIED,
]


@pytest.mark.parametrize("grant", ["confirm", "direct"])
@pytest.mark.parametrize("point", POINTS_WHERE_NOTHING_IS_LOST)
def test_a_kill_anywhere_but_before_the_radio_call_still_ends_delivered(
    world: World, point: KillPoint, grant: str
) -> None:
    world.server.grant = grant
    world.send()
    world.run_until_killed(point)
    world.restart()
    world.run(1_000)
    assert world.radio_calls() == [("msg_1", 1, 1)]
    assert world.server.types("msg_1")[-1] == "job.delivered"
    assert world.phone.app.outbox.depth() == 0


def test_a_kill_between_handing_off_and_the_radio_is_unknown_and_never_sent(world: World) -> None:
    world.send()
    world.run_until_killed(KillPoint.AFTER_HANDING_OFF)
    world.restart()
    world.run(119)
    assert "job.unknown" not in world.server.types()
    world.run(900)
    assert world.radio_calls() == []
    assert world.server.data("job.unknown")["reason"] == "killed_in_handoff"


def test_without_a_result_the_sent_box_decides(world: World) -> None:
    world.radio.fates.script("+15005550001", Fate(result=None, tp_statuses=(), sent_box="sent"))
    world.send()
    world.run(700)
    assert world.server.data("job.sent")["evidence"] == "sent_box"
    assert world.radio_calls() == [("msg_1", 1, 1)]


def test_a_sent_box_that_says_failed_ends_failed_and_is_not_retried(world: World) -> None:
    world.radio.fates.script("+15005550001", Fate(result=None, tp_statuses=(), sent_box="failed"))
    world.send()
    world.run(700)
    assert world.server.data("job.failed")["error"]["class"] == "unclear"


@pytest.mark.parametrize("sent_box", ["queued", "missing"])
def test_a_sent_box_that_does_not_know_leaves_it_unknown(world: World, sent_box: str) -> None:
    world.radio.fates.script("+15005550001", Fate(result=None, tp_statuses=(), sent_box=sent_box))  # type: ignore[arg-type]
    world.send()
    world.run(700)
    assert world.server.data("job.unknown")["reason"] == "no_result"


def test_without_read_sms_the_sent_box_is_closed(world: World) -> None:
    world.handset.permissions.discard(READ_SMS)
    world.radio.fates.script("+15005550001", Fate(result=None, tp_statuses=(), sent_box="sent"))
    world.send()
    world.run(599)
    assert "job.unknown" not in world.server.types()
    world.run(10)
    assert world.server.data("job.unknown")["reason"] == "no_result"


def test_a_kill_after_the_radio_call_finds_the_text_in_the_sent_box(world: World) -> None:
    world.radio.fates.script("+15005550001", Fate(result=None, tp_statuses=(), sent_box="sent"))
    world.send()
    world.run_until_killed(KillPoint.AFTER_RADIO)
    world.restart()
    world.run(200)
    assert world.server.data("job.sent")["evidence"] == "sent_box"


def test_a_twin_in_the_sent_box_proves_nothing(world: World) -> None:
    world.send("msg_twin")
    world.run(10)
    world.send("msg_1")
    world.run_until_killed(KillPoint.AFTER_HANDING_OFF)
    world.restart()
    world.run(1_000)
    assert world.radio_calls("msg_1") == []
    assert world.server.data("job.unknown", "msg_1")["reason"] == "killed_in_handoff"


def test_an_equal_text_of_an_earlier_hour_is_not_taken_for_this_one(world: World) -> None:
    world.radio.fates.script("+15005550001", Fate(result=None, tp_statuses=(), sent_box="sent"))
    for job_id in ("msg_1", "msg_2"):
        world.send(job_id)
        world.run(3_600)
        assert world.server.data("job.sent", job_id)["evidence"] == "sent_box"


def test_a_passed_deadline_is_expired_and_the_radio_untouched(world: World) -> None:
    world.tray.service[0] = Service.OUT_OF_SERVICE
    world.send(ttl=300)
    world.run(400)
    world.tray.service[0] = Service.IN_SERVICE
    world.run(60)
    assert world.radio_calls() == []
    assert world.server.data("job.expired")["waited_for"] == "service"


def test_twelve_parts_are_refused_before_the_radio(world: World) -> None:
    world.send("msg_11", text="a" * 11 * 153)
    world.send("msg_12", text="a" * (11 * 153 + 1))
    world.run(120)
    assert len(world.radio_calls("msg_11")) == 11
    assert world.radio_calls("msg_12") == []
    assert world.server.data("job.failed")["error"] == {
        "name": "TOO_MANY_SEGMENTS", "code": None, "radio": None, "class": "permanent",
    }  # fmt: skip


def test_a_kind_this_phone_cannot_send_fails_and_says_so(world: World) -> None:
    world.send(kind="fax")
    world.run(30)
    assert world.server.data("job.failed")["error"]["name"] == "UNSUPPORTED_KIND"


def test_content_is_gone_once_the_outcome_is_acknowledged(world: World) -> None:
    world.send(text="a very secret text")
    world.run(0.2)
    held = world.phone.app.jobs.get("msg_1", 1)
    assert held is not None
    assert held.text == "a very secret text"
    world.run(60)
    kept = world.phone.app.jobs.get("msg_1", 1)
    assert kept is not None
    assert (kept.recipient, kept.text, kept.state) == (None, None, JobState.DELIVERED)
    world.phone.close()
    files = [world.directory / name for name in ("phone.sqlite", "phone.sqlite-wal")]
    assert not any(b"a very secret text" in path.read_bytes() for path in files if path.exists())


def test_rows_are_remembered_seven_days_after_the_deadline(world: World) -> None:
    world.send(ttl=3_600)
    world.run(60)
    world.phone.network_changed(None)
    world.run(7 * 86_400)
    assert world.phone.app.jobs.get("msg_1", 1) is not None
    world.run(2 * 86_400 + 3_600)
    assert world.phone.app.jobs.get("msg_1", 1) is None
    assert world.phone.app.store.count("SELECT count(*) FROM parts") == 0


def test_a_result_for_a_forgotten_job_is_ignored(world: World) -> None:
    from dev.phone.broadcasts import DeliveryReport, SentResult

    world.radio.broadcast(SentResult("msg_gone", 1, 1, -1))
    world.radio.broadcast(DeliveryReport("msg_gone", 1, 1, 0))
    world.run(5)
    assert world.server.types() == []
