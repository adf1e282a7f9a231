"""Puts the parts of the phone together; the only place that knows how they depend on each other."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx

from dev.phone.answers import Answers
from dev.phone.attachments import Attachments
from dev.phone.backoff import Backoff
from dev.phone.batches import Batches
from dev.phone.callback import Callback
from dev.phone.claims import Claims
from dev.phone.corrected_time import CorrectedTime
from dev.phone.exchange import Exchange
from dev.phone.handoff import HandOff
from dev.phone.handset import Handset
from dev.phone.inbound import Inbound
from dev.phone.jobs import Jobs
from dev.phone.kill_points import KillSwitch
from dev.phone.ledger import Ledger
from dev.phone.narration import Tell
from dev.phone.outbox import Outbox
from dev.phone.outcomes import Outcomes
from dev.phone.pacing import Pacing
from dev.phone.push_registration import PushRegistration
from dev.phone.received_mms import ReceivedMms
from dev.phone.schedule import Schedule
from dev.phone.server import Server
from dev.phone.sim_watch import SimWatch
from dev.phone.standing import StandingRecord
from dev.phone.store import Store
from dev.phone.tokens import Tokens

STORE_FILE = "phone.sqlite"


def random_id(prefix: str) -> str:
    """`st_3f0c...`: unique per database, so that ids counted within it are unique everywhere."""
    return f"{prefix}_{uuid4().hex[:16]}"


@dataclass(frozen=True, slots=True)
class Components:
    store: Store
    standing: StandingRecord
    corrected: CorrectedTime
    tokens: Tokens
    jobs: Jobs
    outbox: Outbox
    pacing: Pacing
    ledger: Ledger
    outcomes: Outcomes
    inbound: Inbound
    sim_watch: SimWatch
    handoff: HandOff
    received_mms: ReceivedMms
    batches: Batches
    backoff: Backoff
    exchange: Exchange
    server: Server
    push: PushRegistration
    schedule: Schedule
    callback: Callback


def assemble(
    directory: Path, handset: Handset, http: httpx.Client, rng: random.Random, kill: KillSwitch, tell: Tell,
    report_delay_ms: int,
) -> Components:  # fmt: skip
    """Open the store in `directory` and wire one process of the app around it."""
    clock = handset.clock
    store = Store(directory / STORE_FILE, random_id)
    standing, corrected, tokens = StandingRecord(store), CorrectedTime(store, clock), Tokens(store)
    jobs, outbox = Jobs(store), Outbox(store, clock)
    pacing = Pacing(store, clock, corrected)
    ledger = Ledger(store, jobs, outbox, clock, tell)
    sim_watch = SimWatch(store, jobs, outbox, ledger, handset)
    claims, batches = Claims(jobs, outbox, pacing, sim_watch, handset), Batches(store, outbox)
    backoff = Backoff(store, clock, rng)
    exchange = Exchange(http, clock.elapsed_ms, corrected.now_ms)
    server = Server(store, tokens, standing, backoff, exchange, tell)
    schedule = Schedule(store, jobs, outbox, batches, claims, clock, corrected, report_delay_ms)
    answers = Answers(store, jobs, outbox, ledger, corrected, tokens, sim_watch, kill, tell)
    received_mms = ReceivedMms(store, outbox, server, http, Backoff(store, clock, rng), tell)
    return Components(
        store=store,
        standing=standing,
        corrected=corrected,
        tokens=tokens,
        jobs=jobs,
        outbox=outbox,
        pacing=pacing,
        ledger=ledger,
        outcomes=Outcomes(store, jobs, outbox, ledger, pacing, kill),
        inbound=Inbound(store, outbox, clock, received_mms, kill, tell),
        received_mms=received_mms,
        sim_watch=sim_watch,
        handoff=HandOff(store, jobs, ledger, pacing, corrected, Attachments(http), kill, tell),
        batches=batches,
        backoff=backoff,
        exchange=exchange,
        server=server,
        push=PushRegistration(store, clock, server, Backoff(store, clock, rng), tell),
        schedule=schedule,
        callback=Callback(batches, claims, schedule, server, answers, backoff, tell),
    )
