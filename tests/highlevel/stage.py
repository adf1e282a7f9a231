"""An account, its location over there, and the mirror between them moved by hand under the test's clock."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import httpx

from roost.domain import ids
from roost.domain.highlevel import Location
from roost.domain.highlevel_webhooks import instant_of
from roost.domain.instants import rfc3339
from roost.domain.webhook_events import events_of_change
from roost.outbound.executions import Executions, Machines
from roost.runtime.deps import Deps
from roost.runtime.highlevel import Integration, integration
from roost.storage.highlevel import get_location
from roost.storage.messages import get_message
from roost.storage.opt_outs import get_opt_out
from roost.storage.stream_records import Told
from roost.usecases.connect_highlevel import connect
from roost.usecases.mirror_highlevel import mirror_highlevel
from roost.usecases.owe_highlevel import KnownLocations, owe_highlevel
from tests.highlevel.signing import signed
from tests.highlevel.stand_in import HighLevelStandIn
from tests.highlevel.there import NUMBERS, There
from tests.permissions.roles import acting_as
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant
from tests.webhooks.desk import StepFunctions

NUMBER = "+14155551234"


@dataclass
class Stage:
    """`there`: the connected location. What the stream would bring is told by `tell`; `work` runs what is owed and
    waits as the state machine would."""

    deps: Deps
    tenant: Tenant
    stand_in: HighLevelStandIn
    machines: StepFunctions = field(default_factory=StepFunctions)

    def __post_init__(self) -> None:
        client: Any = self.machines
        self.executions = Executions(client, Machines("recover", "release", "retry", "campaign", "import", "mirror"))
        self.there: There = self.stand_in.location()
        self.connect()

    @property
    def integration(self) -> Integration:
        with acting_as("sync_highlevel"):  # who connects needs the secret first
            found = integration()
        assert found is not None
        return found

    @property
    def location(self) -> Location:
        found = get_location(self.deps.highlevel, self.tenant.account.id, self.there.id)
        assert found is not None
        return found

    @property
    def clock(self) -> Clock:
        clock: Any = self.deps.now
        assert isinstance(clock, Clock)
        return clock

    def connect(self) -> None:
        code = self.stand_in.code_for(self.there)
        with acting_as("sync_highlevel"):
            connect(self.deps, self.integration, self.tenant.account.id, code, "https://roost.example/callback")

    def tell(self, message: str | int) -> None:
        """Everything that has happened to a message; the stream may tell again what it told."""
        number = ids.parse("msg", message) if isinstance(message, str) else message
        stored = get_message(self.deps.messages, self.tenant.account.id, number or 0, consistent=True)
        assert stored is not None
        known = KnownLocations(self.deps.highlevel, self.deps.now)
        told = Told(self.tenant.account.id, tuple(events_of_change(None, stored)))
        with acting_as("fan_out_events"):
            owe_highlevel(self.deps, known, [told])

    def pass_once(self, since: int = 0) -> dict[str, Any]:
        account = self.tenant.account.id
        with acting_as("mirror_highlevel"):
            return mirror_highlevel(self.deps, self.integration, self.executions, account, self.there.id, since)

    def work(self, most: int = 60) -> None:
        """Until nothing more is waited for."""
        self.pass_once()
        for _ in range(most):
            stands = self.location
            if stands.outage_at is None or not stands.is_connected:
                return
            wait_until = instant_of(self.pass_once(stands.outage_at)["wait_until"])
            self.clock.now = max(self.clock.now, wait_until or 0)
        raise AssertionError("the mirror never comes to rest")

    def deliver(self, body: dict[str, Any], **headers: str) -> httpx.Response:
        path = f"/integrations/delivery/{self.integration.delivery_secret}"
        return self.tenant.http.post(path, content=json.dumps(body), headers=headers)

    def hear(self, payload: dict[str, Any], **members: Any) -> httpx.Response:
        """A webhook as HighLevel signs it, made now."""
        named = {"webhookId": f"wh{next(NUMBERS)}", "timestamp": rfc3339(self.deps.now()), **payload, **members}
        body = json.dumps(named).encode()
        return self.tenant.http.post("/integrations/webhooks", content=body, headers=signed(body))

    def hear_all(self) -> None:
        while self.there.webhooks:
            assert self.hear(self.there.webhooks.pop(0)).status_code == 200

    def sent(self, phone: PhoneDriver, body: str = "hello", to: str = NUMBER) -> str:
        """The id of a message of ours that has left."""
        message: str = self.tenant.send(to, body).json()["id"]
        self.report(phone, "job.sent")
        return message

    def report(self, phone: PhoneDriver, *events: str) -> None:
        for job in phone.claim():
            for event in events:
                phone.call(phone.event(event, job))

    def receive(self, phone: PhoneDriver, body: str, sender: str = NUMBER) -> int:
        """The id of a message that came in."""
        event = phone.event("sms.received", data={"from": sender, "text": body})
        phone.call(event)
        listed = self.tenant.http.get("/v1/messages", params={"direction": "in"}).json()["data"]
        return ids.parse("msg", listed[0]["id"]) or 0

    def is_opted_out(self, number: str = NUMBER) -> bool:
        opt_out = get_opt_out(self.deps.contacts, self.tenant.account.id, number)
        return opt_out is not None and opt_out.do_not_contact
