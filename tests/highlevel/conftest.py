"""The stand-in as the owner's app, and an account whose location is connected."""

from __future__ import annotations

import json
from collections.abc import Iterator

import boto3
import pytest

from dev.cloud_process import CloudProcess
from roost.runtime.deps import Deps
from tests.cloud_fixtures import HIGHLEVEL_PARAMETER
from tests.highlevel.signing import ED25519, RSA, public_text
from tests.highlevel.stage import Stage
from tests.highlevel.stand_in import PROVIDER, HighLevelStandIn, serving
from tests.roost_fixtures import Tenant


@pytest.fixture(scope="session")
def highlevel(cloud: CloudProcess) -> Iterator[HighLevelStandIn]:
    """Also what the deployed functions take for HighLevel."""
    ssm = boto3.client(
        "ssm",
        endpoint_url=cloud.endpoint,
        region_name=cloud.region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    with serving() as stand_in:
        app = {
            "client_id": "65aa0d1f0c8b0d5c9d3f1a2b-lq8x",
            "client_secret": "client-secret",
            "conversation_provider_id": PROVIDER,
            "api_url": stand_in.url,
            "ed25519_key": public_text(ED25519.public_key()),
            "rsa_key": public_text(RSA.public_key()),
        }
        ssm.put_parameter(Name=HIGHLEVEL_PARAMETER, Value=json.dumps(app), Type="SecureString", Overwrite=True)
        yield stand_in


@pytest.fixture
def stage(deps: Deps, tenant: Tenant, highlevel: HighLevelStandIn) -> Stage:
    return Stage(deps, tenant, highlevel)
