"""What `make build` made, under AWS's own runtime client: a function serves its event with only its own layers."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from typing import Any

import pytest

from dev.artifacts.__main__ import LOCAL_LAYERS, LOCAL_RUNTIME, SAM_BUILD
from dev.artifacts.template_functions import TemplateFunction
from dev.cloud.packaging import folder_hash
from tests.contract.fake_aws import fake_aws
from tests.contract.invocation import lambda_environment
from tests.contract.repository import ROOT, functions
from tests.runtime_api import runtime_api

OUR_LAYER = "RoostLayer"
"""Taken from the build itself. Third-party layers are built for Lambda's processor: here their twins for this one."""


@cache
def is_built_from_this_code() -> bool:
    """A build of other code would fail here for what is mended, or pass for what is broken."""
    pairs = [(ROOT / function.folder, SAM_BUILD / function.logical_id) for function in functions()]
    ours = (ROOT / "shared" / "roost", SAM_BUILD / OUR_LAYER / "python" / "roost")
    return all(built.is_dir() and folder_hash([source]) == folder_hash([built]) for source, built in [*pairs, ours])


def served(function: TemplateFunction, endpoint: str) -> tuple[str, Any]:
    """(path posted to, body) for the function's event, in a process with Lambda's sys.path and the template's
    environment."""
    event = json.loads((ROOT / "events" / f"{function.name}.json").read_text(encoding="utf-8"))
    layers = [(SAM_BUILD if layer == OUR_LAYER else LOCAL_LAYERS) / layer / "python" for layer in function.layers]
    with runtime_api([event]) as (address, posted):
        run = subprocess.run(
            # -S: what is installed in this environment does not count
            [sys.executable, "-S", "-m", "awslambdaric", "app.handler"],
            cwd=SAM_BUILD / function.logical_id,
            env=lambda_environment(endpoint)
            | {
                "PYTHONPATH": ":".join(map(str, [*layers, LOCAL_RUNTIME])),
                "PYTHONPYCACHEPREFIX": str(LOCAL_RUNTIME.parent / "bytecode"),  # not into what is deployed
                "AWS_LAMBDA_RUNTIME_API": address,
                "AWS_LAMBDA_FUNCTION_NAME": function.name,
                "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
                "AWS_LAMBDA_LOG_FORMAT": "JSON",
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert not posted.empty(), run.stderr
        answer: tuple[str, Any] = posted.get_nowait()
    return answer


@pytest.mark.parametrize("function", functions(), ids=lambda function: function.name)
def test_a_built_function_serves_its_event_under_awslambdaric(function: TemplateFunction) -> None:
    if not is_built_from_this_code():
        pytest.skip("there is no build of this code: `make artifacts` makes it and runs this")
    with fake_aws() as aws:
        posted_to, answer = served(function, aws.endpoint)
    assert posted_to == "request-0/response", answer
    if function.routes:
        assert answer["statusCode"] < 500, answer
