"""How many codes a number gets and how often one may be guessed, also when all ask at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from roost.domain.errors import TooSoon
from roost.domain.senders import Sender
from roost.usecases.check_code import check_code
from roost.usecases.send_code import CodeRequest, send_code
from tests.flows.one_time_codes import PEER, another, ask, check, received_code
from tests.roost_fixtures import Clock, Tenant


def test_the_next_code_waits_for_the_cooldown_and_says_how_long(tenant: Tenant, clock: Clock) -> None:
    tenant.pair()
    ask(tenant)
    clock.forward(seconds=13)
    refused = ask(tenant)
    assert (refused.status_code, refused.json()["code"]) == (429, "code_cooldown")
    assert refused.headers["retry-after"] == "47"
    assert "47 s" in refused.json()["detail"]
    clock.forward(seconds=47)
    assert ask(tenant).status_code == 201


def test_a_number_gets_five_codes_in_any_twenty_four_hours(tenant: Tenant, clock: Clock) -> None:
    tenant.pair()
    for _ in range(5):
        assert ask(tenant).status_code == 201
        clock.forward(minutes=10)
    refused = ask(tenant)
    assert (refused.status_code, refused.json()["code"]) == (429, "code_limit_reached")
    assert ask(tenant, "+14155550000").status_code == 201
    clock.forward(seconds=int(refused.headers["retry-after"]) - 1)
    assert ask(tenant).status_code == 429
    clock.forward(seconds=1)
    assert ask(tenant).status_code == 201
    assert ask(tenant).json()["code"] == "code_cooldown"


def asked(tenant: Tenant) -> str:
    """The outcome of one request among many, in this process: threads share the clock that a test moves."""
    try:
        send_code(tenant.deps, Sender(tenant.account.id), CodeRequest(PEER))
    except TooSoon as refused:
        return refused.code
    return "sent"


def test_ten_requests_at_once_for_one_number_send_one_code(tenant: Tenant) -> None:
    phone = tenant.pair()
    with ThreadPoolExecutor(10) as pool:
        outcomes = Counter(pool.map(lambda _: asked(tenant), range(10)))
    assert outcomes == {"sent": 1, "code_cooldown": 9}
    assert len(phone.claim()) == 1


def test_the_fifth_code_is_the_last_however_many_ask_for_it_at_once(tenant: Tenant, clock: Clock) -> None:
    tenant.pair()
    for _ in range(4):
        ask(tenant)
        clock.forward(minutes=10)
    with ThreadPoolExecutor(10) as pool:
        outcomes = Counter(pool.map(lambda _: asked(tenant), range(10)))
    assert outcomes == {"sent": 1, "code_cooldown": 9}
    clock.forward(minutes=10)
    assert ask(tenant).json()["code"] == "code_limit_reached"


def guessed(tenant: Tenant, code: str) -> str:
    return check_code(tenant.deps, tenant.account.id, PEER, code).reason or "verified"


def test_ten_guesses_at_once_get_no_more_than_the_attempts(tenant: Tenant) -> None:
    phone = tenant.pair()
    ask(tenant, max_attempts=4)
    code = received_code(phone)
    with ThreadPoolExecutor(10) as pool:
        outcomes = Counter(pool.map(lambda _: guessed(tenant, another(code)), range(10)))
    assert outcomes == {"code_mismatch": 4, "max_attempts": 6}
    assert check(tenant, code)["verified"] is False


def test_of_ten_right_guesses_at_once_one_is_verified(tenant: Tenant) -> None:
    phone = tenant.pair()
    ask(tenant, max_attempts=10)
    code = received_code(phone)
    with ThreadPoolExecutor(10) as pool:
        outcomes = Counter(pool.map(lambda _: guessed(tenant, code), range(10)))
    assert outcomes == {"verified": 1, "not_found": 9}
