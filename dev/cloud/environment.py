"""The whole environment of the engine process, built from nothing."""

import os
from collections.abc import Mapping
from pathlib import Path

from dev.cloud.options import LOOPBACK, Options

# A handler's environment is the engine's plus its own: a developer's AWS_PROFILE, proxies or secrets must not get in
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "SYSTEMROOT", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME")
"""The last: where a stand-in for Bedrock listens, which the engine has none of."""
WARM_SECONDS = 300
CONCURRENCY = 32  # a worker with boto3 takes about 49 MB


def engine_environment(options: Options, port: int, inherited: Mapping[str, str]) -> dict[str, str]:
    """Variables of the engine process, which reads them while it is imported."""
    state = Path(options.state)
    environment = {name: inherited[name] for name in INHERITED if name in inherited}
    environment.update(_addresses(options, port))
    environment.update(_storage(state, options.ephemeral))
    environment.update(_isolation(state))
    environment.update(
        AUTH="true" if options.auth else "false",
        LOG_LEVEL="WARNING",
        IOT_MTLS_ENABLED="0",
        SFTP_ENABLED="0",
        # waits that are skipped would release tomorrow's messages now, and recover phones in a busy loop
        SFN_WAIT_SCALE="1",
        LAMBDA_WARM_TTL_SECONDS=str(WARM_SECONDS),
        LAMBDA_ACCOUNT_CONCURRENCY=str(CONCURRENCY),
    )
    return environment


def _addresses(options: Options, port: int) -> dict[str, str]:
    return {
        "BIND_HOST": LOOPBACK,
        "GATEWAY_PORT": str(port),
        # the only way a handler learns the endpoint: without it, it calls the real AWS
        "AWS_ENDPOINT_URL": f"http://{LOOPBACK}:{port}",
        "MINISTACK_REGION": options.region,
        "AWS_DEFAULT_REGION": options.region,
    }


def _storage(state: Path, ephemeral: bool) -> dict[str, str]:
    kept = "0" if ephemeral else "1"
    # the engine's reset empties both folders, so nothing else may live in them
    return {
        "PERSIST_STATE": kept,
        "STATE_DIR": str(state / "engine"),
        "S3_PERSIST": kept,
        "S3_DATA_DIR": str(state / "s3"),
    }


def _isolation(state: Path) -> dict[str, str]:
    return {
        "TMPDIR": str(state / "tmp"),
        "TZ": "UTC",
        "NO_PROXY": f"{LOOPBACK},localhost",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
