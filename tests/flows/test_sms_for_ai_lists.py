"""SMS for AI's pages and single messages."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from roost.dialects.sms_for_ai.paginator import shown_pages
from roost.dialects.sms_for_ai.statuses import STORED, WORD
from roost.domain.messages import MOVES, MessageStatus
from roost.usecases import page_messages
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Clock, Tenant
from tests.sms_for_ai_client import US, Client


@pytest.fixture
def phone(tenant: Tenant) -> PhoneDriver:
    return tenant.pair()


@pytest.fixture
def client(tenant: Tenant, phone: PhoneDriver) -> Client:
    return Client(tenant)


def page_of(client: Client, url: str) -> Any:
    answer = client.http.get(url, headers=client.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.capability("SFA-12")
def test_all_pages_together_show_each_message_once_newest_first(
    tenant: Tenant, client: Client, phone: PhoneDriver, clock: Clock
) -> None:
    sent = []
    for number in range(25):
        clock.forward(minutes=1)
        phone.call()
        sent.append(client.send(body=f"number {number}").json()["id"])
    phone.call(phone.event("sms.received", data={"from": US, "text": "an answer", "sim_id": "sim_a"}))
    first = client.get("/sms").json()
    second = page_of(client, first["links"]["next"])
    assert [sms["id"] for sms in first["data"] + second["data"]] == sent[::-1]
    assert {name: first["meta"][name] for name in ("current_page", "from", "to", "last_page", "per_page", "total")} == {
        "current_page": 1, "from": 1, "to": 15, "last_page": 2, "per_page": 15, "total": 25
    }  # fmt: skip
    assert (second["meta"]["current_page"], second["meta"]["from"], second["meta"]["to"]) == (2, 16, 25)
    assert first["links"]["prev"] is second["links"]["next"] is None
    assert first["links"]["last"] == first["links"]["next"] == "https://roost.example/api/v1/sms?page=2"
    assert second["links"]["prev"] == second["links"]["first"] == "https://roost.example/api/v1/sms?page=1"
    assert first["meta"]["path"] == "https://roost.example/api/v1/sms"
    assert [link["label"] for link in first["meta"]["links"]] == ["&laquo; Previous", "1", "2", "Next &raquo;"]
    assert [link["active"] for link in first["meta"]["links"]] == [False, True, False, False]


def test_an_empty_list_and_a_page_behind_the_last_have_no_rows(client: Client) -> None:
    nothing = client.get("/sms").json()
    assert nothing["data"] == []
    assert (nothing["meta"]["total"], nothing["meta"]["last_page"], nothing["meta"]["from"]) == (0, 1, None)
    client.send()
    beyond = client.get("/sms", page=7).json()
    assert (beyond["data"], beyond["meta"]["total"], beyond["links"]["next"]) == ([], 1, None)


@pytest.mark.capability("SFA-13", "SFA-14")
def test_each_status_lists_only_its_own_and_links_keep_the_filter(client: Client, phone: PhoneDriver) -> None:
    ids = [client.send(body=text).json()["id"] for text in ("a", "b", "c", "d")]
    jobs = {job["text"]: job for job in phone.claim()}
    phone.call(phone.accept(*jobs.values()))
    phone.call(phone.event("job.sent", jobs["a"]), phone.event("job.delivered", jobs["a"]))
    phone.call(phone.event("job.failed", jobs["b"], data={"error": {"name": "NULL_PDU", "class": "permanent"}}))
    phone.call(phone.event("job.sent", jobs["c"]))
    shown = {word: [sms["id"] for sms in client.get("/sms", status=word).json()["data"]] for word in STORED}
    newer, older = max(ids[2:]), min(ids[2:])  # of one millisecond: the id decides
    assert shown == {"delivered": [ids[0]], "failed": [ids[1]], "sent": [newer, older]}
    assert [client.get(f"/sms/{number}").json()["status"] for number in ids] == ["delivered", "failed", "sent", "sent"]
    page = client.get("/sms", status="sent", per_page=1).json()
    assert page["meta"]["last_page"] == page["meta"]["total"] == 2
    following = parse_qs(urlsplit(page["links"]["next"]).query)
    assert following == {"status": ["sent"], "per_page": ["1"], "page": ["2"]}
    assert [sms["id"] for sms in page_of(client, page["links"]["next"])["data"]] == [older]


@pytest.mark.capability("SFA-13")
@pytest.mark.parametrize(
    ("name", "value"),
    [("status", "queued"), ("status", ""), ("page", "0"), ("page", "x"), ("per_page", "0"), ("per_page", "101")],
)
def test_a_bad_filter_or_page_is_named(client: Client, name: str, value: str) -> None:
    answer = client.get("/sms", **{name: value})
    assert (answer.status_code, set(answer.json()["errors"])) == (422, {name})


def test_every_state_of_a_sent_message_has_exactly_one_word() -> None:
    assert set(WORD) == set(MOVES) - {MessageStatus.RECEIVED}
    assert sum(len(statuses) for statuses in STORED.values()) == len(WORD)


@pytest.mark.capability("SFA-09", "SFA-14")
def test_one_sms_shows_what_was_asked_for_and_what_became_of_it(client: Client, phone: PhoneDriver) -> None:
    sent = client.send(US, "Your OTP is 482910.", sender_id="MyApp").json()
    [job] = phone.claim()
    phone.call(phone.event("job.sent", job), phone.event("job.delivered", job))
    shown = client.get(f"/sms/{sent['id']}").json()
    assert {name: shown[name] for name in ("id", "status", "to", "body", "sender_id", "price_usd")} == {
        "id": sent["id"], "status": "delivered", "to": US, "body": "Your OTP is 482910.", "sender_id": "MyApp",
        "price_usd": 0.01,
    }  # fmt: skip
    assert shown["nvia_message_id"] == sent["nvia_message_id"]
    assert shown["delivered_at"]


@pytest.mark.capability("SFA-14")
def test_an_id_of_nobody_of_another_account_or_of_a_received_text_is_404(
    client: Client, phone: PhoneDriver, tenant: Tenant, other_tenant: Tenant
) -> None:
    other_tenant.pair()
    foreign = Client(other_tenant).send().json()["id"]
    phone.call(phone.event("sms.received", data={"from": US, "text": "hi", "sim_id": "sim_a"}))
    [received] = tenant.http.get("/v1/messages", params={"direction": "in"}).json()["data"]
    for number in (foreign, received["id"].removeprefix("msg_"), "1", "nonsense", "9" * 40):
        answer = client.get(f"/sms/{number}")
        assert (answer.status_code, answer.json()["error"]) == (404, "not_found"), number


def test_pages_reach_back_a_bounded_number_of_messages_and_days(
    client: Client, phone: PhoneDriver, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def send_one() -> int:
        phone.call()
        number: int = client.send().json()["id"]
        return number

    old = send_one()
    clock.forward(hours=24 * 91)
    recent = [send_one() for _ in range(4)]
    assert client.get("/sms").json()["meta"]["total"] == 4
    monkeypatch.setattr(page_messages, "MOST_LISTED", 3)
    page = client.get("/sms", per_page=2).json()
    assert (page["meta"]["total"], page["meta"]["last_page"]) == (3, 2)
    everything = page["data"] + page_of(client, page["links"]["next"])["data"]
    assert len({sms["id"] for sms in everything}) == 3
    assert {sms["id"] for sms in everything} < set(recent)
    assert client.get(f"/sms/{old}").status_code == 200, "by its id it is still there"


def test_of_many_pages_the_near_the_first_and_the_last_ones_have_links() -> None:
    assert list(shown_pages(1, 1)) == [1]
    assert list(shown_pages(4, 9)) == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert list(shown_pages(10, 20)) == [1, 2, None, 7, 8, 9, 10, 11, 12, 13, None, 19, 20]
    assert list(shown_pages(99, 3)) == [1, 2, 3]
