"""`phone.*` and `sim.*`: what happens to the app's process, the handset and its SIM cards."""

from __future__ import annotations

from contextlib import suppress

from dev.faults.stage import Stage, Step
from dev.phone.leaving import LeavingFailed
from dev.phone.pairing import PairingFailed
from dev.phone.sims import Sim
from dev.phone.times import SECOND


def kill_at(stage: Stage, step: Step) -> None:
    """`point` of phone protocol §23; `restart_after` seconds, null for a process that stays dead."""
    device = stage.device(step)
    device.restart_seconds = step.get("restart_after", 5)
    device.kill.arm(step["point"], on_pass=step.get("on_pass", 1))


def stop(stage: Stage, step: Step) -> None:
    stage.device(step).stop()


def die(stage: Stage, step: Step) -> None:
    stage.device(step).die()


def restart(stage: Stage, step: Step) -> None:
    stage.device(step).start()


def reboot(stage: Stage, step: Step) -> None:
    stage.device(step).reboot()


def force_stop(stage: Stage, step: Step) -> None:
    device = stage.device(step)
    device.handset.force_stop()
    device.touch()


def open_app(stage: Stage, step: Step) -> None:
    device = stage.device(step)
    device.handset.open_app()
    device.start()


def clock(stage: Stage, step: Step) -> None:
    """`offset_seconds`: how far the wall clock is off from now on."""
    device = stage.device(step)
    device.clock.wall_offset_ms = round(step["offset_seconds"] * SECOND)
    device.touch()


def doze(stage: Stage, step: Step) -> None:
    device = stage.device(step)
    device.handset.doze() if step.get("on", True) else device.handset.leave_doze()
    device.touch()


def permission(stage: Stage, step: Step) -> None:
    device = stage.device(step)
    device.handset.permissions -= set(step.get("revoke", []))
    device.handset.permissions |= set(step.get("grant", []))
    device.touch()


def wipe_store(stage: Stage, step: Step) -> None:
    stage.device(step).wipe_store()


def clone(stage: Stage, step: Step) -> None:
    stage.device(step).copy_store_to(stage.world.devices[step["to"]])


def pair(stage: Stage, step: Step) -> None:
    """With a new code, or with the one remembered as `code`. A refusal is for the scenario to expect."""
    link = stage.world.caller.pairing_link()
    if "code" in step:
        link = stage.links.setdefault(step["code"], link)
    device = stage.device(step)
    try:
        device.pair(link)
    except PairingFailed as failure:
        stage.world.note(f"{device.name} could not pair: {failure}")
        stage.refusals.append(str(failure))
        return
    if step.get("push", True):
        device.register_push()


def unpair(stage: Stage, step: Step) -> None:
    device = stage.device(step)
    with suppress(LeavingFailed):
        device.app.unpair()
    device.touch()


def confirm_sims(stage: Stage, step: Step) -> None:
    device = stage.device(step)
    device.app.confirm_sims()
    device.touch()


def fill_outbox(stage: Stage, step: Step) -> None:
    """`count` alerts that no server has seen yet: the cheapest events."""
    device = stage.device(step)
    with device.app.app.store.transaction():
        for number in range(step["count"]):
            device.app.app.outbox.add("alert", {"code": "storage_low", "detail": f"{number}"})


def remove_sim(stage: Stage, step: Step) -> None:
    device = stage.device(step)
    device.tray.remove(step.get("slot", 0))
    device.touch()


def swap_sim(stage: Stage, step: Step) -> None:
    """Another card in the slot, or with `to` the same card in another slot."""
    device, slot = stage.device(step), step.get("slot", 0)
    card = device.tray.remove(slot)
    if "to" in step and card is not None:
        device.tray.insert(step["to"], card)
    else:
        device.tray.insert(slot, Sim(f"sim_{device.name}_other", "Other Mobile", "00109"))
    device.touch()


VERBS = {
    "phone.kill_at": kill_at,
    "phone.stop": stop,
    "phone.die": die,
    "phone.restart": restart,
    "phone.reboot": reboot,
    "phone.force_stop": force_stop,
    "phone.open_app": open_app,
    "phone.clock": clock,
    "phone.doze": doze,
    "phone.permission": permission,
    "phone.wipe_store": wipe_store,
    "phone.clone": clone,
    "phone.pair": pair,
    "phone.unpair": unpair,
    "phone.confirm_sims": confirm_sims,
    "phone.fill_outbox": fill_outbox,
    "sim.remove": remove_sim,
    "sim.swap": swap_sim,
}
