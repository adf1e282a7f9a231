"""Make the first account and key of a local cloud, through the use cases that a deployed Roost has."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from dev.cloud_process import CloudProcess
from roost.domain.api_keys import KeyFormat, Scope
from roost.domain.errors import InvalidRequest, NotFound
from roost.runtime.deps import Deps, deps
from roost.runtime.master_secret import account_key_master
from roost.usecases.account_key import account_key_secret, regenerate_account_key
from roost.usecases.create_account import create_account
from roost.usecases.manage_keys import NewKey, create_key
from roost.usecases.sign_in import invite

FIRST_VISITOR = "you@roost.example"
"""The address that opens the pages of the first account."""

EVERY_SCOPE = frozenset(Scope)
PEPPER_PARAMETER = "/roost/code-pepper"
HIGHLEVEL_SECRET_PARAMETER = "/roost/highlevel-secret"
ACCOUNT_KEYS_PARAMETER = "/roost/account-keys"


@dataclass(frozen=True, slots=True)
class FirstKeys:
    """What a newcomer pastes: one key of each format with every scope, and the account's SMS8 key."""

    account: str
    roost: str
    smsgw: str
    smsai: str
    sms8: str


def table_environment(outputs: Mapping[str, str]) -> dict[str, str]:
    """The functions' settings for a process beside them. `outputs`: physical ids by logical id."""
    tables = ("Messages", "Devices", "Keys", "Contacts", "Accounts", "Webhooks")
    named = {
        "RECOVER_PHONE_MACHINE": "RecoverPhoneMachine",
        "RELEASE_SCHEDULED_MACHINE": "ReleaseScheduledMachine",
        "RETRY_WEBHOOK_MACHINE": "RetryWebhookMachine",
        "RETRY_HIGHLEVEL_MACHINE": "RetryHighlevelMachine",
        "RUN_CAMPAIGN_MACHINE": "RunCampaignMachine",
        "IMPORT_CONTACTS_MACHINE": "ImportContactsMachine",
        "DELIVER_WEBHOOK_FUNCTION": "DeliverWebhookFunction",
        "REPLIES_QUEUE": "RepliesQueue",
    }
    return {
        **{f"{name.upper()}_TABLE": outputs[f"{name}Table"] for name in tables},
        **{setting: outputs[resource] for setting, resource in named.items()},
        "HIGHLEVEL_TABLE": outputs["HighLevelTable"],
        "HIGHLEVEL_SECRET_PARAMETER": HIGHLEVEL_SECRET_PARAMETER,
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
    made = {name: kept.get(name) or _key(connected, account, name) for name in formats}
    keys = FirstKeys(account, **made, sms8=_account_key(connected, account))
    with suppress(InvalidRequest):  # invited at an earlier start
        invite(connected, account, FIRST_VISITOR)
    if asdict(keys) != kept:
        unfinished = kept_in.with_suffix(".new")
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps(asdict(keys)))
        unfinished.replace(kept_in)
    return keys


def _key(connected: Deps, account: str, key_format: KeyFormat) -> str:
    return create_key(connected, account, NewKey(f"local {key_format}", EVERY_SCOPE, key_format))[1]


def _account_key(connected: Deps, account: str) -> str:
    """The one of now: its owner may have made it anew on the page."""
    master = account_key_master()
    try:
        return account_key_secret(connected, account, master)
    except NotFound:
        return regenerate_account_key(connected, account, master).secret
