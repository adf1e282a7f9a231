"""Runs in a fresh interpreter without site-packages: imports one handler from given folders, reports what was loaded.

Standard library only, and nothing of this project. Argument: JSON list of folders in the order of Lambda's sys.path.
"""

import importlib
import json
import sys


def main() -> None:
    sys.path[:0] = json.loads(sys.argv[1])
    report: dict[str, object]
    try:
        handler = importlib.import_module("app").handler
    except (ImportError, AttributeError) as error:
        report = {"error": f"{type(error).__name__}: {error}", "modules": []}
    else:
        report = {"error": None if callable(handler) else "handler is not callable", "modules": sorted(sys.modules)}
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    main()
