"""What is known against the packages that are deployed."""

from __future__ import annotations

import json
import sys
import urllib.request
from collections.abc import Sequence
from http.client import HTTPException
from pathlib import Path

from dev.audit.tools import tool

OSV = "https://api.osv.dev/v1/query"
"""Google's Open Source Vulnerabilities: PyPI's advisories and GitHub's, by one free call for each package."""

PATIENCE_SECONDS = 30


def vulnerabilities(requirements: Sequence[Path], service: str | None = None) -> str | None:
    """A line for each advisory about a pinned package; None when there is none.

    `service`: URL of one that speaks OSV's `query`. Who names one wants it asked: its silence is a problem. OSV's own
    is said and is none, because a machine without a network must be able to run the rest.
    """
    url = service or OSV
    if silence := _silence_of(url):
        said = f"NOT AUDITED for vulnerabilities: {url} {silence}"
        print(said, file=sys.stderr)
        return said if service else None
    pinned = [argument for file in requirements for argument in ("--requirement", str(file))]
    asked = tool(
        *("pip-audit", *pinned, "--disable-pip", "--no-deps", "--vulnerability-service", "osv", "--osv-url", url),
        *("--progress-spinner", "off", "--format", "json"),
    )
    try:
        answered = json.loads(asked.stdout)["dependencies"]
    except ValueError:
        return f"pip-audit failed: {asked.stderr.strip()}"
    print(f"{url} was asked about {len(answered)} packages")
    found = [f"{package['name']}: {package['skip_reason']}" for package in answered if "skip_reason" in package]
    for package in answered:
        found += [f"{package['name']} {package['version']}: {one['id']}" for one in package.get("vulns", ())]
    return "\n".join(found) or None


def _silence_of(url: str) -> str | None:
    """Why there is no answer, or None. Asked first: pip-audit ends in one way for this and for a fault of its own."""
    query = {"package": {"name": "pip", "ecosystem": "PyPI"}, "version": "26.0"}
    request = urllib.request.Request(url, json.dumps(query).encode(), {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            is_osv = isinstance(json.load(answer), dict)
    except (OSError, HTTPException, ValueError) as error:
        return f"does not answer: {error}"
    return None if is_osv else "answers something else"
