"""The deployed functions queue a reply and label it, in a stack of its own that names a model."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dev.bedrock.stand_in import BedrockStandIn
from dev.cloud_process import CloudProcess
from tests.cloud_fixtures import REPLY_MODEL, StartCloud
from tests.flows.test_conversations import listed, texts
from tests.roost_fixtures import Tenant

MOST_LOOKS = 2_000


@pytest.fixture(scope="module")
def cloud(start_cloud: StartCloud, bedrock: BedrockStandIn) -> Iterator[CloudProcess]:
    with start_cloud(ReplyModel=REPLY_MODEL) as process:
        yield process


def test_the_deployed_functions_queue_a_reply_and_label_it(deployed: Tenant, bedrock: BedrockStandIn) -> None:
    bedrock.asked.clear()
    deployed.http.patch("/v1/conversation-settings", json={"classifies_replies": True}).raise_for_status()
    texts(deployed.pair(), "Do you deliver?")
    found = (listed(deployed)[0] for _ in range(MOST_LOOKS))
    labeled = next(conversation for conversation in found if conversation["intent"])
    assert labeled["suggested_response"]
    assert set(bedrock.asked) == {"Do you deliver?"}
