"""`radio.*`: what the modem, the carrier and the people at the other end do."""

from __future__ import annotations

from dataclasses import replace

from dev.faults.stage import Stage, Step
from dev.phone.broadcasts import DeliveryReport, SentResult
from dev.phone.fates import RESULT_OK, Fate, UssdFate
from dev.phone.sims import Service
from dev.phone.times import SECOND

NUMBER = "+15005550001"


def result(stage: Stage, step: Step) -> None:
    """The fate of messages to `to` (one `part` or all): `code`, `error_code`, `after` seconds, `tp_statuses`."""
    code = step.get("code", RESULT_OK)
    usual = (0,) if code == RESULT_OK else ()
    fate = Fate(
        result=code,
        error_code=step.get("error_code"),
        result_after_seconds=step.get("after"),
        tp_statuses=tuple(step.get("tp_statuses", usual)),
        report_after_seconds=step.get("report_after"),
        sent_box=step.get("sent_box"),
    )
    stage.device(step).radio.fates.script(step.get("to", NUMBER), fate, step.get("part"))


def no_result(stage: Stage, step: Step) -> None:
    """The sent result never comes; `sent_box` is what the system's own list says."""
    fate = Fate(result=None, tp_statuses=(), sent_box=step.get("sent_box", "queued"))
    stage.device(step).radio.fates.script(step.get("to", NUMBER), fate, step.get("part"))


def well(stage: Stage, step: Step) -> None:
    """From now on messages to `to` are delivered again."""
    stage.device(step).radio.fates.script(step.get("to", NUMBER), Fate())


def service(stage: Stage, step: Step) -> None:
    device = stage.device(step)
    device.tray.service[step.get("slot", 0)] = Service(step["state"])
    device.touch()


def airplane(stage: Stage, step: Step) -> None:
    """Radio and network go together, and come back together."""
    device, is_on = stage.device(step), bool(step.get("on", True))
    device.tray.is_airplane = is_on
    device.app.network_changed(None if is_on else "wifi")
    device.touch()


def dialog(stage: Stage, step: Step) -> None:
    """The system's brake from `limit` segments a minute on; `reaction`: dialog, limit_exceeded, stop_sending."""
    monitor = stage.device(step).radio.monitor
    monitor.limit, monitor.reaction = step.get("limit", 30), step.get("reaction", "dialog")


def sent(stage: Stage, step: Step) -> None:
    """One sent result by hand, `times` times: a late, repeated or contradicting one."""
    device = stage.device(step)
    for _ in range(step.get("times", 1)):
        answer = SentResult(
            stage.job_id(step["job"]), step.get("attempt", 1), step.get("part", 1), step.get("code", RESULT_OK)
        )
        device.radio.broadcast(answer, after_seconds=step.get("after", 0))
    device.touch()


def report(stage: Stage, step: Step) -> None:
    """One delivery report by hand."""
    device = stage.device(step)
    for _ in range(step.get("times", 1)):
        answer = DeliveryReport(
            stage.job_id(step["job"]), step.get("attempt", 1), step.get("part", 1), step["tp_status"]
        )
        device.radio.broadcast(answer, after_seconds=step.get("after", 0))
    device.touch()


def inbound(stage: Stage, step: Step) -> None:
    """`count` texts; `smsc_ago` seconds between the carrier's stamp and now; `broadcast` false: only in the inbox."""
    device = stage.device(step)
    card = device.tray.sims[step.get("slot", 0)]
    for number in range(step.get("count", 1)):
        text = step.get("text", "text {n}").format(n=number)
        smsc = stage.world.time.now_ms - round(step.get("smsc_ago", 0) * SECOND)
        device.radio.receive(
            step.get("from", "+34600111222"), text, card.sim_id, parts=step.get("parts", 1), smsc_ms=smsc,
            is_broadcast=step.get("broadcast", True),
        )  # fmt: skip
    device.touch()


def repeat_inbound(stage: Stage, step: Step) -> None:
    """Android hands the newest text over once more, as it does after a crash of the receiver."""
    device = stage.device(step)
    newest = device.radio.inbox()[-1]
    device.radio.broadcast(replace(newest))
    device.touch()


def inbound_mms(stage: Stage, step: Step) -> None:
    """A text with one picture."""
    device = stage.device(step)
    card = device.tray.sims[step.get("slot", 0)]
    picture = [("image/png", b"a picture")]
    device.radio.receive_mms(step.get("from", "+34600111222"), step["text"], card.sim_id, picture)
    device.touch()


def missed_call(stage: Stage, step: Step) -> None:
    device = stage.device(step)
    card = device.tray.sims[step.get("slot", 0)]
    device.radio.miss_call(step.get("from", "+34600111222"), card.sim_id)
    device.touch()


def ussd(stage: Stage, step: Step) -> None:
    """What the network says to every code from now on: `answer` null and no `failure`: nothing."""
    fate = UssdFate(step.get("answer"), step.get("failure"), step.get("after", 2))
    stage.device(step).radio.fates.ussd = fate


VERBS = {
    "radio.result": result,
    "radio.no_result": no_result,
    "radio.well": well,
    "radio.service": service,
    "radio.airplane": airplane,
    "radio.dialog": dialog,
    "radio.sent": sent,
    "radio.report": report,
    "radio.inbound": inbound,
    "radio.repeat_inbound": repeat_inbound,
    "radio.inbound_mms": inbound_mms,
    "radio.missed_call": missed_call,
    "radio.ussd": ussd,
}
