"""The first minutes of a new stack: an account with a key, and what the functions' environment is."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

from dev.bootstrap import table_environment
from owner.commands import Commands
from owner.connection import stack_of
from owner.keys import USUAL_SCOPES
from owner.rows import Row
from roost.runtime.deps import Deps
from roost.usecases.create_account import create_account
from roost.usecases.manage_keys import NewKey, create_key


def add_commands(commands: Commands) -> None:
    begin = commands.add("begin", "a first account and its key, and where to go on", _begin)
    begin.add_argument("--name", required=True, help="of the account")
    begin.add_argument("--email", default="", help="with which its owner signs in on the pages")
    environment = commands.add("environment", "the functions' environment, for `sam local`", _environment)
    environment.add_argument("file", type=Path)


def _begin(deps: Deps, given: Namespace) -> list[Row]:
    account = create_account(deps, given.name, given.email)
    secret = create_key(deps, account.id, NewKey("first", USUAL_SCOPES["roost"], "roost")).secret
    url = _api_url(given)
    return [
        {
            "account": account.id,
            "key (shown once)": secret,
            "api": url,
            "documentation": f"{url}/v1/docs",
            "pair a phone": f"curl -X POST {url}/v1/pairings -H 'x-api-key: <the key>'",
        }
    ]


def _environment(_: Deps, given: Namespace) -> list[Row]:
    """What `--env-vars` takes: `sam local` knows no names of deployed resources."""
    variables = table_environment(stack_of(given.target).resources)
    given.file.write_text(json.dumps({"Parameters": variables}, indent=1) + "\n", encoding="utf-8")
    return [{"file": str(given.file), "variables": len(variables)}]


def _api_url(given: Namespace) -> str:
    stack = stack_of(given.target)
    [described] = stack.client("cloudformation").describe_stacks(StackName=given.target.stack)["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}
    return str(outputs["ApiUrl"])
