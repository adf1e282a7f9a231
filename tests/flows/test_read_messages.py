"""Reading messages back: ids in every spelling, pages, filters, and only one's own."""

import pytest

from tests.roost_fixtures import Clock, Tenant


def listed(tenant: Tenant, **params: str | int) -> list[str]:
    """The ids of all pages."""
    ids: list[str] = []
    cursor: str | None = None
    while True:
        page = tenant.http.get("/v1/messages", params={**params, **({"cursor": cursor} if cursor else {})}).json()
        ids += [message["id"] for message in page["data"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return ids


def test_messages_are_listed_newest_first_over_days_and_pages(tenant: Tenant, clock: Clock) -> None:
    tenant.pair()
    sent = []
    for _ in range(7):
        sent.append(tenant.send().json()["id"])
        clock.forward(hours=9)
    assert listed(tenant, limit=2) == sent[::-1]
    assert listed(tenant) == sent[::-1]


def test_filters_are_combined(tenant: Tenant, clock: Clock) -> None:
    phone, other = tenant.pair(), tenant.pair()
    wanted = tenant.send("+14155550001", phone_id=phone.device_id).json()["id"]
    clock.forward(seconds=1)
    tenant.send("+14155550001", phone_id=other.device_id)
    clock.forward(seconds=1)
    delivered = tenant.send("+14155550002", phone_id=phone.device_id).json()["id"]
    jobs = {job["job_id"]: job for job in phone.claim()}
    phone.call(phone.event("job.delivered", jobs[delivered]))
    phone.call(phone.event("sms.received", data={"from": "+14155550001", "text": "yes"}))
    assert listed(tenant, number="+14155550001", phone_id=phone.device_id, direction="out") == [wanted]
    assert listed(tenant, status="delivered") == [delivered]
    assert len(listed(tenant, direction="in", number="+14155550001")) == 1
    assert listed(tenant, status="canceled") == []


def test_one_message_is_found_under_every_spelling_of_its_id(tenant: Tenant) -> None:
    tenant.pair()
    native = tenant.send().json()["id"]
    number = int(native.removeprefix("msg_"))
    for spelling in (native, str(number), f"{number:024x}"):
        assert tenant.http.get(f"/v1/messages/{spelling}").json()["id"] == native


def test_an_id_of_nobody_or_of_another_account_is_404(tenant: Tenant, other_tenant: Tenant) -> None:
    tenant.pair()
    foreign = tenant.send().json()["id"]
    for message_id in (foreign, "msg_1", "msg_x", "phn_1", "9" * 30, "%00", "msg_9007199254740991"):
        answer = other_tenant.http.get(f"/v1/messages/{message_id}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), message_id
    assert listed(other_tenant) == []


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"cursor": "x"}, "cursor"),
        ({"status": "lost"}, "status"),
        ({"phone_id": "x"}, "phone_id"),
    ],
    ids=str,
)
def test_a_wrong_query_names_the_field(tenant: Tenant, params: dict[str, str | int], field: str) -> None:
    answer = tenant.http.get("/v1/messages", params=params)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
