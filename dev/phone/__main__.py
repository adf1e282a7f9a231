"""`python -m dev.phone`: a virtual phone at the terminal."""

import sys
from pathlib import Path


def run() -> int:
    """Make `roost` importable without any setting, then start; the exit code."""
    shared = str(Path(__file__).resolve().parents[2] / "shared")
    if shared not in sys.path:
        sys.path.insert(0, shared)
    from dev.phone.cli import main

    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(run())
