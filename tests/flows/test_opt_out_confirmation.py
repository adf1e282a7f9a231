"""One text confirms an opt-out, ever."""

from __future__ import annotations

import pytest

from roost.domain.conversation_settings import CONFIRMATIONS
from roost.domain.segments import segments_of
from roost.usecases import opt_outs
from tests.flows.test_opt_outs import PEER, answers
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant

ENGLISH, SPANISH = CONFIRMATIONS["en"], CONFIRMATIONS["es"]


def texts(phone: PhoneDriver) -> list[str]:
    return [job["text"] for _ in range(3) for job in phone.claim()]


def test_the_texts_are_one_sms_part_each() -> None:
    assert [segments_of(text).count for text in (ENGLISH, SPANISH)] == [1, 1]


@pytest.mark.capability("8MS-26")
@pytest.mark.capability("8MS-28")
def test_a_number_that_answers_stop_twice_gets_one_confirmation(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    for _ in range(2):
        answers(phone, "STOP")
        clock.forward(minutes=1)
    assert texts(phone) == [ENGLISH]
    [conversation] = tenant.http.get("/v1/conversations").json()["data"]
    assert conversation["contact"]["do_not_contact"] is True
    clock.forward(hours=48)
    answers(phone, "stop")
    assert texts(phone) == []


def test_who_comes_back_and_leaves_again_gets_another(tenant: Tenant, clock: Clock) -> None:
    phone = tenant.pair()
    for word in ("STOP", "START", "STOP"):
        answers(phone, word)
        clock.forward(minutes=1)
    assert texts(phone) == [ENGLISH, ENGLISH]


def test_it_leaves_by_the_phone_and_sim_that_were_answered_without_the_gap(tenant: Tenant, clock: Clock) -> None:
    tenant.pair()
    second = tenant.pair(paced=True)
    tenant.send("+34600999999", phone_id="phn_2")
    second.claim()
    event = second.event("sms.received", data={"from": PEER, "text": "STOP", "sim_id": "sim_b"})
    second.call(event)
    [job] = second.claim()
    assert (job["to"], job["text"]) == (PEER, ENGLISH)
    assert tenant.message(job["job_id"])["sim_slot"] == 1


def test_the_cap_of_the_day_holds_for_it(tenant: Tenant) -> None:
    phone = tenant.pair()
    settings = {"daily_cap": 1, "warm_up": False, "gap_seconds": 0, "acknowledge": True}
    tenant.http.patch("/v1/phones/phn_1", json=settings).raise_for_status()
    tenant.send("+34600999999")
    phone.claim()
    answers(phone, "STOP")
    assert texts(phone) == []


@pytest.mark.parametrize("sender", ["22122", "BANCO", "5551234"])
def test_short_codes_and_names_get_none(tenant: Tenant, sender: str) -> None:
    phone = tenant.pair()
    answers(phone, "STOP", sender=sender)
    assert texts(phone) == []


def test_its_words_are_the_accounts_choice(tenant: Tenant) -> None:
    phone = tenant.pair()
    for number, change in enumerate(({"language": "es"}, {"confirmation": "Bye!"}, {"confirms_opt_outs": False})):
        tenant.http.patch("/v1/conversation-settings", json=change).raise_for_status()
        answers(phone, "STOP", sender=f"{PEER}{number}")
    assert sorted(texts(phone)) == [SPANISH, "Bye!"]


@pytest.mark.parametrize(
    "change", [{"language": "fr"}, {"confirmation": ""}, {"confirmation": "é" * 321}, {"classified_a_day": -1}]
)
def test_settings_out_of_bounds_are_refused(tenant: Tenant, change: dict[str, object]) -> None:
    assert tenant.http.patch("/v1/conversation-settings", json=change).status_code == 422


def test_a_stop_whose_confirmation_died_is_confirmed_when_its_phone_offers_it_again(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = tenant.pair()
    stop = phone.event("sms.received", data={"from": PEER, "text": "STOP", "sim_id": "sim_a"})

    def die(*_: object, **__: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(opt_outs, "send_message", die)
        assert phone.http.post("/phone/v1/callback", json=phone.body(stop)).status_code == 500
    assert tenant.send(PEER).status_code == 403, "the opt-out itself stands"
    for _ in range(2):
        phone.call(stop)
    assert texts(phone) == [ENGLISH]


def test_an_account_without_credit_is_opted_out_of_without_a_word(tenant: Tenant) -> None:
    phone = tenant.pair()
    tenant.top_up(credits=1)
    tenant.send("+34600999999").raise_for_status()
    phone.claim()
    answers(phone, "STOP")
    assert texts(phone) == []
    assert tenant.send(PEER).status_code == 403
