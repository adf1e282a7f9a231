"""What every test may rely on: the capability marker, one local cloud per session, the API under a test clock."""

pytest_plugins = [
    "tests.capabilities.plugin",
    "tests.permissions.plugin",
    "tests.cloud_fixtures",
    "tests.roost_fixtures",
]
