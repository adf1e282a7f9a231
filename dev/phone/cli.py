"""The command line of the virtual phone."""

from __future__ import annotations

import argparse
import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import httpx

from dev.phone.clock import MachineClock
from dev.phone.fates import Latency
from dev.phone.handset import Handset
from dev.phone.handset_file import load_tray
from dev.phone.leaving import LeavingFailed
from dev.phone.pairing import PairingFailed, PairingLink, parse_link
from dev.phone.phone import Phone
from dev.phone.push_listener import PushListener
from dev.phone.radio import SimulatedRadio
from dev.phone.runner import FINISHED, Runner, Stopped, raise_on_signals
from dev.phone.standing import ADVICE, Standing
from dev.phone.store import StoreOfAnotherVersion

DEFAULT_STORE = Path(".roost/phone")
RADIO_FILE = "radio.sqlite"
IN_A_HURRY = Latency(result=0.03, report=0.07, reply=0.05, late_factor=0.05)


class StoreInUse(Exception):
    """Another process runs this phone."""


def main(arguments: list[str]) -> int:
    """Exit code: 0 stopped by a signal or unpaired, 1 something the owner has to change."""
    options = parse_options(arguments)
    raise_on_signals()
    try:
        link = parse_link(options.pair) if options.pair else None
        with sole_user(options.store):
            return run(options, link)
    except Stopped:
        say("stopped; started again with the same --store it goes on where it was")
        return 0
    except (PairingFailed, LeavingFailed, StoreInUse, StoreOfAnotherVersion) as failure:
        say(str(failure))
        return 1


def parse_options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m dev.phone", description="A virtual phone for a local Roost.")
    parser.add_argument("--store", type=Path, default=DEFAULT_STORE, metavar="DIR", help="where this phone lives")
    parser.add_argument("--pair", metavar="LINK", help="pairing link; ignored when the phone is paired already")
    parser.add_argument("--fcm", metavar="URL", help="base URL of the FCM stand-in; without it the phone polls")
    parser.add_argument("--name", help="model name shown in the console (default: the link's label)")
    parser.add_argument("--net", default="wifi", help="network name reported to the server, such as wifi, 4g, 5g")
    parser.add_argument("--battery", type=int, default=87, metavar="PERCENT")
    parser.add_argument("--no-charger", action="store_true", help="report a phone that is not charging")
    parser.add_argument("--fast", action="store_true", help="a carrier that answers ten times faster")
    parser.add_argument("--unpair", action="store_true", help="give all jobs back, leave the server and stop")
    return parser.parse_args(arguments)


def run(options: argparse.Namespace, link: PairingLink | None) -> int:
    handset = make_handset(options, link)
    with httpx.Client() as http:
        phone = Phone(options.store, handset, http, tell=say, report_delay_seconds=0.1 if options.fast else 1.0)
        try:
            return run_phone(phone, options, link, http)
        finally:
            phone.close()
            handset.radio.close()


def run_phone(phone: Phone, options: argparse.Namespace, link: PairingLink | None, http: httpx.Client) -> int:
    if options.unpair:
        return unpair(phone)
    if not join(phone, link):
        return 1
    runner = Runner(phone, say)
    listener = start_listener(phone, options.fcm, runner, http)
    try:
        runner.run()
    finally:
        if listener is not None:
            listener.stop()
    return 1


def make_handset(options: argparse.Namespace, link: PairingLink | None) -> Handset:
    clock = MachineClock()
    tray = load_tray(options.store)
    latency = IN_A_HURRY if options.fast else Latency()
    return Handset(
        clock=clock,
        radio=SimulatedRadio(options.store / RADIO_FILE, clock.wall_ms, tray, latency),
        tray=tray,
        model=options.name or (link.label if link and link.label else "Virtual phone"),
        net=options.net,
        battery=options.battery,
        is_charging=not options.no_charger,
    )


def join(phone: Phone, link: PairingLink | None) -> bool:
    """Pair, or go on as the phone that was paired before; False when neither is possible."""
    if phone.is_paired and phone.standing not in FINISHED:
        if link is not None:
            say("already paired: the link is not used. For another phone choose another --store")
        say(f"goes on as {phone.device_id}")
        return True
    if link is not None:
        answer = phone.pair(link)
        say(f"paired with {link.host} as {answer.device_id}")
        return True
    say(ADVICE.get(phone.standing, "this phone is not paired: start it with --pair '<pairing link>'"))
    return False


def unpair(phone: Phone) -> int:
    if not phone.is_paired or phone.standing in (Standing.REMOVED, Standing.PAIR_AGAIN):
        say("there is no pairing to leave")
        return 1
    phone.unpair()
    say("unpaired; jobs that were not sent went back to the server")
    return 0


def start_listener(phone: Phone, fcm_url: str | None, runner: Runner, http: httpx.Client) -> PushListener | None:
    """Push where both sides can; else tell the server that there is none, and poll."""
    firebase = phone.firebase
    if fcm_url is None or firebase is None:
        why = "no --fcm was given" if firebase else "the server has no Firebase settings"
        say(f"no push ({why}): this phone polls")
        phone.push_unavailable()
        return None
    known = phone.app.push.current()
    token = known["value"] if known.get("project_id") == firebase.project_id else None
    listener = PushListener(http, fcm_url, firebase.project_id, token, runner.deliver)
    if token is None:
        try:
            listener.register()
        except (httpx.HTTPError, ValueError, KeyError):
            say(f"the FCM stand-in at {fcm_url} does not answer; polling until it does")
            phone.push_unavailable()
    listener.start()
    return listener


@contextmanager
def sole_user(directory: Path) -> Iterator[None]:
    """Two processes on one store would be one phone in two places. The lock ends with the process, however it ends."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StoreInUse(f"a virtual phone already runs on {directory}: stop it, or use another --store") from error
        yield


def say(line: str) -> None:
    sys.stdout.write(f"{datetime.now().astimezone():%H:%M:%S}  {line}\n")
    sys.stdout.flush()
