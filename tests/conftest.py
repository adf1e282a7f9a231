"""What every test may rely on: the capability marker, one local cloud per session, the API under a test clock."""

import gc

OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Python's own 700 are made by one request."""

pytest_plugins = [
    "tests.capabilities.plugin",
    "tests.permissions.plugin",
    "tests.cloud_fixtures",
    "tests.roost_fixtures",
]


def pytest_collection_finish() -> None:
    """What is there now stays to the end: the garbage collector need not look at half a million objects each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
