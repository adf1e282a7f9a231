"""`python -m dev.fcm --port N`: the stand-in as a process of its own."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path

from dev.fcm.stand_in import FcmStandIn


def main() -> int:
    """Prints one JSON line when ready; runs until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m dev.fcm", description="A stand-in for FCM on this machine.")
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    parser.add_argument("--directory", type=Path, help="keeps the key and the registrations over restarts")
    parser.add_argument("--project", default="roost-local", help="Firebase project id (default: %(default)s)")
    options = parser.parse_args()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    stand_in = FcmStandIn(options.directory, project_id=options.project)
    try:
        stand_in.start(options.port)
    except OSError as error:
        sys.stderr.write(f"port {options.port} cannot be used ({error.strerror}): choose another with --port\n")
        return 1
    sys.stdout.write(json.dumps({"ready": True, "base_url": stand_in.base_url}) + "\n")
    sys.stdout.flush()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    stand_in.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
