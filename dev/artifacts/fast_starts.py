"""`make build SNAPSTART=... WARM=...`: functions that do not wait for their imports, written into the built template.

A switch of the build and no parameter of template.yaml: docs/decisions/0040-fast-starts-are-a-switch-of-the-build.md.
"""

from __future__ import annotations

import argparse
import copy
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from dev.artifacts.template_functions import TemplateFunction, template_functions
from dev.cloud.template_yaml import Template, read_template

SOURCE = Path(__file__).parents[2] / "template.yaml"

WAYS: Mapping[str, dict[str, Any]] = {
    "snapstart": {"SnapStart": {"ApplyOn": "PublishedVersions"}},
    "warm": {"ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": 1}},
}
"""Warm is one environment; a second request at the same moment starts as ever."""


class CannotStartFast(Exception):
    """The message says which function, and why."""


def with_fast_starts(
    template: Template, functions: Iterable[TemplateFunction], start: Mapping[str, Sequence[str]], stamp: str
) -> Template:
    """The template with a version and an alias of each function in `start`, to which its routes lead.

    `functions`: of template.yaml; a built one no longer has their names. `start`: names by "snapstart" and "warm".
    `stamp`: another one for each build. SAM publishes a version when the function's own properties differ, and sees
    neither a changed layer nor a changed parameter: without a stamp an upgrade would leave the old code running.
    Raises CannotStartFast.
    """
    by_name = {function.name: function for function in functions}
    _refuse_impossible(by_name, start)
    versions = {
        "AutoPublishAlias": "live",
        "AutoPublishAliasAllProperties": True,
        "Description": f"Built {stamp}",
        "VersionDeletionPolicy": "Delete",  # a snapshot is charged for as long as its version is there
    }
    made = copy.deepcopy(template)
    for way, names in start.items():
        for name in names:
            made["Resources"][by_name[name].logical_id]["Properties"] |= versions | WAYS[way]
    return made


def _refuse_impossible(functions: Mapping[str, TemplateFunction], start: Mapping[str, Sequence[str]]) -> None:
    for name in (name for names in start.values() for name in names):
        if name not in functions:
            raise CannotStartFast(f"There is no function {name}. There are: {', '.join(sorted(functions))}")
        if not functions[name].routes:
            raise CannotStartFast(f"{name} has no route: nobody waits for its start")
    if both := set.intersection(*map(set, start.values())):
        raise CannotStartFast(f"{', '.join(sorted(both))}: Lambda keeps nothing warm that starts from a snapshot")


def main() -> int:
    parser = argparse.ArgumentParser(prog="make build")
    parser.add_argument("template", type=Path)
    parser.add_argument("written", type=Path)
    for way in WAYS:
        parser.add_argument(f"--{way}", nargs="*", default=[], metavar="FUNCTION")
    given = parser.parse_args()
    start = {way: getattr(given, way) for way in WAYS}
    functions = template_functions(read_template(SOURCE))
    now = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
    try:
        made = with_fast_starts(read_template(given.template), functions, start, now)
    except CannotStartFast as error:
        print(error, file=sys.stderr)
        return 1
    given.written.write_text(yaml.safe_dump(made, sort_keys=False), encoding="utf-8")
    print(f"Written into {given.written}: {start}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
