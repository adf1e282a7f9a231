"""Contacts from a file and a campaign in the deployed functions: their policies, the stream and the state machines."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from dev.fcm.stand_in import FcmStandIn
from tests.dev.cloud.steps import until
from tests.flows.campaigns import a_campaign, do, pull, shown, us_numbers
from tests.flows.test_wake import sent_to
from tests.pages.browser import signed_in
from tests.roost_fixtures import TIMEOUT_SECONDS, Tenant


def test_a_file_becomes_contacts_and_a_campaign_reaches_them_by_executions_that_the_stream_started(
    deployed: Tenant,
) -> None:
    phone = deployed.pair()
    numbers = us_numbers(6)
    content = "phone,first_name\n" + "".join(f"{number},Ana\n" for number in numbers[1:])
    made = deployed.http.post("/v1/contacts/imports", json={"size": len(content)}).json()
    httpx.put(made["upload"]["url"], content=content, headers=made["upload"]["headers"]).raise_for_status()
    assert deployed.http.post(f"/v1/contacts/imports/{made['id']}/start").status_code == 202
    where = f"/v1/contacts/imports/{made['id']}"
    until(lambda: deployed.http.get(where).json()["status"] == "completed")
    small = deployed.http.post("/v1/contacts/bulk", files={"file": ("a.csv", f"phone\n{numbers[0]}\n", "text/csv")})
    assert (small.status_code, small.json()["created"]) == (200, 1)
    assert deployed.http.get("/v1/contacts/export").text.count("\n") == 7
    campaign = a_campaign(deployed)
    assert do(deployed, campaign, "preview")["recipients"] == 6
    do(deployed, campaign, "start")
    until(lambda: shown(deployed, campaign)["all_written"])
    sent: list[dict[str, Any]] = []

    def all_sent() -> bool:
        sent.extend(pull(phone))
        return len(sent) >= 6

    until(all_sent)
    assert sorted(job["to"] for job in sent) == numbers
    assert shown(deployed, campaign)["counts"] == {"sent": 6}
    assert do(deployed, a_campaign(deployed), "cancel")["status"] == "canceled"


@pytest.mark.capability("8MS-12")
def test_page_campaign_and_api_wake_the_phone_and_reach_it_as_the_same_command(
    deployed: Tenant, fcm: FcmStandIn
) -> None:
    token, phone = fcm.register("roost-local"), deployed.pair()
    phone.register_push(token)
    files = {"file": ("a.csv", f"phone\n{us_numbers(1)[0]}\n", "text/csv")}
    bulk = deployed.http.post("/v1/contacts/bulk", files=files)
    assert bulk.status_code == 200

    def by_page() -> None:
        with httpx.Client(base_url=deployed.base_url, timeout=TIMEOUT_SECONDS) as http:
            browser = signed_in(deployed.deps, deployed.account, f"{deployed.account.id}@example.com", http)
            browser.submit(browser.open("/app/messages"), "/app/messages", to=us_numbers(1)[0], body="Hello")

    def by_campaign() -> None:
        do(deployed, a_campaign(deployed, template="Hello"), "start")

    def by_api() -> None:
        deployed.send(us_numbers(1)[0], "Hello").raise_for_status()

    commands = []
    for woken, send in enumerate((by_page, by_campaign, by_api), start=1):
        send()
        until(lambda woken=woken: len(sent_to(fcm, token)) >= woken)  # type: ignore[misc]
        [job] = pull(phone)
        commands.append(job)
    assert {job["to"] for job in commands} == {us_numbers(1)[0]}
    assert {job["text"] for job in commands} == {"Hello"}
    assert len({frozenset(job) for job in commands}) == 1, "one shape, whoever asked"
    assert len({job["job_id"] for job in commands}) == 3
