"""HighLevel's windows, limits and tokens."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from roost.domain.highlevel import LocationStatus
from roost.usecases.highlevel_tokens import renewed
from tests.highlevel.stage import Stage
from tests.highlevel.there import Answer
from tests.roost_fixtures import Tenant


@pytest.mark.capability("X-13")
def test_a_status_that_is_refused_in_the_first_seconds_is_told_later(stage: Stage, tenant: Tenant) -> None:
    phone = tenant.pair()
    body = stage.there.send("+14155551234", "hello")
    assert stage.deliver(body).status_code == 200
    [job] = phone.claim()
    phone.call(phone.event("job.sent", job), phone.event("job.delivered", job))
    stage.there.fail("status", 403, 403)
    began = stage.clock.now
    stage.tell(newest(tenant))
    stage.work()
    assert stage.there.statuses[body["messageId"]][-1] == "delivered"
    assert stage.there.calls.count("tokens") == 1, "403 says nothing about the token"
    assert stage.clock.now - began < 15_000


def newest(tenant: Tenant) -> str:
    found: str = tenant.http.get("/v1/messages").json()["data"][0]["id"]
    return found


@pytest.mark.capability("X-13")
def test_a_401_renews_the_tokens_once_and_the_new_refresh_token_is_kept(stage: Stage, tenant: Tenant) -> None:
    phone = tenant.pair()
    for _ in range(2):
        before = stage.there.refresh
        stage.there.access = "another"
        stage.clock.forward(minutes=1)
        stage.tell(stage.receive(phone, "hello"))
        stage.work()
        assert stage.there.refresh != before
    assert stage.there.calls.count("tokens") == 3, "one at connecting, one each time"
    assert len(stage.there.texts) == 2


def test_tokens_are_renewed_before_they_end(stage: Stage, tenant: Tenant) -> None:
    phone = tenant.pair()
    stage.clock.forward(hours=24)
    stage.tell(stage.receive(phone, "hello"))
    stage.work()
    assert stage.there.calls.count("tokens") == 2
    assert len(stage.there.texts) == 1


def test_many_who_need_new_tokens_at_once_spend_one_refresh_token(stage: Stage) -> None:
    before = stage.location
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: renewed(stage.deps, stage.integration, before), range(6)))
    assert stage.there.calls.count("tokens") == 2
    assert {location.tokens for location in found} == {before.tokens + 1}


def test_tokens_are_unreadable_in_the_table(stage: Stage) -> None:
    key = {"pk": f"A#{stage.tenant.account.id}", "sk": f"location#{stage.there.id}"}
    stored = str(stage.deps.highlevel.get_item(Key=key)["Item"])
    assert stage.there.access not in stored
    assert stage.there.refresh not in stored


def test_429_is_waited_out_as_long_as_highlevel_says(stage: Stage, tenant: Tenant) -> None:
    stage.there.fail("show", 429, X_RateLimit_Interval_Milliseconds="10000", X_RateLimit_Remaining="0")
    stage.tell(stage.receive(tenant.pair(), "hello"))
    began = stage.clock.now
    stage.pass_once()
    assert stage.there.texts == []
    assert stage.location.busy_until - began >= 10_000
    stage.tell(stage.receive(tenant.pair(), "second", "+14155559999"))
    stage.pass_once()
    assert stage.there.calls.count("show") == 1, "nothing is asked in between"
    stage.work()
    assert len(stage.there.texts) == 2
    assert stage.location.troubles == ()


def test_no_ten_seconds_see_more_than_their_hundred_requests(stage: Stage, tenant: Tenant) -> None:
    phone = tenant.pair()
    asked: list[int] = []
    ask = stage.stand_in.serve

    def watched(method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        asked.append(stage.clock.now)
        return ask(method, target, headers, body)

    stage.stand_in.serve = watched  # type: ignore[method-assign]
    try:
        for number in range(40):
            stage.tell(stage.receive(phone, "hello", f"+1415555{number:04d}"))
        stage.work()
    finally:
        stage.stand_in.serve = ask  # type: ignore[method-assign]
    assert len(stage.there.texts) == 40
    assert len(asked) >= 120
    assert max(sum(at <= other < at + 10_000 for other in asked) for at in asked) <= 100


def test_an_outage_of_highlevel_is_waited_out_in_order_and_shown(stage: Stage, tenant: Tenant) -> None:
    phone = tenant.pair()
    stage.there.fail("upsert", 500, 503, 500)
    for number in range(3):
        stage.clock.forward(seconds=1)
        stage.tell(stage.receive(phone, f"text {number}"))
    stage.work()
    assert stage.there.bodies("inbound") == ["text 0", "text 1", "text 2"]
    assert [trouble.status for trouble in stage.location.troubles] == [500, 503, 500]
    assert len(stage.machines.started) == 1


def test_a_revoked_installation_turns_off_keeps_what_is_owed_and_goes_on_when_connected_again(
    stage: Stage, tenant: Tenant
) -> None:
    phone = tenant.pair()
    stage.there.access = stage.there.refresh = ""
    stage.tell(stage.receive(phone, "kept"))
    stage.work()
    assert stage.location.status is LocationStatus.REVOKED
    assert "connect again" in stage.location.troubles[0].answer
    stage.clock.forward(minutes=1)
    stage.tell(stage.receive(phone, "kept, too"))
    stage.connect()
    stage.work()
    assert stage.there.bodies("inbound") == ["kept", "kept, too"]
