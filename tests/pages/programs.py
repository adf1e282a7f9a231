"""Code as the pages show it: taken out of the page, and run on this machine."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PATIENCE_SECONDS = 180
NEEDS = {"curl": "curl", "PHP": "php", "JavaScript": "node", "Python": sys.executable, "C#": "mcs"}
FILES = {"curl": "run.sh", "PHP": "run.php", "JavaScript": "run.mjs", "Python": "run.py", "C#": "run.cs"}
RUNNERS = {"curl": "bash", "PHP": "php", "JavaScript": "node", "Python": sys.executable}
ASSEMBLIES = ("System.Net.Http", "System.Runtime.Serialization", "System.Xml", "System.Xml.Linq")


def code_in(element: str) -> str:
    """The text of a `<pre>`, as copying it gives it."""
    return html.unescape(re.sub(r"<[^>]+>", "", element))


def codes_of(page: str, attribute: str) -> list[tuple[str, str]]:
    """(name, code) of every `<pre>` of the page with this attribute."""
    found = re.findall(rf'<pre[^>]* {attribute}="([^"]+)"[^>]*>(.*?)</pre>', page, re.DOTALL)
    return [(html.unescape(name), code_in(text)) for name, text in found]


def output_of(language: str, program: str, folder: Path) -> str:
    """What the program prints; the test is skipped where this machine has nothing to run it with."""
    if shutil.which(NEEDS[language]) is None:
        pytest.skip(f"{NEEDS[language]} is not installed on this machine: it runs this sample")
    file = folder / FILES[language]
    file.write_text(program, encoding="utf-8")
    if language == "C#":
        _run(["mcs", f"-out:{folder}/run.exe", *(f"-r:{name}.dll" for name in ASSEMBLIES), str(file)])
        return _run(["mono", f"{folder}/run.exe"])
    return _run([RUNNERS[language], str(file)])


def _run(command: list[str]) -> str:
    run = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout
