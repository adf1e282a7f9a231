"""A looping assistant neither texts anybody twice nor empties a SIM."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.dialects.mcp import toolbox
from roost.domain.agent_limits import HourlyLimitReached, with_send
from roost.domain.instants import HOUR
from roost.usecases.count_agent_send import count_agent_send
from tests.mcp.conftest import Desk
from tests.roost_fixtures import Clock, Tenant
from tests.sms8.stage import finish

PEER = "+14155550101"
CALLS = [
    ("/mcp", "send_sms", {"phone": PEER, "message": "hi"}),
    ("/mcp", "schedule_sms", {"phone": PEER, "message": "hi", "send_at": "2077-01-15T09:00:00Z"}),
    ("/api/mcp", "send_sms", {"to": PEER, "body": "hi"}),
]


@pytest.mark.parametrize(("path", "tool", "arguments"), CALLS)
def test_the_same_call_within_a_minute_sends_nothing_again_unless_asked_to(
    desk: Desk, clock: Clock, path: str, tool: str, arguments: dict[str, str]
) -> None:
    client = desk.client(path=path)
    name = "message_id" if path == "/mcp" else "id"
    first = client.call(tool, **arguments)
    clock.forward(seconds=59)
    again = client.call(tool, **arguments)
    assert again[name] == first[name]
    assert "repeat=true" in again["note"]
    asked = client.call(tool, **arguments, repeat=True)
    assert asked[name] != first[name]
    assert "note" not in asked
    clock.forward(seconds=1)
    assert client.call(tool, **arguments)[name] != first[name], "a minute later it is another message"


def test_another_text_another_number_or_another_key_is_another_message(desk: Desk) -> None:
    sent = [
        desk.client().call("send_sms", phone=PEER, message="hi"),
        desk.client().call("send_sms", phone=PEER, message="hi!"),
        desk.client().call("send_sms", phone="+14155550102", message="hi"),
        desk.client().call("send_sms", phone=PEER, message="hi", device_id=1),
        desk.client(key=desk.tenant.key()).call("send_sms", phone=PEER, message="hi"),
    ]
    assert len({one["message_id"] for one in sent}) == 5
    assert len(finish(desk.phone, "job.sent")) == 5


def test_a_key_sends_so_much_an_hour_whatever_the_tool_and_other_keys_go_on(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toolbox, "agent_sends_per_hour", lambda: 3)
    client = desk.client()
    client.call("send_sms", phone=PEER, message="1")
    clock.forward(minutes=10)
    client.call("schedule_sms", phone=PEER, message="2", send_at="2077-01-15T12:00:00Z")
    client.call("send_otp", phone=PEER)
    refused = client.refusal("send_sms", phone=PEER, message="3")
    assert (refused["reason"], refused["code"], refused["retry_after"]) == ("hourly_limit_reached", 429, 50 * 60)
    assert client.call("get_balance")["success"], "reading goes on"
    assert desk.client(path="/api/mcp").refusal("send_sms", to=PEER, body="3")["retry_after"] == 50 * 60
    desk.client(key=desk.tenant.key()).call("send_sms", phone=PEER, message="3")
    clock.forward(minutes=50)
    client.call("send_sms", phone=PEER, message="3")
    assert client.refusal("send_sms", phone=PEER, message="4")["retry_after"] == 10 * 60


def test_wrong_arguments_do_not_count_but_repeats_do(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolbox, "agent_sends_per_hour", lambda: 2)
    client = desk.client()
    for _ in range(5):
        client.refusal("send_sms", phone="nobody", message="x")
    for _ in range(2):
        client.call("send_sms", phone=PEER, message="x")
    assert client.refusal("send_sms", phone=PEER, message="x")["reason"] == "hourly_limit_reached"


@given(waits=st.lists(st.integers(0, HOUR), max_size=60), most=st.integers(1, 5))
def test_no_hour_holds_more_sends_than_the_limit(waits: list[int], most: int) -> None:
    kept: tuple[int, ...] = ()
    sent: list[int] = []
    now = 10 * HOUR
    for wait in waits:
        now += wait
        try:
            kept = with_send(kept, now, most)
        except HourlyLimitReached as refused:
            with pytest.raises(HourlyLimitReached):
                with_send(kept, now + refused.retry_after * 1_000 - 1_001, most)
            with_send(kept, now + refused.retry_after * 1_000, most)
            continue
        sent.append(now)
        assert sum(instant > now - HOUR for instant in sent) <= most


def test_two_calls_at_one_moment_are_both_counted(tenant: Tenant) -> None:
    key = tenant.new_key()
    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(count_agent_send, tenant.deps, key, 5) for _ in range(8)]
        errors = [one.exception() for one in done]
    assert sum(error is None for error in errors) == 5
    assert all(isinstance(error, HourlyLimitReached) for error in errors if error)
