"""One engine of the harness for all its tests: it changes this process's environment, and gives it back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from unittest import mock

import boto3
import pytest

from dev.faults.runtime import Runtime, running
from tests.roost_fixtures import forget_clients


@pytest.fixture(scope="module")
def runtime() -> Iterator[Runtime]:
    """Other tests of this process have clients of another engine: every cache is emptied before and after."""
    forget_clients()
    with mock.patch.dict(os.environ), running() as made:
        yield made
    forget_clients()
    boto3.DEFAULT_SESSION = None
