"""What it costs to import each function: CPU of a fresh interpreter, beside FastAPI, Mangum and one DynamoDB client.

Ratios hold on every machine; each round takes all of them in turn, so that a busy moment meets all alike. Bytecode is
there, as in the deployed layers, and credentials are in the environment, as in Lambda.
"""

from __future__ import annotations

import re
import subprocess
import sys
from statistics import median

from benchmarks.figures import Bars, Figure, Found, Size, Table
from benchmarks.results_file import PROJECT

ROUNDS = {"full": 3, "small": 1}
PLAIN = "import fastapi, mangum, boto3; boto3.client('dynamodb', region_name='us-east-1')"
OURS = "import functions.{name}.app"
BARE = "pass"
PROBE = "import time\n{what}\nprint(time.process_time())"
MOST = 1.15
WHY = (
    "five dialects answer here, and their pydantic models, our dataclasses and the logger of Powertools are built at "
    "import; the plain import has none of them. A function for each dialect would import less and be cold more often"
)
SHOWN_IMPORTS = 10
DOMINANT = 3
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
TIMED = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \|(\s+)(\S+)")


def measure(size: Size) -> Found:
    names = sorted(file.parent.name for file in (PROJECT / "functions").glob("*/app.py"))
    programs = {name: OURS.format(name=name) for name in names}
    _python("\n".join(programs.values()))  # the disk is warm from here on, and all bytecode is there
    spent = _interleaved({"plain": PLAIN, "bare": BARE} | programs, ROUNDS[size])
    bare = spent.pop("bare")
    plain = spent.pop("plain") - bare
    ratios = {name: round((ms - bare) / plain, 3) for name, ms in spent.items()}
    found = Found(
        [Figure("import_plain_ms", "import of FastAPI, Mangum and one DynamoDB client", round(plain), "ms of CPU")]
    )
    says = "import of send_message over FastAPI, Mangum and one DynamoDB client"
    found.figures.append(Figure("import_send_message", says, ratios["send_message"], "x", MOST, WHY))
    heaviest = max(ratios, key=lambda name: ratios[name])
    found.figures.append(Figure("import_heaviest", f"import of the heaviest, {heaviest}", ratios[heaviest], "x"))
    rows = tuple((name, round(spent[name] - bare), ratios[name]) for name in names)
    found.tables["imports"] = Table("Import of each function", ("function", "CPU ms", "ratio"), rows)
    found.plots["imports"] = Bars("Import over FastAPI, Mangum and a client", "x", tuple(sorted(ratios.items())))
    own = _own_times("send_message")
    found.tables["heaviest_imports"] = Table(
        "The ten heaviest imports of send_message", ("module", "own ms"), tuple(own.items())[:SHOWN_IMPORTS]
    )
    found.words["cold_start"] = _dominant(own)
    return found


def _interleaved(programs: dict[str, str], rounds: int) -> dict[str, float]:
    """CPU milliseconds of each, the median."""
    taken: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(rounds):
        for name, what in programs.items():
            taken[name].append(float(_python(PROBE.format(what=what)).stdout) * 1_000)
    return {name: median(each) for name, each in taken.items()}


def _own_times(name: str) -> dict[str, float]:
    """By package, the heaviest first: milliseconds of its own modules, without what they import of others."""
    own: dict[str, float] = {}
    for line in _python(OURS.format(name=name), "-X", "importtime").stderr.splitlines():
        if found := TIMED.search(line):
            package = ".".join(found[4].split(".")[:2]) if found[4].startswith("roost.") else found[4].split(".")[0]
            own[package] = own.get(package, 0) + int(found[1]) / 1_000
    return {package: round(own[package], 1) for package in sorted(own, key=lambda package: -own[package])}


def _dominant(own: dict[str, float]) -> str:
    whole = sum(own.values())
    first = ", ".join(f"`{package}` {own[package] / whole:.0%}" for package in list(own)[:DOMINANT])
    ours = sum(ms for package, ms in own.items() if package.startswith(("roost", "functions")))
    listed = sum(list(own.values())[:SHOWN_IMPORTS])
    return (
        f"What dominates the import of send_message: {first}; the ten heaviest together are {listed / whole:.0%}. "
        f"Our own code is {ours / whole:.0%}, the rest is libraries."
    )


def _python(program: str, *options: str) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": f"{PROJECT}:{PROJECT / 'shared'}", "PATH": "/usr/bin:/bin", **CREDENTIALS}
    return subprocess.run(
        [sys.executable, *options, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=PROJECT,
        env=environment,
    )
