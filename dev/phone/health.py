"""What a phone says about itself with each call."""

from __future__ import annotations

from typing import Any

from dev.phone.components import Components
from dev.phone.handset import Handset
from dev.phone.introduction import APP_VERSION
from dev.phone.times import to_wire


def health_of(app: Components, handset: Handset, config_rev: int) -> dict[str, Any]:
    """State, not an event: refreshed for each call and never queued."""
    clock, outbox = handset.clock, app.outbox
    health = {
        "store_id": app.store.get("store_id"),
        "boot_id": clock.boot_id,
        "at_wall": to_wire(clock.wall_ms()),
        "at_elapsed": clock.elapsed_ms(),
        "app": APP_VERSION,
        "config_rev": config_rev,
        "outbox": {"depth": outbox.depth(), "oldest_seconds": outbox.oldest_seconds()},
        "quarantined": outbox.quarantined(),
        **handset.vitals(),
    }
    if unconfirmed := app.sim_watch.unconfirmed():
        health["unconfirmed_sims"] = unconfirmed
    last_push = app.store.get("last_push")
    return health if last_push is None else {**health, "push": last_push}
