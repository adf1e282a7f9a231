"""An account of SMS8 with something of everything: two devices, a list, messages in and out, a USSD request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Tenant
from tests.sms8_client import Sms8Client


@dataclass(frozen=True)
class Stage:
    """`phones`: devices 1 and 2, each with two SIMs; 1 is the primary. `names`: what recordings mention by a word."""

    tenant: Tenant
    client: Sms8Client
    phones: tuple[PhoneDriver, PhoneDriver]
    names: dict[str, str]


def set_stage(tenant: Tenant) -> Stage:
    phones = (tenant.pair("Pixel"), tenant.pair("Galaxy"))
    client = tenant.sms8()
    list_id = a_list(tenant, client, "+14155550901", "+14155550902")
    sent = one_sent(client, phones[0])
    receive(phones[0], "+14155550199", "a reply")
    ussd = client.data("send-ussd-request", request="*150#", device=1)["request"]["ID"]
    now = tenant.deps.now() // 1_000
    names = {
        "KEY": client.key,
        "LIST": list_id,
        "SENT": sent["ID"],
        "GROUP": sent["groupID"],
        "USSD": ussd,
        "NOW": str(now),
        "YESTERDAY": str(now - 86_400),
        "IN_2_MINUTES": str(now + 120),
    }
    return Stage(tenant, client, phones, names)


def a_list(tenant: Tenant, client: Sms8Client, *numbers: str) -> str:
    """The id of a new contacts list, as SMS8 spells it."""
    made = tenant.http.post("/v1/lists", json={"name": "Customers"}).json()["id"]
    list_id: str = made.removeprefix("lst_")
    for number in numbers:
        client.data("manage-contacts", listID=list_id, number=number)
    return list_id


def one_sent(client: Sms8Client, phone: PhoneDriver, number: str = "+14155550100") -> dict[str, Any]:
    """A message that the primary device has sent, by its first SIM."""
    [message] = client.messages("send", number=number, message="hello", devices="1|0")
    finish(phone, "job.sent")
    return message


def finish(phone: PhoneDriver, outcome: str) -> list[dict[str, Any]]:
    """Claim everything that waits for a phone and report one outcome for it; the jobs."""
    done: list[dict[str, Any]] = []
    while jobs := phone.claim():
        phone.call(phone.accept(*jobs))
        phone.call(*(phone.event(outcome, job) for job in jobs))
        done += jobs
    return done


def receive(phone: PhoneDriver, sender: str, text: str, sim_id: str = "sim_a") -> None:
    phone.call(phone.event("sms.received", data={"from": sender, "text": text, "sim_id": sim_id}))
