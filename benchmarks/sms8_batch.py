"""One request of SMS8 with 10,000 texts of their own, accepted by the local cloud: time, memory, write units.

`python -m benchmarks.sms8_batch [messages]`. The time is that of the request over HTTP, cold, through everything that
`make run` starts. Memory and write units are those of the same handler on the same tables in a process of its own.
"""

from __future__ import annotations

import base64
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.figures import Figure, Found, Size
from dev.lambda_transport import invoke
from dev.local_roost import LocalRoost
from dev.write_units import count_writes
from roost.runtime.deps import deps
from roost.runtime.log import logger
from roost.runtime.master_secret import account_key_master
from roost.usecases.account_key import regenerate_account_key

MESSAGES = 10_000
MOST_SECONDS = 29
MOST_MEGABYTES = 256
"""What API Gateway and the template give a request."""

SERVICE = "/services/send.php"
KILOBYTE = 1_024


def measure(size: Size) -> Found:
    count = MESSAGES if size == "full" else 500
    seconds, megabytes, units = measured(count)
    says = f"{count:,} messages in one request of SMS8"
    return Found(
        [
            Figure("sms8_seconds", f"{says}, over HTTP", round(seconds, 1), "s", MOST_SECONDS),
            Figure("sms8_megabytes", f"{says}, peak memory", round(megabytes), "MB", MOST_MEGABYTES),
            Figure("sms8_units", f"{says}, write units each to accept", round(sum(units.values()) / count, 3)),
        ]
    )


def main(count: int) -> int:
    seconds, megabytes, units = measured(count)
    fits = seconds <= MOST_SECONDS and megabytes <= MOST_MEGABYTES
    print(f"{count:,} messages in one request: {seconds:.1f} s over HTTP (most: {MOST_SECONDS} s)")
    print(f"peak memory {megabytes:.0f} MB (most: {MOST_MEGABYTES} MB)")
    print(f"write units to accept: {sum(units.values()):,.0f}, {sum(units.values()) / count:.2f} a message")
    return 0 if fits else 1


def measured(count: int) -> tuple[float, float, Counter[str]]:
    """Seconds, MB, write units by operation."""
    with tempfile.TemporaryDirectory() as folder, LocalRoost(Path(folder), tell=print) as local:
        local.start_phone(Path(folder) / "phone", "Benchmark")
        local.pace_fast("Benchmark")
        key = regenerate_account_key(deps(), local.keys.account, account_key_master()).secret
        seconds = _over_http(local, key, count)
        megabytes, units = _in_a_process_of_its_own(key, count)
    return seconds, megabytes, units


def _over_http(local: LocalRoost, key: str, count: int) -> float:
    with local.client() as http:
        started = time.perf_counter()
        answer = http.post(SERVICE, content=_form(key, count), headers={"content-type": _FORM_TYPE}).json()
        seconds = time.perf_counter() - started
    assert len(answer["data"]["messages"]) == count, "all of them are answered"
    return seconds


def _in_a_process_of_its_own(key: str, count: int) -> tuple[float, Counter[str]]:
    """Peak resident memory in MB, and write units by operation."""
    context = multiprocessing.get_context("spawn")
    results: Any = context.Queue()
    worker = context.Process(target=_measure, args=(key, count, results))
    worker.start()
    found: tuple[float, Counter[str]] = results.get()
    worker.join()
    return found


def _measure(key: str, count: int, results: Any) -> None:
    logger().setLevel("WARNING")  # as deployed: a line here would stand between the figures
    units = count_writes(deps())
    answer = invoke("send_message", _event(_form(key, count)))
    assert len(json.loads(answer["body"])["data"]["messages"]) == count
    results.put((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTE, units))


def _form(key: str, count: int) -> bytes:
    items = [
        {"number": f"+1415{number:07d}", "message": f"Hello {number}, your parcel arrives today between 2 and 4 pm."}
        for number in range(2_000_000, 2_000_000 + count)
    ]
    return urlencode({"key": key, "messages": json.dumps(items)}).encode()


_FORM_TYPE = "application/x-www-form-urlencoded"


def _event(body: bytes) -> dict[str, Any]:
    """As API Gateway hands it over, payload format 2.0."""
    http = {"method": "POST", "path": SERVICE, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7", "userAgent": ""}
    return {
        "version": "2.0",
        "routeKey": f"POST {SERVICE}",
        "rawPath": SERVICE,
        "rawQueryString": "",
        "headers": {"host": "roost.example", "content-type": _FORM_TYPE, "x-forwarded-proto": "https"},
        "requestContext": {"http": http, "domainName": "roost.example", "requestId": "benchmark", "stage": "$default"},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else MESSAGES))
