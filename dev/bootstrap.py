"""Make the first account and key of a local cloud, through the use cases that a deployed Roost has."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from dev.cloud_process import CloudProcess
from roost.domain.api_keys import KeyFormat, Scope
from roost.runtime.deps import Deps, deps
from roost.usecases.create_account import create_account
from roost.usecases.manage_keys import NewKey, create_key

EVERY_SCOPE = frozenset(Scope)
PEPPER_PARAMETER = "/roost/code-pepper"
ACCOUNT_KEYS_PARAMETER = "/roost/account-keys"


@dataclass(frozen=True, slots=True)
class FirstKeys:
    """What a newcomer pastes: one key of each format, all with every scope."""

    account: str
    roost: str
    smsgw: str
    smsai: str


def table_environment(outputs: Mapping[str, str]) -> dict[str, str]:
    """The functions' settings for a process beside them. `outputs`: physical ids by logical id."""
    tables = ("Messages", "Devices", "Keys", "Contacts", "Accounts", "Webhooks")
    named = {
        "RECOVER_PHONE_MACHINE": "RecoverPhoneMachine",
        "RELEASE_SCHEDULED_MACHINE": "ReleaseScheduledMachine",
        "RETRY_WEBHOOK_MACHINE": "RetryWebhookMachine",
        "RUN_CAMPAIGN_MACHINE": "RunCampaignMachine",
        "DELIVER_WEBHOOK_FUNCTION": "DeliverWebhookFunction",
        "REPLIES_QUEUE": "RepliesQueue",
    }
    return {
        **{f"{name.upper()}_TABLE": outputs[f"{name}Table"] for name in tables},
        **{setting: outputs[resource] for setting, resource in named.items()},
        "MEDIA_BUCKET": outputs["MediaBucket"],
        "PEPPER_PARAMETER": PEPPER_PARAMETER,
        "ACCOUNT_KEYS_PARAMETER": ACCOUNT_KEYS_PARAMETER,
    }


def connect(cloud: CloudProcess) -> Deps:
    """Point this process at a local cloud; once per process, because the clients are kept."""
    os.environ.update(cloud.aws_environment() | table_environment(cloud.outputs))
    return deps()


def first_keys(connected: Deps, kept_in: Path) -> FirstKeys:
    """The keys of an earlier start, read from `kept_in` (this machine only); what it lacks is made."""
    kept: dict[str, str] = json.loads(kept_in.read_text()) if kept_in.exists() else {}
    account = kept.get("account") or create_account(connected, "Local").id
    formats: tuple[KeyFormat, ...] = ("roost", "smsgw", "smsai")
    keys = FirstKeys(account, **{name: kept.get(name) or _key(connected, account, name) for name in formats})
    if asdict(keys) != kept:
        unfinished = kept_in.with_suffix(".new")
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps(asdict(keys)))
        unfinished.replace(kept_in)
    return keys


def _key(connected: Deps, account: str, key_format: KeyFormat) -> str:
    return create_key(connected, account, NewKey(f"local {key_format}", EVERY_SCOPE, key_format))[1]
