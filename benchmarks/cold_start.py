"""What it costs to import each function: CPU of a fresh interpreter, beside FastAPI, Mangum and one DynamoDB client.

Ratios hold on every machine; each round takes all of them in turn, so that a busy moment meets all alike. Bytecode is
there, as in the deployed layers.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from statistics import median

from benchmarks.figures import Bars, Figure, Found, Size, Table
from benchmarks.results_file import PROJECT

ROUNDS = {"full": 5, "small": 2}
PLAIN = "import fastapi, mangum, boto3; boto3.client('dynamodb', region_name='us-east-1')"
OURS = "import functions.{name}.app"
BARE = "pass"
PROBE = "import time\n{what}\nprint(time.process_time())"
MOST = 1.15
SHOWN_IMPORTS = 10
TIMED = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \|(\s+)(\S+)")


def measure(size: Size) -> Found:
    names = sorted(file.parent.name for file in (PROJECT / "functions").glob("*/app.py"))
    spent = _interleaved(
        {"plain": PLAIN, "bare": BARE} | {name: OURS.format(name=name) for name in names}, ROUNDS[size]
    )
    bare = spent.pop("bare")
    plain = spent.pop("plain") - bare
    ratios = {name: round((ms - bare) / plain, 3) for name, ms in spent.items()}
    found = Found(
        [Figure("import_plain_ms", "import of FastAPI, Mangum and one DynamoDB client", round(plain), "ms of CPU")]
    )
    says = "import of send_message over FastAPI, Mangum and one DynamoDB client"
    found.figures.append(Figure("import_send_message", says, ratios["send_message"], "x", MOST))
    heaviest = max(ratios, key=lambda name: ratios[name])
    found.figures.append(Figure("import_heaviest", f"import of the heaviest, {heaviest}", ratios[heaviest], "x"))
    rows = tuple((name, round(spent[name] - bare), ratios[name]) for name in names)
    found.tables["imports"] = Table("Import of each function", ("function", "CPU ms", "ratio"), rows)
    found.plots["imports"] = Bars("Import over FastAPI, Mangum and a client", "x", tuple(sorted(ratios.items())))
    found.tables["heaviest_imports"] = Table(
        "The ten heaviest imports of send_message", ("module", "own ms"), tuple(_heaviest("send_message"))
    )
    return found


def _interleaved(programs: dict[str, str], rounds: int) -> dict[str, float]:
    """CPU milliseconds of each, the median; the first round only warms the disk."""
    taken: dict[str, list[float]] = {name: [] for name in programs}
    for turn in range(rounds + 1):
        for name, what in programs.items():
            milliseconds = float(_python(PROBE.format(what=what)).stdout) * 1_000
            if turn:
                taken[name].append(milliseconds)
    return {name: median(each) for name, each in taken.items()}


def _heaviest(name: str) -> Iterator[tuple[str, float]]:
    """By package: the time of its own modules, without what they import of others."""
    own: dict[str, float] = {}
    for line in _python(OURS.format(name=name), "-X", "importtime").stderr.splitlines():
        if found := TIMED.search(line):
            package = ".".join(found[4].split(".")[:2]) if found[4].startswith("roost.") else found[4].split(".")[0]
            own[package] = own.get(package, 0) + int(found[1]) / 1_000
    for package in sorted(own, key=lambda package: -own[package])[:SHOWN_IMPORTS]:
        yield package, round(own[package], 1)


def _python(program: str, *options: str) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": f"{PROJECT}:{PROJECT / 'shared'}", "PATH": "/usr/bin:/bin"}
    return subprocess.run(
        [sys.executable, *options, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=PROJECT,
        env=environment,
    )
