"""`python -m dev.bedrock [port]`: the stand-in for Bedrock until it is interrupted; start the local cloud with what it
prints and `ReplyModel` set to any name."""

from __future__ import annotations

import sys
from contextlib import suppress
from threading import Event

from dev.bedrock.stand_in import BedrockStandIn

if __name__ == "__main__":
    stand_in = BedrockStandIn(int(sys.argv[1]) if len(sys.argv) > 1 else 0).start()
    print(f"AWS_ENDPOINT_URL_BEDROCK_RUNTIME={stand_in.base_url}", flush=True)
    with suppress(KeyboardInterrupt):
        Event().wait()
    stand_in.stop()
