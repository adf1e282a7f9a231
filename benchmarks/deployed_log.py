"""The log as it is in the cloud, written to where its bytes are counted and nowhere else.

Ours is at WARNING, metrics are lines, and libraries log from INFO on: Lambda sets that level for the JSON format that
the template asks for.
"""

from __future__ import annotations

import logging
from io import TextIOBase

from awslambdaric.lambda_runtime_log_utils import JsonFormatter

from roost.runtime.log import logger


def log_as_deployed(log: TextIOBase) -> None:
    """From now on in this process: each benchmark has one of its own. Metrics are printed, by who is invoked."""
    logger()  # it sets its level when it is first asked for
    ours = logging.getLogger("roost")
    ours.setLevel(logging.WARNING)
    for handler in ours.handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(log)
    of_libraries = logging.StreamHandler(log)
    of_libraries.setFormatter(JsonFormatter())
    logging.getLogger().addHandler(of_libraries)
    logging.getLogger().setLevel(logging.INFO)
