"""awslambdaric on the pure-Python stand-in for its extension, against a Runtime API of ours."""

import os
import subprocess
import sys
from pathlib import Path

from dev.cloud.packaging import RUNTIME_STAND_IN
from tests.runtime_api import runtime_api

HANDLER = """
import runtime_client

def handler(event, context):
    if event.get("fail"):
        raise LookupError("as asked")
    return {"module": runtime_client.__file__, "name": event["name"], "left": context.get_remaining_time_in_millis()}
"""


def test_answers_and_errors_go_through_the_stand_in(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(HANDLER, encoding="utf-8")
    with runtime_api([{"name": "Grüße"}, {"fail": True}, {"name": "again"}]) as (address, posted):
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(RUNTIME_STAND_IN),
            "AWS_LAMBDA_RUNTIME_API": address,
            "AWS_LAMBDA_FUNCTION_NAME": "f",
        }
        runtime = subprocess.run(
            [sys.executable, "-m", "awslambdaric", "app.handler"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            timeout=20,
            check=False,
        )
        answers = [posted.get(timeout=5) for _ in range(3)]
    assert runtime.returncode != 0  # the Runtime API had no fourth event
    assert [path for path, _ in answers] == [
        "request-0/response",
        "request-1/error",
        "request-2/response",
    ]
    assert answers[0][1]["name"] == "Grüße"
    assert Path(str(answers[0][1]["module"])).parent == RUNTIME_STAND_IN
    assert isinstance(answers[0][1]["left"], int)
    assert answers[1][1]["errorType"] == "LookupError"
