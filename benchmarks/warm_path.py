"""CPU and DynamoDB calls of a warm request, beside the bare framework that makes as many bare calls."""

from __future__ import annotations

from statistics import median
from typing import Any

import boto3
import httpx
from fastapi import FastAPI
from mangum import Mangum

from benchmarks.counted_world import Counting, counting
from benchmarks.figures import Cell, Figure, Found, Size, Table
from benchmarks.requests_run import Request, requests_of
from benchmarks.wire_phone import WirePhone
from dev.lambda_transport import gateway_event
from roost.runtime.deps import Deps

ROUNDS = {"full": 120, "small": 6}
MOST_CALLS = {"accept": 6, "claim": 10, "report": 4, "read": 3, "list": 5}


def measure(size: Size) -> Found:
    with counting() as counted, counted.stage([]) as stage:
        phone = WirePhone.paired(stage.world)
        requests = requests_of(counted, stage, phone, ROUNDS[size])
        deps = counted.runtime.deps
        bare = {
            calls: _bare(counted, deps, calls, ROUNDS[size]) for calls in {round(r.calls) for r in requests.values()}
        }
    return _found(requests, bare)


def _found(requests: dict[str, Request], bare: dict[int, float]) -> Found:
    found, rows = Found(), list[tuple[Cell, ...]]()
    for name, request in requests.items():
        ratio = request.cpu_ms / bare[round(request.calls)]
        found.figures.append(
            Figure(f"{name}_ratio", f"CPU of {name} over bare framework and bare calls", round(ratio, 2), "x")
        )
        found.figures.append(
            Figure(f"{name}_db_calls", f"DynamoDB calls of {name}", request.calls, "", MOST_CALLS[name])
        )
        rows.append(
            (name, round(request.cpu_ms, 2), round(ratio, 2), request.calls, request.write_units, request.read_units)
        )
    columns = ("request", "CPU ms", "over bare", "DynamoDB calls", "WRU", "RRU")
    found.tables["warm_path"] = Table("Warm requests, one phone, one message", columns, tuple(rows))
    return found


def _bare(counted: Counting, deps: Deps, calls: int, rounds: int) -> float:
    """CPU milliseconds of FastAPI and Mangum with so many reads of one item through boto3, and nothing else."""
    app, table = FastAPI(), boto3.resource("dynamodb").Table(deps.devices.name)

    @app.post("/bare")
    async def bare(body: dict[str, Any]) -> dict[str, Any]:
        for _ in range(calls):
            table.get_item(Key={"pk": "nobody", "sk": "nothing"})
        return {"id": "msg_1", **body}

    handler = Mangum(app, lifespan="off")
    event = gateway_event(_request(), "POST /bare", {})
    spent = []
    for _ in range(rounds + 2):
        counted.meter.clear()
        with counted.meter.invocation("bare", event):
            handler(event, _Context())  # type: ignore[arg-type]
        spent.append(counted.meter.used["bare"].cpu_ms)
    return median(spent[2:])


def _request() -> Any:

    return httpx.Request("POST", "https://roost.example/bare", json={"to": "+14155551234", "body": "hi"})


class _Context:
    aws_request_id = "bare"
