"""The SIMs of a virtual phone on disk (`handset.json`): the same ones at every start, editable by hand."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict
from pathlib import Path

from dev.phone.sims import Sim, SimTray, two_sims

FILE = "handset.json"


def load_tray(directory: Path) -> SimTray:
    """Two fresh SIMs on first use."""
    path = directory / FILE
    if not path.exists():
        directory.mkdir(parents=True, exist_ok=True)
        sims = [{"slot": slot, **asdict(sim)} for slot, sim in two_sims(secrets.token_hex(3)).items()]
        path.write_text(json.dumps({"sims": sims}, indent=2) + "\n")
    entries = json.loads(path.read_text())["sims"]
    return SimTray({entry.pop("slot"): Sim(**entry) for entry in entries})
