"""The engine process: `dev.cloud` execs it with a scrubbed environment and two bound sockets."""

import asyncio
import json
import logging
import sys

from dev.cloud.options import Options
from dev.cloud.sockets import Listeners


def main() -> None:
    """Serve until a signal, the parent's end or a failed deploy."""
    options = Options.from_json(sys.argv[1])
    listeners = Listeners(**json.loads(sys.argv[2]))
    # it warns at every start that it cannot sign with keys, which nothing here asks for
    logging.getLogger("kms").setLevel(logging.ERROR)
    # imported late: the engine reads its environment while it is imported
    from dev.cloud.local_cloud import LocalCloud

    sys.exit(asyncio.run(LocalCloud(options, listeners).run()))


if __name__ == "__main__":
    main()
