"""`python -m dev.cloud`: binds the ports, then replaces itself by the engine in a scrubbed environment."""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from dev.cloud.environment import engine_environment
from dev.cloud.options import LOOPBACK, PROJECT, Options, parse_options
from dev.cloud.sockets import AddressError, bind_listeners

FOLDERS = ("engine", "s3", "tmp", "journal")


def main() -> None:
    """Check what can be checked early, then exec the engine process; returns only by exit."""
    options = parse_options(sys.argv[1:])
    _require(options)
    # the engine keeps parameters and secrets in plain files
    Path(options.state).mkdir(mode=0o700, parents=True, exist_ok=True)
    for folder in FOLDERS:
        (Path(options.state) / folder).mkdir(exist_ok=True)
    if options.front_host != LOOPBACK:
        _tell(f"warning: the HTTP API listens on {options.front_host}: everybody in that network can reach it")
    try:
        listeners = bind_listeners(options)
    except AddressError as error:
        sys.exit(f"error: {error}")
    environment = engine_environment(options, listeners.engine_port, os.environ)
    os.chdir(PROJECT)
    command = [sys.executable, "-m", "dev.cloud.engine_process", options.to_json(), json.dumps(asdict(listeners))]
    os.execve(sys.executable, command, environment)


def _require(options: Options) -> None:
    if not Path(options.template).is_file():
        sys.exit(f"error: no template at {options.template}; pass --template FILE")
    if not os.access(options.python, os.X_OK):
        sys.exit(f"error: no interpreter for the functions at {options.python}; run `make setup` or pass --python")
    try:
        import ministack  # noqa: F401
    except ImportError:
        sys.exit(f"error: {sys.executable} has no ministack; run `make setup`, then use .venvs/cloud/bin/python")


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
