"""Events told by hand to endpoints that exist, with the real delivery code and a receiver that is really called.

Nothing is written to the messages table, so the deployed functions stay out of it.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from roost.domain.webhooks import Endpoint, Event, EventType, Lane, WebhookFormat
from roost.outbound.executions import Executions, Machines
from roost.outbound.lanes import Lanes
from roost.outbound.webhook_http import WebhookHttp
from roost.runtime.deps import Deps
from roost.storage.deliveries import list_attempts, list_owed
from roost.storage.stream_records import Told
from roost.storage.webhooks import get_endpoint, put_new_endpoint, to_item
from roost.usecases.deliver_webhook import deliver_webhook
from roost.usecases.fan_out_events import Senders, fan_out_events
from roost.usecases.known_endpoints import KnownEndpoints
from tests.permissions.roles import acting_as
from tests.webhook_receiver import Receiver

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NUMBERS = itertools.count(1)


class StepFunctions:
    """What a Step Functions client is asked to start."""

    exceptions = SimpleNamespace(ExecutionAlreadyExists=KeyError, ExecutionDoesNotExist=KeyError)

    def __init__(self) -> None:
        self.started: dict[str, dict[str, Any]] = {}

    def start_execution(self, *, stateMachineArn: str, name: str, input: str) -> None:  # noqa: A002, N803 (boto3's names)
        self.started[name] = json.loads(input)


class LambdaInvocations:
    """What a Lambda client is asked to invoke."""

    def __init__(self) -> None:
        self.invoked: list[dict[str, Any]] = []

    def invoke(self, *, FunctionName: str, InvocationType: str, Payload: bytes) -> None:  # noqa: N803 (boto3's names)
        assert InvocationType == "Event"
        self.invoked.append(json.loads(Payload))


@dataclass
class Desk:
    """`executions`: of a recording client unless a test brings the interpreter's."""

    deps: Deps
    receiver: Receiver
    http: WebhookHttp = field(default_factory=lambda: WebhookHttp(allow_loopback=True))
    machines: StepFunctions = field(default_factory=StepFunctions)
    functions: LambdaInvocations = field(default_factory=LambdaInvocations)
    executions: Executions | None = None

    def __post_init__(self) -> None:
        client: Any = self.machines
        self.executions = self.executions or Executions(
            client, Machines("recover", "release", "retry", "campaign", "import", "mirror")
        )
        self.account = f"acc{self.deps.entropy(5).hex()}"

    def endpoint(self, path: str = "/hook", *, lane: Lane = Lane.DIRECT, **members: Any) -> Endpoint:
        """A new endpoint at the receiver that wants everything."""
        endpoint = self._built(path, lane=lane, **members)
        put_new_endpoint(self.deps.webhooks, endpoint)
        return endpoint

    def endpoints(self, accounts: dict[str, str]) -> dict[str, Endpoint]:
        """Many at once, by their paths."""
        built = {path: self._built(path, lane=Lane.DIRECT, account=account) for path, account in accounts.items()}
        with self.deps.webhooks.batch_writer() as batch:
            for endpoint in built.values():
                batch.put_item(Item=to_item(endpoint))
        return built

    def _built(self, path: str, **members: Any) -> Endpoint:
        said = {"account": self.account, "url": f"{self.receiver.url}{path}", "events": frozenset(EventType), **members}
        return Endpoint(
            **said,
            id=f"whk_{self.deps.entropy(8).hex()}",
            format=WebhookFormat.STANDARD,
            secret=SECRET,
            description="",
            created_at=self.deps.now(),
        )

    def events(self, count: int = 1, account: str | None = None) -> list[Event]:
        now = self.deps.now()
        names = [f"evt_{next(NUMBERS)}_received" for _ in range(count)]
        return [Event(name, EventType.MESSAGE_RECEIVED, account or self.account, now, {"n": name}) for name in names]

    def tell(self, *events: Event) -> None:
        """As the stream's function does it, in a fresh environment."""
        self.tell_all([Told(event.account, (event,)) for event in events])

    def tell_all(self, told: list[Told]) -> None:
        with acting_as("fan_out_events"):
            fan_out_events(self.deps, KnownEndpoints(self.deps.webhooks, self.deps.now), self.senders, told)

    @property
    def senders(self) -> Senders:
        client: Any = self.functions
        assert self.executions is not None
        executions = self.executions
        return Senders(lambda: self.http, lambda: Lanes(client, "deliver-webhook"), lambda: executions)

    def drain(self, endpoint: Endpoint, since: int = 0) -> dict[str, Any]:
        assert self.executions is not None
        with acting_as("deliver_webhook"):
            return deliver_webhook(self.deps, self.http, self.executions, endpoint.account, endpoint.id, since)

    def now_of(self, endpoint: Endpoint) -> Endpoint:
        found = get_endpoint(self.deps.webhooks, endpoint.account, endpoint.id)
        assert found is not None
        return found

    def owed(self, endpoint: Endpoint) -> list[str]:
        return [owed.event.id for owed in list_owed(self.deps.webhooks, endpoint, 1_000)]

    def attempts(self, endpoint: Endpoint) -> list[tuple[str, int | None]]:
        """(event id, status) of every attempt, oldest first."""
        entries, _ = list_attempts(self.deps.webhooks, endpoint, 1_000)
        return [(entry.attempt.event_id, entry.attempt.outcome.status) for entry in reversed(entries)]

    def got(self, path: str = "/hook") -> list[str]:
        """The ids of the events that reached a path, in order."""
        return [post.headers["webhook-id"] for post in self.receiver.posted if post.path == path]
