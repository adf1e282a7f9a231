"""One engine of the harness for all its tests: it changes this process's environment, and gives it back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from unittest import mock

import boto3
import pytest

from dev.faults.runtime import Runtime, running
from roost.runtime import deps as runtime_deps
from roost.runtime.firebase import firebase_settings
from roost.runtime.settings import settings


@pytest.fixture(scope="module")
def runtime() -> Iterator[Runtime]:
    """Other tests of this process have clients of another engine: every cache is emptied before and after."""
    _forget_clients()
    with mock.patch.dict(os.environ), running() as made:
        yield made
    _forget_clients()
    boto3.DEFAULT_SESSION = None


def _forget_clients() -> None:
    for cached in (settings, runtime_deps.deps, firebase_settings):
        cached.cache_clear()
