"""The helpers printed in docs/webhooks.md, run as they stand there against what a real receiver got."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from roost.domain.webhooks import new_webhook_secret
from tests.roost_fixtures import Clock
from tests.webhook_receiver import Posted
from tests.webhooks.desk import SECRET, Desk

DOCUMENT = Path(__file__).parents[2] / "docs/webhooks.md"
FRESH = new_webhook_secret(bytes(range(24)))

PROGRAMS = {
    "python": (
        "python3",
        "verify.py",
        """
import json, sys
for case in json.load(sys.stdin):
    print(verify(case["secret"], case["headers"], base64.b64decode(case["body"])))
""",
    ),
    "javascript": (
        "node",
        "verify.mjs",
        """
import { readFileSync } from "node:fs";
for (const item of JSON.parse(readFileSync(0, "utf8")))
  console.log(verify(item.secret, item.headers, Buffer.from(item.body, "base64")));
""",
    ),
    "php": (
        "php",
        "verify.php",
        """
foreach (json_decode(stream_get_contents(STDIN), true) as $case)
    echo json_encode(verify($case['secret'], $case['headers'], base64_decode($case['body']))), "\\n";
""",
    ),
}


@pytest.fixture
def posted(desk: Desk, clock: Clock) -> Posted:
    """A delivery of now, one second after a rotation."""
    clock.now = time.time_ns() // 1_000_000
    desk.endpoint(former_secret=FRESH, former_until=clock.now + 1_000)
    desk.tell(*desk.events())
    return desk.receiver.posted[0]


def case(posted: Posted, secret: str = SECRET, body: bytes | None = None, **headers: str) -> dict[str, Any]:
    renamed = {name.replace("_", "-"): value for name, value in headers.items()}
    encoded = base64.b64encode(posted.body if body is None else body).decode()
    return {"secret": secret, "headers": posted.headers | renamed, "body": encoded}


@pytest.mark.parametrize("language", PROGRAMS)
def test_the_helper_takes_what_was_delivered_and_nothing_that_was_altered(
    language: str, posted: Posted, tmp_path: Path
) -> None:
    genuine = [case(posted), case(posted, FRESH)]
    altered = [
        case(posted, body=posted.body[:-1] + b" "),
        case(posted, new_webhook_secret(bytes(24))),
        case(posted, webhook_id="evt_other"),
        case(posted, webhook_timestamp=str(int(time.time()) - 400)),
        case(posted, webhook_timestamp="soon"),
        case(posted, webhook_signature="nonsense"),
        case(posted, webhook_signature=""),
        {**case(posted), "headers": {}},
    ]
    assert answers(language, genuine + altered, tmp_path) == [True] * len(genuine) + [False] * len(altered)


def answers(language: str, cases: list[dict[str, Any]], folder: Path) -> list[bool]:
    program, name, main = PROGRAMS[language]
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed here: the {language} helper of docs/webhooks.md was not tried")
    [helper] = re.findall(rf"```{language}\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    (folder / name).write_text(helper + main)
    run = subprocess.run(
        [found, str(folder / name)], input=json.dumps(cases), capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return [line.lower() == "true" for line in run.stdout.split()]
