"""`python -m dev run` and `python -m dev demo`."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType

from dev.cloud_process import CloudError
from dev.demo import demo
from dev.local_roost import LocalRoostError
from dev.run import run

HOME = Path(".roost")
PORT = 8787


def main() -> int:
    """Exit code 0: ran until it was stopped, or the demo's message was delivered."""
    options = _parser().parse_args()
    signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        if options.command == "demo":
            return demo(HOME, patience_seconds=options.patience, with_phone=not options.without_phone)
        return run(options.state, options.port, lan=options.lan)
    except (CloudError, LocalRoostError) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error}\nIs Roost running already? Stop it, or take other ports: make run PORT=9090", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dev", description="Roost on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    runs = commands.add_parser("run", help="until Ctrl-C")
    runs.add_argument("--state", type=Path, default=HOME / "run", help="folder for all state (default: %(default)s)")
    runs.add_argument("--port", type=int, default=PORT, help="of the API (default: %(default)s)")
    runs.add_argument("--lan", action="store_true", help="let phones in this network reach the API")
    shows = commands.add_parser("demo", help="one message through everything")
    shows.add_argument("--patience", type=float, default=30, metavar="SECONDS", help="default: %(default)s")
    shows.add_argument("--without-phone", action="store_true", help="stop the phone first, to see the demo fail")
    return parser


def _as_interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
