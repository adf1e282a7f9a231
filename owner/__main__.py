"""`make owner ARGS="create-account --name Shop"`, or `python -m owner ...`: the stack's owner at a terminal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from owner import account_key, accounts, beginning, erasing, keys, migrations, phones, prices, redrive, snapshots
from owner.commands import Commands
from owner.connection import ConnectionRefused, Target, connect, explained
from owner.rows import as_json, as_table
from roost.domain.errors import RoostError

LOCAL_STATE = Path(".roost/run")
"""Where `make run` keeps its state."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: done; 1: refused, and nothing is changed; 2: the command line is wrong."""
    given = _parser().parse_args(arguments)
    target = Target(given.stack, given.region, given.profile, given.state if given.local else None)
    given.target = target
    try:
        rows = given.run(connect(target), given)
    except (ConnectionRefused, RoostError, OSError) as refused:
        return _refuse(str(refused))
    except (BotoCoreError, ClientError) as error:
        return _refuse(explained(error, target))
    print(as_json(rows) if given.json else as_table(rows))
    return 0


def _refuse(why: str) -> int:
    print(f"error: {why}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="owner", description="What only the owner of a Roost stack may do.")
    parser.add_argument("--stack", default="roost", help="name of the CloudFormation stack (default: %(default)s)")
    parser.add_argument("--region", help="of the stack; else your AWS configuration's")
    parser.add_argument("--profile", help="of your AWS configuration")
    parser.add_argument("--local", action="store_true", help="the local Roost that `make run` started, instead")
    parser.add_argument("--state", type=Path, default=LOCAL_STATE, help="of `make run` (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="for programs")
    commands = Commands(parser.add_subparsers(dest="command", required=True, metavar="COMMAND"))
    for module in (beginning, accounts, keys, account_key, phones, prices, redrive, snapshots, erasing, migrations):
        module.add_commands(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
