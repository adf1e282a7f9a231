"""`make audit`: exit 0 when nothing is known against what is deployed, every licence is one of LICENCES, and no file in
git has a secret in it that is not known to be a test's."""

from __future__ import annotations

import argparse
import json
import sys

from dev.audit.advisories import OSV, vulnerabilities
from dev.audit.leaks import leaks
from dev.audit.tools import LAYERS, ROOT, deployed, tool

APP = ROOT / ".venvs/app/bin/python"
BOM = ROOT / "sbom.json"

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
    parser = argparse.ArgumentParser(prog="make audit")
    parser.add_argument("--advisories", metavar="URL", help=f"a service that must answer as {OSV} does")
    given = parser.parse_args()
    write_bill_of_materials()
    checked = (vulnerabilities(LAYERS, given.advisories), licences(), leaks())
    problems = [problem for problem in checked if problem]
    print(*problems or ["Nothing found."], sep="\n", file=sys.stderr if problems else sys.stdout)
    return int(bool(problems))


def write_bill_of_materials() -> None:
    """CycloneDX, of the Python packages that are deployed, without asking anybody.

    Not in it: what the phone app is made of, and the JavaScript inside flask-swagger-ui.
    """
    components = [
        {"type": "library", "name": name, "version": version, "purl": f"pkg:pypi/{name.lower()}@{version}"}
        for name, version in deployed().items()
    ]
    bom = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": components}
    BOM.write_text(json.dumps(bom, indent=1) + "\n", encoding="utf-8")
    print(f"{BOM.name}: {len(components)} Python packages are deployed")


def licences() -> str | None:
    """What to look at; a package that is deployed and not in the environment of `make setup` has no known licence."""
    run = tool("pip-licenses", f"--python={APP}", "--format=json", "--from=mixed", "--packages", *deployed())
    licence_of = {package["Name"].lower().replace("_", "-"): package["License"] for package in json.loads(run.stdout)}
    for name in deployed():
        print(f"  {name:28} {licence_of.get(name, 'UNKNOWN')}")
    unknown = [name for name in deployed() if not _is_fine(licence_of.get(name, "UNKNOWN"))]
    return f"Licences to look at: {', '.join(unknown)}" if unknown else None


def _is_fine(licence: str) -> bool:
    return any(known.lower() in licence.lower() for known in LICENCES)


if __name__ == "__main__":
    sys.exit(main())
