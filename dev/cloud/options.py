"""What a start of the local cloud is told: the command line and its defaults."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
LOOPBACK = "127.0.0.1"
JOURNAL_LIMIT_BYTES = 16 * 1024 * 1024  # about 40,000 writes: two to three seconds of replay


@dataclass(frozen=True)
class Options:
    """One start. Paths are absolute; port 0 means: take a free one."""

    state: str
    template: str
    python: str
    logs: str
    port: int = 0
    front_host: str = LOOPBACK
    front_port: int = 0
    region: str = "us-east-1"
    stack: str = "roost"
    auth: bool = False
    ephemeral: bool = False
    fsync: bool = False
    replace_tables: bool = False
    journal_limit: int = JOURNAL_LIMIT_BYTES
    stream_seconds: float = 0.0
    parameters: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """The options as one argument for the engine process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Options":
        """Inverse of `to_json`."""
        return cls(**json.loads(text))


def parse_options(arguments: Sequence[str]) -> Options:
    """Options of a command line; exits with argparse's message when it is wrong."""
    parser = _parser()
    given = parser.parse_args(arguments)
    state = Path(given.state).resolve()
    try:
        front_host, front_port = split_address(given.front)
        parameters = dict(split_parameter(text) for text in given.param)
    except ValueError as error:
        parser.error(str(error))
    return Options(
        state=str(state),
        template=str(Path(given.template).resolve()),
        # absolute, not resolved: a venv's python is a link, and its real path is outside the venv
        python=str(Path(given.python).absolute()),
        logs=str(Path(given.logs).resolve() if given.logs else state / "functions.log"),
        port=given.port,
        front_host=front_host,
        front_port=front_port,
        region=given.region,
        stack=given.stack,
        auth=given.auth,
        ephemeral=given.ephemeral,
        fsync=given.fsync,
        replace_tables=given.replace_tables,
        journal_limit=given.journal_limit,
        stream_seconds=given.stream_seconds,
        parameters=parameters,
    )


def split_address(text: str) -> tuple[str, int]:
    """`HOST:PORT`, `:PORT` or `HOST` as (host, port); ValueError when the port is no number."""
    host, _, port = text.rpartition(":") if ":" in text else (text, "", "0")
    if not port.isdigit():
        raise ValueError(f"--front takes HOST:PORT, not {text!r}")
    return host or LOOPBACK, int(port)


def split_parameter(text: str) -> tuple[str, str]:
    """`Key=Value` as a pair; ValueError without a key."""
    key, separator, value = text.partition("=")
    if not key or not separator:
        raise ValueError(f"--param takes Key=Value, not {text!r}")
    return key, value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dev.cloud", description=__doc__)
    add = parser.add_argument
    add("--state", required=True, metavar="DIR", help="folder for everything the cloud keeps; made when missing")
    add("--port", type=int, default=0, help="port of the AWS endpoint, always on 127.0.0.1; default: a free one")
    add("--front", default=LOOPBACK, metavar="HOST:PORT", help="address of the HTTP API; default: a free loopback port")
    add("--auth", action="store_true", help="enforce the functions' IAM policies")
    add("--ephemeral", action="store_true", help="keep nothing on disk (tests)")
    add("--fsync", action="store_true", help="write each change through to the disk: survives a power cut, slower")
    add("--param", action="append", default=[], metavar="Key=Value", help="template parameter; may be repeated")
    add("--template", default=str(PROJECT / "template.yaml"), help="default: the project's template.yaml")
    add("--python", default=str(PROJECT / ".venvs/app/bin/python"), help="interpreter of the functions")
    add("--logs", metavar="FILE", help="log lines of the functions; default: functions.log in the state folder")
    add("--region", default="us-east-1")
    add("--stack", default="roost", help="name of the stack")
    add("--journal-limit", type=int, default=JOURNAL_LIMIT_BYTES, metavar="BYTES", help="snapshot beyond this size")
    add("--stream-seconds", type=float, default=0.0, metavar="S", help="least time between two reads of a stream")
    add("--replace-tables", action="store_true", help="allow an update that empties or removes a table")
    return parser
