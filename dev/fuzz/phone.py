"""A phone that is paired and does nothing: somebody else calls with its token."""

from __future__ import annotations

import time

import httpx

from dev.local_roost import CALL_SECONDS, LocalRoost
from dev.phone.exchange import Exchange
from dev.phone.pairing import exchange_code, parse_link

INTRODUCTION = {
    "install_id": "fuzz",
    "store_id": "fuzz",
    "device": {"model": "Redmi 8", "sdk": 29, "app": "1.0.0"},
    "sims": [{"sim_id": "sim_a", "slot": 0, "number": "+14155550100", "carrier": "Movistar"}],
}


def paired_token(roost: LocalRoost) -> str:
    """What the phone calls with. Raises PairingFailed."""

    def now() -> int:
        return time.time_ns() // 1_000_000

    with httpx.Client(timeout=CALL_SECONDS) as http:
        answer, _ = exchange_code(Exchange(http, now, now), parse_link(roost.pairing_link(label="Fuzz")), INTRODUCTION)
    return answer.token
