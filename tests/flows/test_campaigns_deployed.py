"""Contacts from a file and a campaign in the deployed functions: their policies, the stream and the state machines."""

from __future__ import annotations

from typing import Any

import httpx

from tests.dev.cloud.steps import until
from tests.flows.campaigns import a_campaign, do, pull, shown, us_numbers
from tests.roost_fixtures import Tenant


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
