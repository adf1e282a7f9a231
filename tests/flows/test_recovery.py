"""A phone that goes quiet: pushed again, relieved of what it did not take, and every message ends by its deadline."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any
from unittest import mock

from dev.fcm.stand_in import FcmStandIn
from roost.domain.instants import MINUTE, minute_of
from roost.outbound.executions import Executions
from roost.runtime.deps import Deps
from roost.storage.checks import Check, Progress, mark_progress, put_check, read_progress
from roost.storage.phones import get_phone
from roost.usecases.wake_phones import wake_phone
from tests.in_role import recover_phone, settle_overdue, sweep
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant


class Started:
    """Records what would be executed; the machines themselves are tested apart."""

    def __init__(self) -> None:
        self.recoveries: list[tuple[str, int, int]] = []

    def recover_phone(self, account: str, phone: int, since: int) -> None:
        self.recoveries.append((account, phone, since))

    def release_scheduled(self, account: str, minute: str) -> None:
        pass


def number_of(phone: PhoneDriver) -> int:
    return int(phone.device_id.removeprefix("phn_"))


def wake(deps: Deps, tenant: Tenant, phone: PhoneDriver) -> int:
    """What dispatch_changes leaves on the phone's item; the instant of the wake."""
    wake_phone(deps, None, tenant.account.id, number_of(phone))
    stored = get_phone(deps.devices, tenant.account.id, number_of(phone), consistent=True)
    assert stored is not None
    assert stored.woken_at is not None
    return stored.woken_at


def recover(tenant: Tenant, phone: PhoneDriver, since: int, clock: Clock, most: int = 300) -> list[dict[str, Any]]:
    """Run the machine's loop in simulated time until it is done."""
    step, answers = 0, []
    for _ in range(most):
        event = {"account": tenant.account.id, "phone": number_of(phone), "since": since, "step": step}
        answers.append(recover_phone(event, SimpleNamespace()))
        if answers[-1]["done"]:
            return answers
        step = answers[-1]["step"]
        clock.now = max(clock.now, round(datetime.fromisoformat(answers[-1]["wait_until"]).timestamp() * 1_000))
    raise AssertionError(f"not done after {most} looks")


def test_a_silent_phone_is_pushed_again_after_30_s_2_min_and_10_min(
    tenant: Tenant, deps: Deps, clock: Clock, fcm: FcmStandIn
) -> None:
    phone = tenant.pair()
    token = fcm.register("roost-local")
    phone.register_push(token)
    tenant.send(ttl_seconds=900)
    since = wake(deps, tenant, phone)
    clock.now = since
    pushed: list[str] = []
    step = 0
    while step < 4:
        before = len([push for push in fcm.sent() if push["token"] == token])
        event = {"account": tenant.account.id, "phone": number_of(phone), "since": since, "step": step}
        answer = recover_phone(event, SimpleNamespace())
        if len([push for push in fcm.sent() if push["token"] == token]) > before:
            pushed.append(f"{(clock.now - since) // 1_000}")
        step = answer["step"]
        clock.now = max(clock.now, round(datetime.fromisoformat(answer["wait_until"]).timestamp() * 1_000))
    assert pushed == ["30", "120", "600"]


def test_what_a_silent_phone_did_not_take_goes_to_another(tenant: Tenant, deps: Deps, clock: Clock) -> None:
    other = tenant.pair()
    clock.forward(seconds=5)
    silent = tenant.pair()
    sent = [tenant.send().json()["id"] for _ in range(2)]
    held = silent.claim(max=1)
    since = wake(deps, tenant, silent)
    clock.now = max(clock.now, since)
    clock.forward(minutes=9)
    other.call(claim="awake")
    recover(tenant, silent, since, clock, most=8)
    assert sorted(job["job_id"] for job in other.claim()) == sorted(sent), "the unaccepted lease was taken back, too"
    late = silent.accept(*held)
    assert silent.call(late)["rejected"][0]["code"] == "lease_lost"


def test_accepted_work_is_never_given_to_another_and_ends_unknown_then_the_late_report_settles_it(
    tenant: Tenant, deps: Deps, clock: Clock
) -> None:
    other = tenant.pair()
    clock.forward(seconds=5)
    silent = tenant.pair()
    sent = tenant.send(ttl_seconds=3_600).json()["id"]
    [job] = silent.claim()
    silent.call(silent.accept(job))
    since = wake(deps, tenant, silent)
    clock.now = max(clock.now, since)
    other.call(claim="awake")
    recover(tenant, silent, since, clock)
    assert other.claim() == []
    message = tenant.message(sent)
    assert (message["status"], message["error"]) == ("unknown", {"name": "phone_silent"})
    silent.call(silent.event("job.sent", job))
    settled = tenant.message(sent)
    assert settled["status"] == "sent"
    assert "corrected: unknown became sent" in str(settled["timeline"])


def test_a_message_nobody_fetches_expires_at_its_deadline(tenant: Tenant, deps: Deps, clock: Clock) -> None:
    phone = tenant.pair()
    sent = tenant.send(ttl_seconds=1_200).json()["id"]
    since = wake(deps, tenant, phone)
    clock.now = max(clock.now, since)
    recover(tenant, phone, since, clock)
    message = tenant.message(sent)
    assert (message["status"], message["error"]) == ("expired", {"name": "too_late"})


def test_a_phone_that_called_again_needs_no_recovery(tenant: Tenant, deps: Deps, clock: Clock) -> None:
    phone = tenant.pair()
    tenant.send()
    since = wake(deps, tenant, phone)
    phone.claim()
    event = {"account": tenant.account.id, "phone": number_of(phone), "since": since, "step": 0}
    assert recover_phone(event, SimpleNamespace())["done"] is True


def test_a_wiped_phone_leaves_what_it_held_unknown(tenant: Tenant) -> None:
    phone = tenant.pair()
    sent = [tenant.send().json()["id"] for _ in range(3)]
    assert len(phone.claim()) == 3
    phone.health = {"store_id": "another"}
    assert phone.http.post("/phone/v1/callback", json=phone.body(claim="c")).status_code == 409
    for message_id in sent:
        message = tenant.message(message_id)
        assert (message["status"], message["error"]) == ("unknown", {"name": "storage_lost"})


def test_a_job_the_phone_did_not_name_is_asked_about_and_given_back_if_it_has_no_row(tenant: Tenant) -> None:
    phone = tenant.pair()
    tenant.send()
    [job] = phone.claim()
    [stub] = phone.call(claim="next")["jobs"]
    assert stub == {"job_id": job["job_id"], "attempt": 1, "lease_epoch": job["lease_epoch"], "reoffer": True}
    phone.call(phone.event("job.released", stub, data={"reason": "not_held"}))
    assert [again["job_id"] for again in phone.claim()] == [job["job_id"]]


def swept_at(deps: Deps, clock: Clock, started: Started | Executions) -> None:
    """One run a minute later. The cursor is set, because the deployed sweep moves it by the real clock."""
    mark_progress(deps.devices, Progress(minute_of(clock.now - MINUTE)))
    clock.forward(minutes=1)
    sweep(deps, started)  # type: ignore[arg-type]


def test_the_sweep_finds_a_silent_phone_within_two_minutes_and_only_then(
    tenant: Tenant, deps: Deps, clock: Clock
) -> None:
    phone = tenant.pair()
    tenant.send()
    since = wake(deps, tenant, phone)
    put_check(deps.devices, minute_of(clock.now), Check(tenant.account.id, number_of(phone)))
    clock.now = max(clock.now, since)
    started = Started()
    for _ in range(3):
        swept_at(deps, clock, started)
    mine = [recovery for recovery in started.recoveries if recovery[0] == tenant.account.id]
    assert set(mine) == {(tenant.account.id, number_of(phone), since)}
    phone.claim()
    started.recoveries.clear()
    for _ in range(12):
        swept_at(deps, clock, started)
    assert [recovery for recovery in started.recoveries if recovery[0] == tenant.account.id] == []


def test_a_sweep_that_runs_out_of_time_goes_on_where_it_stopped(tenant: Tenant, deps: Deps, clock: Clock) -> None:
    minute = minute_of(clock.now)
    for number in range(1, 8):
        put_check(deps.devices, minute, Check(f"{tenant.account.id}x", number))
    mark_progress(deps.devices, Progress(minute_of(clock.now - MINUTE)))
    clock.forward(minutes=1)

    looked: list[str] = []
    original = deps.devices.get_item

    def slow_get(**parameters: Any) -> Any:
        if parameters["Key"]["pk"] == f"A#{tenant.account.id}x":
            looked.append(str(parameters["Key"]["sk"]))
            clock.forward(seconds=6)
        return original(**parameters)

    deps.devices.get_item = slow_get  # type: ignore[method-assign]
    sweep(deps, Started())  # type: ignore[arg-type]
    stopped = read_progress(deps.devices)
    assert stopped is not None
    assert (stopped.minute, len(looked)) == (minute, 4)
    assert stopped.after is not None
    sweep(deps, Started())  # type: ignore[arg-type]
    assert sorted(set(looked)) == [f"phone#{number:08d}" for number in range(1, 8)]
    assert len(looked) == 7, "nobody is looked at twice"


def test_what_was_granted_directly_ends_by_its_deadline_however_many_leases_followed(
    tenant: Tenant, deps: Deps, clock: Clock
) -> None:
    phone = tenant.pair()
    first = tenant.send(ttl_seconds=900).json()["id"]
    [job] = phone.claim()
    assert job["grant"] == "direct"
    for _ in range(3):
        tenant.send(ttl_seconds=900)
        [later] = phone.claim(have=[first])
        phone.call(phone.event("job.delivered", later))
    since = wake(deps, tenant, phone)
    clock.now = max(clock.now, since)
    recover(tenant, phone, since, clock)
    assert tenant.message(first)["status"] == "unknown"


def test_a_look_at_a_phone_reads_what_is_open_and_not_what_it_ever_had(tenant: Tenant, deps: Deps) -> None:
    phone, _ = tenant.pair(), tenant.pair()
    for _ in range(6):
        tenant.send(phone_id=phone.device_id)
        [job] = phone.claim()
        assert job["grant"] == "confirm"
        phone.call(phone.accept(job))
        phone.call(phone.event("job.delivered", job))
    tenant.send(phone_id=phone.device_id)
    assert len(phone.claim()) == 1
    stored = get_phone(deps.devices, tenant.account.id, number_of(phone), consistent=True)
    assert stored is not None
    with mock.patch.object(deps.messages, "get_item", wraps=deps.messages.get_item) as read:
        assert settle_overdue(deps, stored) is not None
    assert read.call_count == 1
