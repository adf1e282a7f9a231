"""One account with its phones and the whole server around it, in simulated time that jumps to the next due thing."""

from __future__ import annotations

import importlib
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import httpx

from dev.artifacts.template_functions import template_functions
from dev.bootstrap import EVERY_SCOPE
from dev.cloud.template_yaml import read_template
from dev.faults.agenda import Agenda
from dev.faults.caller import Caller
from dev.faults.device import Device
from dev.faults.engine import PROJECT, scratch_folder
from dev.faults.history import History
from dev.faults.meanwhile import Meanwhile
from dev.faults.network import Network
from dev.faults.runtime import Runtime
from dev.faults.storage import FunctionKilled, Write, WriteFault
from dev.faults.stream import StreamFaults, StreamPump, mappings_of
from dev.faults.sweeper import Sweeper
from dev.lambda_transport import LambdaTransport, invoke
from dev.phone.times import SECOND
from roost.usecases.create_account import create_account
from roost.usecases.manage_keys import NewKey, create_key

MOST_ROUNDS = 20_000
FAR_MS = 10**12
KILLED = {
    "statusCode": 500,
    "headers": {"content-type": "application/json"},
    "body": '{"message":"Internal Server Error"}',
}


class Clocked(Protocol):
    """Whatever wants the world's attention at some instant."""

    def next_ms(self) -> int | None: ...


class Livelock(AssertionError):
    """Something is due again and again without time going on."""


class World:
    def __init__(self, runtime: Runtime, folder: Path, seed: int) -> None:
        runtime.next_morning(seed)
        self.runtime = runtime
        self.folder = folder
        self.seed = seed
        self.time = runtime.time
        self.agenda = Agenda()
        self.push = runtime.push.renew()
        self.server = LambdaTransport(self._invoke)
        self.account = create_account(runtime.deps, "Faults").id
        self.caller = Caller(self.server, create_key(runtime.deps, self.account, NewKey("faults", EVERY_SCOPE))[1])
        self.devices: dict[str, Device] = {}
        self.stream_faults = StreamFaults()
        self.meanwhile = Meanwhile(runtime.storage)
        self.pumps = self._pumps()
        self.history = History(self.account)
        self.started_ms = self.time.now_ms
        self.lines: list[str] = []
        self._has_new_records = False
        self.crashes: list[str] = []
        runtime.machines.renew(self._invoke_or_none, seed)
        self.sweeper = Sweeper(self._sweep if has_sweep() else None, self.time)
        runtime.storage.watchers.append(self._wrote)
        self._skip_old_records()

    def _pumps(self) -> list[StreamPump]:
        functions = template_functions(read_template(PROJECT / "template.yaml"))
        return [
            StreamPump(mapping, partial(self._invoke_or_none, mapping.function), self.time, self.stream_faults)
            for function in functions
            for mapping in mappings_of(function)
        ]

    def add_device(self, name: str, *, sims: int = 1) -> Device:
        network = Network(self.server, self.time, self.agenda, self._interleave, self.meanwhile.stall)
        device = Device(name, self.folder, self.time, network, self.push, self.seed, sims)
        self.devices[name] = device
        return device

    def run(self, seconds: float) -> None:
        self.run_until(self.time.now_ms + round(seconds * SECOND))

    def run_until(self, end_ms: int) -> None:
        """Let everything happen that is due until then."""
        while True:
            self._catch_up()
            upcoming = self._next_ms()
            if upcoming > end_ms:
                self.time.now_ms = max(end_ms, self.time.now_ms)
                return
            self.time.now_ms = max(upcoming, self.time.now_ms)

    def note(self, line: str) -> None:
        """For the story that a failure tells."""
        self.lines.append(f"{(self.time.now_ms - self.started_ms) / SECOND:10.3f}  {line}")

    def _catch_up(self) -> None:
        for _ in range(MOST_ROUNDS):
            if not self._do_one():
                return
        raise Livelock("the world does not come to rest: " + "; ".join(self.lines[-5:]))

    def _do_one(self) -> bool:
        if self._has_new_records:
            self._read_stream()
            return True
        if any(pump.deliver_due() for pump in self.pumps) or self.runtime.machines.advance_due():
            return True
        if self.sweeper.sweep_if_due():
            return True
        action = self.agenda.take_due(self.time.now_ms)
        if action is not None:
            action()
            return True
        device = next((device for device in self.devices.values() if device.next_ms() <= self.time.now_ms), None)
        if device is not None:
            device.turn()
        return device is not None

    def _next_ms(self) -> int:
        sources: tuple[Clocked, ...] = (
            *self.pumps,
            *self.devices.values(),
            self.runtime.machines,
            self.sweeper,
            self.agenda,
        )
        dues = [due for source in sources if (due := source.next_ms()) is not None]
        return min(dues, default=self.time.now_ms + FAR_MS)

    def _read_stream(self) -> None:
        self._has_new_records = False
        records = [record for record in self.runtime.reader.read() if self.history.is_ours(record)]
        self.history.take(records, self.time.now_ms)
        for pump in self.pumps:
            pump.take(records)

    def _skip_old_records(self) -> None:
        while self.runtime.reader.read():
            pass

    def _wrote(self, write: Write) -> None:
        if "Messages" in write.table:
            self._has_new_records = True
        self.sweeper.noticed(write.key)

    def _invoke(self, function: str, event: dict[str, Any]) -> Any:
        """As Lambda and API Gateway: a function that died is answered for. What broke without an injected fault is
        remembered: no fault explains it."""
        storage = self.runtime.storage
        storage.begin(function)
        hits = storage.hits()
        try:
            answer = invoke(function, event)
        except FunctionKilled:
            self.note(f"{function} was killed at write {storage.writes_of[function]}")
            return KILLED
        except Exception as error:
            if storage.hits() == hits:
                where = traceback.extract_tb(error.__traceback__)[-1]
                self.crashes.append(f"{function}: {error!r} at {Path(where.filename).name}:{where.lineno}")
            self.note(f"{function} failed: {error!r}")
            return KILLED
        finally:
            storage.end()
        if isinstance(answer, dict) and answer.get("statusCode") == 500:
            self._note_500(function, str(answer.get("body")), was_struck=storage.hits() > hits)
        return answer

    def _note_500(self, function: str, body: str, *, was_struck: bool) -> None:
        """Mangum turns even the death of a function into a 500."""
        if was_struck:
            self.note(f"{function} was killed or hindered at write {self.runtime.storage.writes_of[function]}")
        else:
            self.crashes.append(f"{function}: answered 500: {body}")

    def _invoke_or_none(self, function: str, event: dict[str, Any]) -> Any:
        answer = self._invoke(function, event)
        return None if answer is KILLED else answer

    def _sweep(self) -> None:
        self._invoke("sweep", {})

    def _interleave(self, request: httpx.Request, write: int) -> None:
        """A copy of `request` runs whole, just before the n-th write of the next one."""
        fault = WriteFault("interleave", write=write, function="phone_callback")
        self.meanwhile.plant(fault, lambda: self._deliver(request))

    def invoke(self, function: str, event: dict[str, Any]) -> None:
        """A function that is called out of turn."""
        self._invoke(function, event)

    def _deliver(self, request: httpx.Request) -> None:
        self.server.handle_request(request)

    def close(self) -> None:
        self.meanwhile.go_on()
        for device in self.devices.values():
            device.close()
        self.caller.close()


def has_sweep() -> bool:
    """Whether the function has landed and can be imported."""
    try:
        importlib.import_module("functions.sweep.app")
    except ImportError:
        return False
    return True


@contextmanager
def new_world(runtime: Runtime, seed: int) -> Iterator[World]:
    with scratch_folder() as folder:
        world = World(runtime, Path(folder), seed)
        try:
            yield world
        finally:
            world.close()
