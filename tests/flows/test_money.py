"""Credits and dollars through the API: charged with the message, refunded once, always equal to the ledger."""

from typing import Any

import pytest

from roost.domain.api_keys import Scope
from roost.domain.errors import InsufficientCredits
from roost.domain.money import Price
from roost.domain.senders import Sender
from roost.storage.key_use import get_use
from roost.storage.phones import get_phone
from roost.usecases.manage_accounts import change_balances, limit_ledgers
from roost.usecases.send_message import send_message
from roost.usecases.submission import Submission
from tests.in_role import settle_overdue
from tests.roost_fixtures import Clock, Tenant
from tests.settling import play_stream


def account(tenant: Tenant) -> dict[str, Any]:
    found: dict[str, Any] = tenant.http.get("/v1/account").json()
    return found


def ledger(tenant: Tenant) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = tenant.http.get("/v1/ledger").json()["data"]
    return lines


def amounts(tenant: Tenant) -> list[tuple[str, int, str]]:
    """In no order: the deployed stream function, which has the real clock, may be the one that settles."""
    return sorted((line["kind"], line["credits"], line["usd"]) for line in ledger(tenant))


def send_for(tenant: Tenant, micro_usd: int) -> str:
    """A message with a price in dollars, as a dialect with a price list sends it."""
    key = tenant.new_key()
    wanted = Submission("+14155551234", "hi", price=Price(1, micro_usd))
    return f"msg_{send_message(tenant.deps, Sender(tenant.account.id, key), wanted).message.id}"


def test_an_account_is_unlimited_until_its_owner_limits_it(tenant: Tenant) -> None:
    tenant.pair()
    assert tenant.send().status_code == 201
    shown = account(tenant)
    assert (shown["credits"], shown["balance_usd"], shown["usage"]["messages"]) == (None, None, None)
    assert shown["plan"]["name"] == "unlimited"
    assert shown["plan"]["features"] == ["mms", "ussd"]
    assert ledger(tenant) == []


def test_credits_are_spent_one_a_message_and_the_last_one_counts(tenant: Tenant) -> None:
    tenant.pair()
    tenant.top_up(credits=2)
    sent = [tenant.send() for _ in range(3)]
    assert [answer.status_code for answer in sent] == [201, 201, 402]
    assert sent[2].json()["code"] == "insufficient_credits"
    assert account(tenant)["credits"] == 0
    assert amounts(tenant) == [("charge", -1, "0.000000"), ("charge", -1, "0.000000"), ("top_up", 2, "0.000000")]
    charged = {line["message_id"] for line in ledger(tenant) if line["kind"] == "charge"}
    assert charged == {answer.json()["id"] for answer in sent[:2]}


def test_dollars_are_spent_to_the_millionth(tenant: Tenant) -> None:
    tenant.pair()
    tenant.top_up(micro_usd=30_001)
    send_for(tenant, 10_000)
    send_for(tenant, 20_000)
    with pytest.raises(InsufficientCredits, match=r"costs 0\.010000 USD, 0\.000001 are left"):
        send_for(tenant, 10_000)
    assert account(tenant)["balance_usd"] == "0.000001"
    assert len(tenant.http.get("/v1/messages").json()["data"]) == 2


def test_a_refused_request_takes_nothing(tenant: Tenant) -> None:
    tenant.top_up(credits=5)
    headers = {"idempotency-key": "a"}
    body = {"to": "+14155551234", "body": "hi"}
    assert tenant.http.post("/v1/sms/send", json=body, headers=headers).status_code == 409, "there is no phone"
    limited = tenant.key(per_minute=1)
    tenant.pair()
    for _ in range(3):
        tenant.http.post("/v1/sms/send", json=body, headers={"x-api-key": limited})
    assert account(tenant)["credits"] == 4
    assert len(ledger(tenant)) == 2
    assert tenant.http.post("/v1/sms/send", json=body, headers=headers).status_code == 201, "its key is still unused"


def test_a_repeated_request_is_charged_once(tenant: Tenant) -> None:
    tenant.pair()
    tenant.top_up(credits=1)
    body = {"to": "+14155551234", "body": "hi"}
    answers = [tenant.http.post("/v1/sms/send", json=body, headers={"idempotency-key": "k"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert account(tenant)["credits"] == 0


@pytest.mark.parametrize("end", ["canceled", "failed", "expired"])
def test_a_message_that_was_never_sent_is_refunded_once(tenant: Tenant, clock: Clock, end: str) -> None:
    phone = tenant.pair()
    tenant.top_up(credits=1, micro_usd=10_000)
    sent = send_for(tenant, 10_000)
    if end == "canceled":
        tenant.http.post(f"/v1/messages/{sent}/cancel")
    elif end == "failed":
        [job] = phone.claim()
        phone.call(phone.event("job.failed", job, error={"class": "permanent", "name": "no_service"}))
    else:
        clock.forward(hours=24)
        found = get_phone(tenant.deps.devices, tenant.account.id, 1)
        assert found is not None
        settle_overdue(tenant.deps, found)
    assert tenant.message(sent)["status"] == end
    for _ in range(3):
        play_stream(tenant, sent)
    assert (account(tenant)["credits"], account(tenant)["balance_usd"]) == (1, "0.010000")
    charged = ("charge", -1, "-0.010000")
    assert amounts(tenant) == [charged, ("refund", 1, "0.010000"), ("top_up", 1, "0.010000")]
    assert {line["message_id"] for line in ledger(tenant)} == {sent, None}


def test_a_message_of_unknown_outcome_is_not_refunded_unless_it_turns_out_failed(tenant: Tenant) -> None:
    phone = tenant.pair()
    tenant.top_up(credits=1)
    sent = tenant.send().json()["id"]
    [job] = phone.claim()
    phone.call(phone.event("job.sending", job))
    phone.call(phone.event("job.unknown", job))
    assert tenant.message(sent)["status"] == "unknown"
    play_stream(tenant, sent)
    assert account(tenant)["credits"] == 0
    phone.call(phone.event("job.failed", job, error={"class": "permanent", "name": "no_service"}))
    assert tenant.message(sent)["status"] == "failed"
    play_stream(tenant, sent)
    assert account(tenant)["credits"] == 1


def test_a_refunded_message_that_was_sent_after_all_is_charged_again(tenant: Tenant) -> None:
    phone = tenant.pair()
    tenant.top_up(credits=1)
    sent = tenant.send().json()["id"]
    [job] = phone.claim()
    phone.call(phone.event("job.failed", job, error={"class": "permanent", "name": "no_service"}))
    play_stream(tenant, sent)
    assert tenant.send().status_code == 201, "the refund can be spent"
    phone.call(phone.event("job.sent", job))
    assert tenant.message(sent)["status"] == "sent"
    play_stream(tenant, sent)
    play_stream(tenant, sent)
    assert account(tenant)["credits"] == -1
    assert [kind for kind, _, _ in amounts(tenant)] == ["charge", "charge", "recharge", "refund", "top_up"]
    assert sum(line["credits"] for line in ledger(tenant)) == -1


def test_a_resend_is_charged_as_any_message(tenant: Tenant) -> None:
    phone = tenant.pair()
    tenant.top_up(credits=2)
    sent = tenant.send().json()["id"]
    [job] = phone.claim()
    phone.call(phone.event("job.sent", job))
    assert tenant.http.post(f"/v1/messages/{sent}/resend").status_code == 201
    assert account(tenant)["credits"] == 0
    assert tenant.http.post(f"/v1/messages/{sent}/resend").status_code == 402


def test_a_refund_gives_the_spending_limit_of_the_key_back_and_late_truth_takes_it_again(tenant: Tenant) -> None:
    phone = tenant.pair()
    api_key = tenant.new_key(spending=20_000)
    cent = Submission("+14155551234", "hi", price=Price(1, 10_000))
    sent = f"msg_{send_message(tenant.deps, Sender(tenant.account.id, api_key), cent).message.id}"
    [job] = phone.claim()
    spent = []
    for event in ({"type": "job.failed", "error": {"class": "permanent", "name": "no_service"}}, {"type": "job.sent"}):
        spent.append(get_use(tenant.deps.keys, tenant.account.id, api_key.id).spent)
        phone.call(phone.event(event.pop("type"), job, **event))  # type: ignore[arg-type]
        play_stream(tenant, sent)
        play_stream(tenant, sent)
    spent.append(get_use(tenant.deps.keys, tenant.account.id, api_key.id).spent)
    assert spent == [10_000, 0, 10_000]
    assert ledger(tenant) == [], "the account itself is unlimited"


def test_lifting_a_limit_keeps_the_balance(tenant: Tenant) -> None:
    tenant.pair()
    tenant.top_up(credits=3)
    limit_ledgers(tenant.deps, tenant.account.id, limits_credits=False)
    assert tenant.send().status_code == 201
    assert account(tenant)["credits"] is None
    limit_ledgers(tenant.deps, tenant.account.id, limits_credits=True)
    assert account(tenant)["credits"] == 3


def test_the_ledger_is_read_page_by_page(tenant: Tenant, clock: Clock) -> None:
    for amount in range(1, 8):
        clock.forward(seconds=1)
        tenant.top_up(credits=amount)
    seen, cursor = [], None
    while True:
        page = tenant.http.get("/v1/ledger", params={"limit": 3} | ({"cursor": cursor} if cursor else {})).json()
        seen += [line["credits"] for line in page["data"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [7, 6, 5, 4, 3, 2, 1]
    for wrong in ({"limit": 0}, {"limit": 101}, {"cursor": "x"}):
        assert tenant.http.get("/v1/ledger", params=wrong).status_code == 422


def test_an_adjustment_may_take_a_balance_below_zero_and_nothing_is_sent_then(tenant: Tenant, clock: Clock) -> None:
    tenant.pair()
    tenant.top_up(credits=1)
    clock.forward(seconds=1)
    change_balances(tenant.deps, tenant.account.id, Price(-2), "a mistake of last week")
    assert ledger(tenant)[0]["kind"] == "adjustment"
    assert ledger(tenant)[0]["note"] == "a mistake of last week"
    assert account(tenant)["credits"] == -1
    assert tenant.send().status_code == 402


def test_a_key_needs_the_scope_to_see_money(tenant: Tenant) -> None:
    headers = {"x-api-key": tenant.key(Scope.MESSAGES_READ)}
    for path in ("/v1/account", "/v1/ledger"):
        assert tenant.http.get(path, headers=headers).json()["code"] == "missing_scope"


def test_a_reply_to_a_conversation_is_charged_as_any_message_is(tenant: Tenant) -> None:
    tenant.pair()
    tenant.top_up(credits=2)
    tenant.http.post("/v1/conversations/+14155551234/reply", json={"body": "hello"}).raise_for_status()
    assert account(tenant)["credits"] == 1
