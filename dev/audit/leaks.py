"""What looks like a secret in a file of git."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping, Sequence

from dev.audit.tools import ROOT, tool

NO_SECRETS: Mapping[str, tuple[str, ...]] = {
    "credentials of stand-ins and of the local cloud, which take any": (
        "test",
        "client-secret",
        "stand-in-has-no-api-key",
    ),
    "keys of accounts that are only in tests and in `events/`": (
        "roost_RAKQvOgGnHaKu9UFpCZz76WEP5ld7A1HdkEs",
        "roost_gJS4Ru5hLhDcUmMZxoCyZBWWpQP2Jt3rCBpp",
    ),
    "published examples: of Standard Webhooks, of the checksum in npm's and GitHub's tokens, of a key's shape": (
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        "qkJaB6MffYVzZXWqmcoF49yrUxP3wf0LsakP",
        "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17",
        "smsgw_ab12cd34_000102030405060708090a0b0c0d0e0f1011121314151617",
    ),
    "wrong on purpose: what a test sees refused or kept back": (
        "pass",
        "hush",
        "sms8_wrong",
        "whsec_",
        "whsec_short",
        "with a space, and long",
    ),
    "ids of tests and of `events/`: an API, accounts, a HighLevel provider, digests and the handle of an SQS message": (
        "a1b2c3d4e5",
        "acc0123456789",
        "4e88c1285bef",
        "61d6d1f9cdac7612faf80753",
        "c4ca4238a0b923820dcc509a6f75849b",
        "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
    ),
    "an alphabet, a time, a name": (
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
        "2077-01-16T08:00:00.000Z",
        "SMS8 account key",
    ),
}
"""Why it is none, and the whole values. Anything else that looks like one is a finding."""

SHOWN_TO_ALL: Mapping[str, str] = {
    "shared/roost/dialects/pages/texts/": "what the pages say, beside words like key and secret",
    "shared/roost/domain/highlevel_app.py": "HighLevel's public keys",
    "dev/audit/leaks.py": "the values above",
}
"""Beginnings of paths that are not looked into, and why."""


def leaks(files: Sequence[str] | None = None) -> str | None:
    """A paragraph for each, with file, line and kind, never the value; None when there is none.

    `files`: paths in this repository, all of git when left out.
    """
    run = tool(
        *("detect-secrets-hook", "--no-verify"),
        *("--exclude-secrets", f"^(?:{'|'.join(re.escape(value) for value in no_secrets())})$"),
        *("--exclude-files", f"^(?:{'|'.join(map(re.escape, SHOWN_TO_ALL))})"),
        *(files or _files_of_git()),
    )
    return None if run.returncode == 0 else (run.stdout + run.stderr).strip()


def no_secrets() -> list[str]:
    return [value for values in NO_SECRETS.values() for value in values]


def _files_of_git() -> list[str]:
    run = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [file for file in run.stdout.split("\0") if file]
