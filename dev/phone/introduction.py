"""What a phone says about itself when it pairs, and what it keeps of the answer."""

from __future__ import annotations

from typing import Any

from dev.phone.components import Components
from dev.phone.handset import Handset
from dev.phone.jobs import WAITING
from dev.phone.pairing import PairingLink
from dev.phone.standing import Standing
from dev.phone.store import Store
from dev.phone.times import to_wire
from dev.phone.wire import PairAnswer

APP_VERSION = "1.0.0"


def introduction(store: Store, handset: Handset) -> dict[str, Any]:
    """The pairing request without the code."""
    clock = handset.clock
    return {
        "install_id": store.get("install_id"),
        "store_id": store.get("store_id"),
        "device": {
            "model": handset.model,
            "sdk": handset.sdk,
            "app": APP_VERSION,
            "boot_id": clock.boot_id,
            "at_wall": to_wire(clock.wall_ms()),
            "at_elapsed": clock.elapsed_ms(),
        },
        "sims": [
            {"slot": slot, "sim_id": sim.sim_id, "carrier": sim.carrier, "mccmnc": sim.mccmnc, "number": sim.number}
            for slot, sim in sorted(handset.tray.sims.items())
        ],
    }


def settle_in(app: Components, link: PairingLink, answer: PairAnswer, round_trip_ms: int) -> None:
    """Keep the pairing. Jobs of an earlier pairing are dropped unsent: the server has given them up."""
    store = app.store
    with store.transaction():
        for job in app.jobs.in_states(WAITING):
            app.ledger.lose(job)
        app.batches.drop()
        if store.get("device_id") not in (None, answer.device_id):
            _forget_other_device(store)
        store.put("base_url", link.base_url)
        store.put("device_id", answer.device_id)
        app.tokens.paired(answer.token)
        store.put("firebase", answer.firebase.model_dump() if answer.firebase else None)
        store.put("config", answer.config.model_dump())
        app.corrected.anchor(answer.server_time_ms, round_trip_ms)
        app.sim_watch.confirm()
        app.standing.become(Standing.ACTIVE)
    app.backoff.succeeded()
    app.schedule.want_claim()


def _forget_other_device(store: Store) -> None:
    """Reports about another device's jobs would only be refused. Inbound memory and pacing belong to the SIMs."""
    for table in ("jobs", "parts", "outbox", "quarantine"):
        store.change(f"DELETE FROM {table}")
    for key in ("push_registration", "push_told_at", "last_push", "batch_limit"):
        store.put(key, None)
