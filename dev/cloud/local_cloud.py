"""The running local cloud: serve, deploy, poll, keep, stop."""

import asyncio
import gc
import json
import os
import shutil
import signal
import traceback
from pathlib import Path

from ministack import app as engine
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

from dev.cloud.checkpoints import Checkpoints
from dev.cloud.clients import Clients
from dev.cloud.control import Control
from dev.cloud.deploy import Deployed, deploy
from dev.cloud.engine_patches import (
    FunctionLog,
    answer_without_delay,
    copy_function_output,
    count_no_routes,
    note_permissions,
    read_key_conditions_once,
    read_policies_and_grammar_once,
    stream_end,
)
from dev.cloud.event_filter import PatternError
from dev.cloud.front_door import FrontDoor
from dev.cloud.journal import Journal
from dev.cloud.messages import tell
from dev.cloud.options import Options
from dev.cloud.persistence import DurableItems
from dev.cloud.pollers import Pollers
from dev.cloud.server import start_server, until_reachable
from dev.cloud.sockets import Listeners
from dev.cloud.stack import DeployError
from dev.cloud.state_lock import StateInUseError, lock_state
from dev.cloud.template_yaml import TemplateError
from dev.cloud_process import PERMISSIONS_USED

PARENT_SECONDS = 0.5
OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Python's own 700 are made by one request."""
REQUESTS_END_SECONDS = 15.0
DRAIN_SECONDS = 5.0
START_DRAIN_SECONDS = 5.0
POLLERS_END_SECONDS = 5.0


class StartError(Exception):
    """The cloud cannot run; the message says why and what to do. The state on disk is as it was."""


class LocalCloud:
    """One run, from the first import to the last snapshot."""

    def __init__(self, options: Options, listeners: Listeners) -> None:
        self._options = options
        self._listeners = listeners
        self._state = Path(options.state)
        self._clients = Clients(listeners.endpoint, options.region)
        self._control = Control()
        self._door = FrontDoor(engine.app, listeners.front_port, self._control)
        self._journal = Journal(self._state / "journal", options.fsync)
        self._items = DurableItems(self._journal, self._state / "engine", tell)
        self._checkpoints = (
            None if options.ephemeral else Checkpoints(self._items, self._journal, options.journal_limit)
        )
        self._stop_asked = asyncio.Event()
        self._server_may_end = asyncio.Event()
        self._interrupts = 0

    async def run(self) -> int:
        """Serve until told to stop; returns the exit status."""
        self._watch_signals()
        parent = asyncio.create_task(self._watch_parent())
        try:
            with lock_state(self._state):
                self._clear_unpacked_code()
                server, pollers = await self._start()
                housekeeping = asyncio.create_task(self._checkpoints.keep_short(pollers)) if self._checkpoints else None
                await self._stop_asked.wait()
                if housekeeping:
                    housekeeping.cancel()
                await self._stop(pollers)
                self._server_may_end.set()
                await server
        except (StartError, StateInUseError) as error:
            tell(f"error: {error}")
            # like a kill: a normal end would save a half-made stack over the good state on disk
            os._exit(1)
        except Exception:
            tell(traceback.format_exc())
            os._exit(1)
        finally:
            parent.cancel()
        return 0

    def _clear_unpacked_code(self) -> None:
        # the engine unpacks code into a folder named by its port and never removes it
        for left_over in (self._state / "tmp").glob("ministack-*"):
            shutil.rmtree(left_over, ignore_errors=True)

    async def _start(self) -> tuple[asyncio.Task[None], Pollers]:
        answer_without_delay()
        count_no_routes()
        read_key_conditions_once()
        read_policies_and_grammar_once()
        copy_function_output(FunctionLog(Path(self._options.logs)))
        if self._options.auth:
            note_permissions(self._state / PERMISSIONS_USED)
        if self._checkpoints:
            self._items.install()
        server = start_server(self._door, self._listeners, self._server_may_end.wait)
        server.add_done_callback(lambda _: self._stop_asked.set())
        await until_reachable(self._listeners.engine_port, server)
        if self._items.failure:
            raise StartError(f"the saved state was not restored: {self._items.failure}")
        deployed = await self._deploy_unless_stopped()
        pollers = await self._start_pollers(deployed)
        if self._checkpoints and deployed.changed:
            # the journal has items, not tables: without this a kill would leave items and no stack
            forget = self._options.replace_tables  # what the journal has belongs to the tables before
            await self._checkpoints.take(lambda: forget or pollers.drain(START_DRAIN_SECONDS))
        if deployed.api_id:
            self._door.open(deployed.api_id)
        else:
            self._door.close("the template has no HTTP API")
        # what is there now stays: a collection need not look at two hundred thousand objects each time
        gc.freeze()
        gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
        print(json.dumps(self._ready(deployed)), flush=True)
        return server, pollers

    async def _deploy_unless_stopped(self) -> Deployed:
        arguments = (self._options, self._clients, self._listeners.endpoint, frozenset(_RESOURCE_HANDLERS), tell)
        deploying = asyncio.create_task(asyncio.to_thread(deploy, *arguments))
        stopping = asyncio.create_task(self._stop_asked.wait())
        await asyncio.wait({deploying, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not deploying.done():
            raise StartError("stopped before the deploy was finished")
        stopping.cancel()
        try:
            return deploying.result()
        except (TemplateError, DeployError) as error:
            raise StartError(
                f"{error}\nThe state in {self._state} is as it was. Correct this and start again."
            ) from error

    async def _start_pollers(self, deployed: Deployed) -> Pollers:
        try:
            pollers = Pollers(deployed.stream_mappings, deployed.outputs, self._options.stream_seconds)
        except (TemplateError, PatternError) as error:
            raise StartError(f"{error}\nCorrect the template and start again.") from error
        await asyncio.to_thread(pollers.start, self._clients, stream_end, tell)
        self._control.pollers = pollers
        return pollers

    async def _stop(self, pollers: Pollers) -> None:
        """Stop taking requests, let the pollers drain, keep everything."""
        self._door.close("the local cloud is stopping")
        if self._options.ephemeral:
            await asyncio.to_thread(pollers.stop, 0)
            return
        await self._until_requests_end()
        drained = await asyncio.to_thread(pollers.drain, DRAIN_SECONDS)
        await asyncio.to_thread(pollers.stop, POLLERS_END_SECONDS)
        if self._checkpoints:
            await self._checkpoints.take(lambda: drained)

    async def _until_requests_end(self) -> None:
        deadline = asyncio.get_running_loop().time() + REQUESTS_END_SECONDS
        while self._door.in_flight and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.01)

    def _watch_signals(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._stop_asked.set)
        loop.add_signal_handler(signal.SIGINT, self._on_interrupt)

    def _on_interrupt(self) -> None:
        self._interrupts += 1
        if self._interrupts > 1:
            # a person who presses Ctrl-C twice; the journal has what a killed stop could not save
            tell("stopping at once")
            os._exit(1)
        self._stop_asked.set()

    async def _watch_parent(self) -> None:
        # a test run or a `make run` that was killed must not leave a cloud behind
        parent = os.getppid()
        while os.getppid() == parent:
            await asyncio.sleep(PARENT_SECONDS)
        self._stop_asked.set()

    def _ready(self, deployed: Deployed) -> dict[str, object]:
        return {
            "ready": True,
            "endpoint": self._listeners.endpoint,
            "front": self._listeners.front,
            "region": self._options.region,
            "outputs": deployed.outputs,
        }
