"""What happens here appears over there: once, in time, and whatever HighLevel answers in between."""

from __future__ import annotations

import pytest

from dev.cloud_process import CloudProcess
from roost.runtime.executions import executions as real_executions
from roost.storage.checks import Check
from roost.storage.highlevel_errands import list_given_up
from roost.usecases.connect_highlevel import try_again
from tests.flows.test_recovery import swept_at
from tests.highlevel.stage import NUMBER, Stage
from tests.highlevel.stand_in import PROVIDER
from tests.highlevel.there import LOST
from tests.in_role import look_after_highlevel
from tests.roost_fixtures import Clock, Tenant
from tests.statemachines.lost import lose
from tests.statemachines.test_deployed import executions


@pytest.mark.capability("8MS-43")
def test_what_is_sent_here_appears_there_once_and_is_not_sent_again(stage: Stage, tenant: Tenant) -> None:
    phone = tenant.pair()
    message = stage.sent(phone, "from our inbox")
    for _ in range(2):
        stage.tell(message)
        stage.work()
    [text] = stage.there.texts
    assert (text["body"], text["direction"], text["altId"]) == ("from our inbox", "outbound", message)
    assert text["contactId"] == stage.there.contact(NUMBER)["id"]
    assert phone.claim() == []


@pytest.mark.capability("8MS-45")
def test_what_comes_in_appears_there_in_the_conversation_of_its_contact(stage: Stage, tenant: Tenant) -> None:
    message = stage.receive(tenant.pair(), "is it open?")
    stage.tell(message)
    stage.work()
    [text] = stage.there.texts
    assert (text["body"], text["direction"], text["altId"]) == ("is it open?", "inbound", f"msg_{message}")
    assert text["conversationId"] == stage.there.conversations[stage.there.contact(NUMBER)["id"]]
    assert PROVIDER in stage.integration.app.conversation_provider_id


def test_the_texts_of_a_number_keep_their_order_and_take_one_request_each(stage: Stage, tenant: Tenant) -> None:
    phone = tenant.pair()
    for number in range(4):
        stage.clock.forward(seconds=1)
        stage.tell(stage.receive(phone, f"text {number}"))
    stage.work()
    assert stage.there.bodies("inbound") == ["text 0", "text 1", "text 2", "text 3"]
    assert stage.there.calls.count("upsert") == 1
    assert stage.there.calls.count("converse") == 1


def test_a_delivery_report_is_told_and_a_late_repetition_does_not_undo_it(stage: Stage, tenant: Tenant) -> None:
    phone = tenant.pair()
    message = tenant.send(NUMBER).json()["id"]
    stage.report(phone, "job.sent", "job.delivered")
    stage.tell(message)
    stage.work()
    stage.tell(message)
    stage.work()
    [text] = stage.there.texts
    assert stage.there.statuses[text["id"]] == ["delivered"]


def test_what_never_left_does_not_appear(stage: Stage, tenant: Tenant) -> None:
    tenant.pair()
    message = tenant.send(NUMBER).json()["id"]
    tenant.http.post(f"/v1/messages/{message}/cancel")
    stage.tell(message)
    stage.work()
    assert stage.there.texts == []


def test_a_conversation_that_is_found_late_is_waited_for(stage: Stage, tenant: Tenant) -> None:
    stage.there.conversations[stage.there.made(NUMBER)["id"]] = "conv-made-by-hand"
    stage.there.found_after = 3
    stage.tell(stage.receive(tenant.pair(), "hello"))
    stage.work()
    assert [text["conversationId"] for text in stage.there.texts] == ["conv-made-by-hand"]
    assert stage.there.calls.count("search") == 4


def test_an_empty_answer_is_no_success_and_is_shown(stage: Stage, tenant: Tenant) -> None:
    stage.there.faults["show"] = [(201, None, {})]
    stage.tell(stage.receive(tenant.pair(), "hello"))
    stage.pass_once()
    [trouble] = stage.location.troubles
    assert "conversation provider" in trouble.answer
    stage.work()
    assert stage.there.bodies("inbound") == ["hello"]


def test_a_text_whose_answer_was_lost_is_found_instead_of_shown_twice(stage: Stage, tenant: Tenant) -> None:
    phone = tenant.pair()
    stage.there.faults["show"] = [(LOST, None, {})]
    stage.tell(stage.receive(phone, "same words"))
    stage.work()
    stage.clock.forward(minutes=1)
    stage.tell(stage.receive(phone, "same words"))
    stage.work()
    assert stage.there.bodies("inbound") == ["same words", "same words"]
    assert len({text["altId"] for text in stage.there.texts}) == 2


def test_what_the_stream_tells_again_between_two_tries_loses_no_doubt(stage: Stage, tenant: Tenant) -> None:
    received = stage.receive(tenant.pair(), "same words")
    stage.there.faults["show"] = [(LOST, None, {})]
    stage.tell(received)
    stage.pass_once()
    stage.tell(received)
    stage.work()
    assert stage.there.bodies("inbound") == ["same words"]


def test_a_contact_that_was_deleted_there_is_made_anew(stage: Stage, tenant: Tenant) -> None:
    phone = tenant.pair()
    stage.tell(stage.receive(phone, "first"))
    stage.work()
    stage.there.contacts.clear()
    stage.there.conversations.clear()
    stage.clock.forward(minutes=1)
    stage.tell(stage.receive(phone, "second"))
    stage.work()
    assert stage.there.bodies("inbound") == ["first", "second"]
    assert stage.there.texts[1]["contactId"] == stage.there.contact(NUMBER)["id"]


def test_what_is_refused_again_and_again_is_given_up_listed_and_tried_again_on_wish(
    stage: Stage, tenant: Tenant
) -> None:
    phone = tenant.pair()
    stage.there.refused.add("refused")
    stage.tell(stage.receive(phone, "refused"))
    stage.tell(stage.receive(phone, "another's", "+14155559999"))
    stage.work()
    [given_up] = list_given_up(stage.deps.highlevel, stage.location, 10)
    assert stage.there.bodies("inbound") == ["another's"]
    stage.there.refused.clear()
    try_again(stage.deps, tenant.account.id, stage.there.id)
    stage.work()
    assert stage.there.bodies("inbound") == ["another's", "refused"]
    assert given_up.tries == 7


def test_a_text_at_which_highlevel_breaks_every_time_does_not_hold_up_the_others(stage: Stage, tenant: Tenant) -> None:
    phone = tenant.pair()
    stage.there.breaking.add("poison")
    stage.tell(stage.receive(phone, "poison"))
    stage.clock.forward(seconds=1)
    stage.tell(stage.receive(phone, "another's", "+14155559999"))
    stage.work()
    assert stage.there.bodies("inbound") == ["another's"]
    assert [errand.data["body"] for errand in list_given_up(stage.deps.highlevel, stage.location, 10)] == ["poison"]


def test_what_comes_while_an_errand_waits_long_is_not_held_up_by_it(stage: Stage, tenant: Tenant) -> None:
    phone = tenant.pair()
    stage.there.refused.add("refused")
    stage.tell(stage.receive(phone, "refused"))
    stage.pass_once()
    assert stage.location.outage_at is not None
    stage.clock.forward(seconds=1)
    stage.tell(stage.receive(phone, "another's", "+14155559999"))
    stage.pass_once()
    assert stage.there.bodies("inbound") == ["another's"]


def test_the_sweep_starts_a_lost_execution_again(stage: Stage, tenant: Tenant) -> None:
    stage.tell(stage.receive(tenant.pair(), "hello"))
    look_after_highlevel(stage.deps, stage.executions, Check(tenant.account.id, highlevel=stage.there.id))
    [started] = stage.machines.started.values()
    assert (started["location"], started["since"]) == (stage.there.id, stage.location.outage_at)
    stage.work()
    assert stage.there.bodies("inbound") == ["hello"]


def test_an_outage_is_retried_however_often_its_execution_is_lost(
    stage: Stage, tenant: Tenant, clock: Clock, cloud: CloudProcess
) -> None:
    clock.forward(hours=24 * 420)  # where no other test's looks are due
    stage.executions = real_executions()
    stage.connect()
    stage.there.fail("upsert", 500)
    stage.tell(stage.receive(tenant.pair(), "hello"))
    name = f"{stage.there.id}-{clock.now}"
    lose(cloud, "RetryHighlevelMachine", f"{name}-1")
    stage.pass_once()
    assert executions(cloud, "RetryHighlevelMachine", stage.there.id)[f"{name}-2"] == "RUNNING"
    lose(cloud, "RetryHighlevelMachine", f"{name}-2")
    swept_at(stage.deps, clock, real_executions())
    assert executions(cloud, "RetryHighlevelMachine", stage.there.id)[f"{name}-3"] == "RUNNING"
