"""The log as it is in the cloud, written to where its bytes are counted and nowhere else.

The fault harness turns it off. Deployed, ours is at WARNING, metrics are lines, and libraries log from INFO on: Lambda
sets that level for the JSON format that the template asks for.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOBase
from unittest import mock

from awslambdaric.lambda_runtime_log_utils import JsonFormatter

from roost.runtime.log import logger

AS_DEPLOYED = {"POWERTOOLS_METRICS_DISABLED": "false", "POWERTOOLS_LOG_LEVEL": "WARNING"}
LIBRARIES = ("mangum",)
"""Those that the harness silences."""


@contextmanager
def logged_as_deployed(log: TextIOBase) -> Iterator[None]:
    """For the rest of the process where handlers are concerned: each benchmark has one of its own."""
    logger()  # it sets its level when it is first asked for
    ours, root = logging.getLogger("roost"), logging.getLogger()
    ours.setLevel(logging.WARNING)
    for handler in ours.handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(log)
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(logging.NOTSET)
    of_libraries = logging.StreamHandler(log)
    of_libraries.setFormatter(JsonFormatter())
    root.addHandler(of_libraries)
    root.setLevel(logging.INFO)
    with mock.patch.dict(os.environ, AS_DEPLOYED):
        yield
    root.removeHandler(of_libraries)
