"""A batch through the deployed functions, under their own policies: accepted, woken for, pulled, reported, canceled."""

from __future__ import annotations

from dev.fcm.stand_in import FcmStandIn
from tests.flows.test_batch_claims import take
from tests.flows.test_batches import listed, send_all
from tests.flows.test_wake import pushes
from tests.roost_fixtures import Tenant


def test_a_batch_wakes_a_phone_which_pulls_it_and_reports(deployed: Tenant, fcm: FcmStandIn) -> None:
    token = fcm.register("roost-local")
    phone = deployed.pair()
    phone.register_push(token)
    phone.call(claim="awake")
    batch = send_all(deployed, 12).json()
    assert pushes(fcm, token), "a lane that is put wakes whoever may pull"
    taken = []
    while jobs := take(phone, []):
        taken += jobs
    assert sorted(job["job_id"] for job in taken) == sorted(message["id"] for message in batch["messages"])
    assert deployed.http.get(f"/v1/groups/{batch['group_id']}").json()["status"] == {"sent": 12}
    again = deployed.http.post(f"/v1/groups/{batch['group_id']}/resend", json={"status": "sent"})
    assert again.status_code == 201, again.text
    canceled = deployed.http.post(f"/v1/groups/{again.json()['group_id']}/cancel")
    assert canceled.json()["status"] == {"canceled": 12}
    assert len(listed(deployed, group_id=again.json()["group_id"], status="canceled")) == 12


def test_a_removed_phone_takes_what_was_dealt_to_it_along(deployed: Tenant) -> None:
    gone, _ = deployed.pair(), deployed.pair()
    batch = send_all(deployed, 3, senders=[gone.device_id]).json()
    assert deployed.http.delete(f"/v1/phones/{gone.device_id}").is_success
    assert deployed.http.get(f"/v1/groups/{batch['group_id']}").json()["status"] == {"failed": 3}
