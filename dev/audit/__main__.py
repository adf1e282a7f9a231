"""`make audit`: exit 0 when nothing is known against what is deployed, every licence is one of LICENCES, and no file in
git has a secret in it that is not known to be a test's."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / ".venvs/audit/bin"
APP = ROOT / ".venvs/app/bin/python"
BOM = ROOT / "sbom.json"
KNOWN_SECRETS = ROOT / ".secrets.baseline"
LAYERS = sorted(ROOT.glob("layers/*/requirements.txt"))

LICENCES = (
    "Apache",
    "MIT",
    "BSD",
    "ISC",
    "MPL",
    "Mozilla Public License",
    "PSF",
    "Python Software Foundation",
    "Unlicense",
)
"""May be carried by software under Apache-2.0; MPL is file by file, and no file of such a package is changed."""


def main() -> int:
    checks: tuple[Callable[[], str | None], ...] = (vulnerabilities, bill_of_materials, licences, secrets)
    problems = [problem for check in checks if (problem := check())]
    print(*problems or ["Nothing found."], sep="\n", file=sys.stderr if problems else sys.stdout)
    return int(bool(problems))


def vulnerabilities() -> str | None:
    """Of every pinned package of every layer, as PyPI's advisories know them.

    What could not be asked is said, and is no finding: a machine without PyPI must be able to run the rest.
    """
    run = _tool("pip-audit", *_requirements(), "--disable-pip", "--no-deps", "--progress-spinner", "off", "-f", "json")
    try:
        asked = json.loads(run.stdout)["dependencies"]
    except ValueError:
        print("NOT AUDITED: PyPI's advisories could not be asked", file=sys.stderr)
        return None
    unknown = [package["name"] for package in asked if "skip_reason" in package]
    if unknown:
        print(f"NOT AUDITED: PyPI knows nothing here of {len(unknown)} of {len(asked)} packages", file=sys.stderr)
    found = [
        f"{package['name']} {package['version']}: {one['id']}" for package in asked for one in package.get("vulns", ())
    ]
    return "\n".join(found) or None


def bill_of_materials() -> str | None:
    """CycloneDX, of what is deployed, without asking anybody."""
    pinned = [
        line.split(" ")[0].split("==") for file in LAYERS for line in file.read_text().splitlines() if "==" in line
    ]
    components = [
        {"type": "library", "name": name, "version": version, "purl": f"pkg:pypi/{name.lower()}@{version}"}
        for name, version in sorted(pinned)
    ]
    bom = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": components}
    BOM.write_text(json.dumps(bom, indent=1) + "\n", encoding="utf-8")
    print(f"{BOM.name}: {len(components)} packages are deployed")
    return None


def licences() -> str | None:
    deployed = [line.split("==")[0] for file in LAYERS for line in file.read_text().splitlines() if "==" in line]
    run = _tool("pip-licenses", f"--python={APP}", "--format=json", "--from=mixed", "--packages", *deployed)
    found = json.loads(run.stdout)
    for package in found:
        print(f"  {package['Name']:28} {package['Version']:12} {package['License']}")
    unknown = [f"{package['Name']}: {package['License']}" for package in found if not _is_fine(package["License"])]
    return f"Licences to look at: {unknown}" if unknown else None


def _is_fine(licence: str) -> bool:
    return any(known.lower() in licence.lower() for known in LICENCES)


def secrets() -> str | None:
    """Those of `.secrets.baseline` are keys and tokens of tests; a new one is named by file and line."""
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    scanned = [file for file in files.split("\0") if file and file != KNOWN_SECRETS.name]
    run = _tool("detect-secrets-hook", "--no-verify", "--baseline", KNOWN_SECRETS.name, *scanned)
    return None if run.returncode == 0 else run.stdout.strip()


def _requirements() -> list[str]:
    return [argument for file in LAYERS for argument in ("--requirement", str(file))]


def _tool(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(TOOLS / name), *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main())
