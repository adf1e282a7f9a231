"""The owner's command line, against the local cloud: the same tables and use cases as a deployed stack."""

import json
import re
from pathlib import Path
from typing import Any

import boto3
import pytest

from dev.cloud_process import CloudProcess
from dev.local_roost import write_endpoint
from owner.__main__ import main
from owner.keys import USUAL_SCOPES
from owner.values import dollars_in
from roost.runtime.settings import Settings
from tests.roost_fixtures import Tenant
from tests.sms_for_ai_client import US


class Owner:
    """Types commands and reads what is printed."""

    def __init__(self, state: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._state = state
        self._capsys = capsys

    def types(self, *words: str) -> list[dict[str, Any]]:
        code = main(["--local", "--state", str(self._state), "--json", *words])
        printed = self._capsys.readouterr()
        assert code == 0, printed.err
        rows: list[dict[str, Any]] = json.loads(printed.out)
        return rows

    def is_refused(self, *words: str, where: tuple[str, ...] | None = None) -> str:
        """What is said instead."""
        assert main([*(where or ("--local", "--state", str(self._state))), *words]) == 1
        return self._capsys.readouterr().err


@pytest.fixture
def owner(cloud: CloudProcess, deployed: Tenant, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Owner:
    write_endpoint(cloud, tmp_path)
    return Owner(tmp_path, capsys)


def test_an_account_is_made_listed_and_shown(owner: Owner) -> None:
    [made] = owner.types("create-account", "--name", "Shop", "--email", "shop@example.org")
    assert made in owner.types("list-accounts")
    [shown] = owner.types("show-account", made["account"])
    assert shown == {**made, "plan": "unlimited", "suspended": False, "credits": "unlimited", "usd": "unlimited"}


def test_one_command_makes_an_account_with_a_key_that_works_and_says_where(owner: Owner, deployed: Tenant) -> None:
    [made] = owner.types("begin", "--name", "Shop")
    assert made["api"].startswith("http")
    headers = {"x-api-key": made["key (shown once)"]}
    assert deployed.http.post("/v1/pairings", json={}, headers=headers).status_code == 201


def test_the_environment_names_every_setting_a_function_cannot_do_without(owner: Owner, tmp_path: Path) -> None:
    owner.types("environment", str(tmp_path / "env.json"))
    variables = json.loads((tmp_path / "env.json").read_text())["Parameters"]
    settings = Settings.model_validate({name.lower(): value for name, value in variables.items()})
    assert settings.messages_table.startswith("roost-MessagesTable")


@pytest.mark.parametrize("key_format", sorted(USUAL_SCOPES))
def test_a_key_made_at_the_terminal_works_until_it_is_revoked(owner: Owner, deployed: Tenant, key_format: str) -> None:
    deployed.pair()
    account = deployed.account.id
    [made] = owner.types("create-key", account, "--format", key_format, "--name", "from the terminal")
    assert made["secret"].startswith(f"{key_format}_")
    headers = {"x-api-key": made["secret"]}
    body = {"recipient": US, "message": "hi"}
    assert deployed.http.post("/messages/send", json=body, headers=headers).status_code == 201
    listed = owner.types("list-keys", account)
    assert made["key"] in [key["key"] for key in listed]
    assert made["secret"] not in json.dumps(listed)
    owner.types("revoke-key", account, made["key"])
    assert deployed.http.post("/messages/send", json=body, headers=headers).status_code == 401


def test_a_rotated_key_has_a_new_secret(owner: Owner, deployed: Tenant) -> None:
    [made] = owner.types("create-key", deployed.account.id)
    [rotated] = owner.types("rotate-key", deployed.account.id, made["key"])
    answers = [
        deployed.http.get("/v1/phones", headers={"x-api-key": key["secret"]}).status_code for key in (made, rotated)
    ]
    assert answers == [401, 200]


def test_the_limits_of_a_key_hold(owner: Owner, deployed: Tenant) -> None:
    limits = ("--per-minute", "1", "--per-day", "9", "--spending", "2.5", "--expires", "2099-01-01")
    [made] = owner.types("create-key", deployed.account.id, *limits, "--scope", "devices:read")
    assert (made["per_minute"], made["per_day"], made["spending"]) == (1, 9, "2.500000")
    assert (made["scopes"], made["expires_at"]) == (["devices:read"], "2099-01-01T00:00:00.000Z")
    headers = {"x-api-key": made["secret"]}
    assert [deployed.http.get("/v1/phones", headers=headers).status_code for _ in range(2)] == [200, 429]


def test_a_plan_and_a_suspension_hold_at_once(owner: Owner, deployed: Tenant) -> None:
    deployed.pair()
    account = deployed.account.id
    owner.types("save-plan", "--name", "tiny", "--messages", "1", "--phones", "1", "--without", "ussd")
    assert {"plan": "tiny", "messages": 1, "phones": 1, "features": ["mms"]} in owner.types("list-plans")
    assert owner.types("set-plan", account, "tiny")[0]["plan"] == "tiny"
    assert [deployed.send().status_code for _ in range(2)] == [201, 403]
    owner.types("set-plan", account, "unlimited")
    owner.types("suspend", account)
    assert deployed.send().json()["code"] == "account_suspended"
    owner.types("resume", account)
    assert deployed.send().status_code == 201


def test_a_top_up_is_charged_at_the_price_that_was_set(owner: Owner, deployed: Tenant) -> None:
    deployed.pair()
    account = deployed.account.id
    assert owner.types("top-up", account, "--usd", "0.05", "--note", "cash")[0]["usd"] == "0.050000"
    [price] = owner.types("set-price", "us", "--usd", "0.03", "--account", account)
    assert price == {"country": "US", "name": "United States", "dial_code": "+1", "usd": "0.030000", "active": True}
    assert [deployed.send(US).status_code for _ in range(2)] == [201, 402]
    owner.types("reset-price", "US", "--account", account)
    assert [deployed.send(US).status_code for _ in range(2)] == [201, 201]
    owner.types("set-price", "US", "--no-active", "--account", account)
    assert deployed.send(US).status_code == 422
    assert owner.types("unlimit", account, "--usd")[0]["usd"] == "unlimited"
    assert len(owner.types("list-prices", "--account", account)) > 200


def test_phones_are_listed_as_they_are(owner: Owner, deployed: Tenant) -> None:
    deployed.pair("Counter")
    [phone] = owner.types("list-phones", deployed.account.id)
    assert (phone["phone"], phone["name"], phone["presence"], phone["primary"]) == ("phn_1", "Counter", "online", True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show-account", "nobody"), "No such account"),
        (("create-key", "nobody"), "No such account"),
        (("top-up", "nobody", "--usd", "1"), "No account"),
        (("set-price", "ZZ", "--usd", "1"), "country"),
        (("set-price", "US", "--usd=-1"), "price"),
        (("set-price", "US"), "price"),
        (("set-price", "US", "--usd", "1", "--account", "nobody"), "No such account"),
        (("save-plan", "--name", "unlimited"), "built in"),
        (("create-account", "--name", ""), "name"),
    ],
)
def test_a_refusal_says_what_is_wrong_and_exits_1(owner: Owner, words: tuple[str, ...], said: str) -> None:
    assert said in owner.is_refused(*words)


@pytest.mark.parametrize("words", [("top-up", "a", "--usd", "1e3"), ("create-key", "a", "--expires", "soon"), ("fly",)])
def test_a_wrong_command_line_exits_2(words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as exited:
        main(words)
    assert exited.value.code == 2


def test_a_stack_that_is_not_there_is_told_with_what_to_do(owner: Owner, tmp_path: Path) -> None:
    local = ("--local", "--state", str(tmp_path))
    assert "There is no stack other" in owner.is_refused("list-accounts", where=("--stack", "other", *local))
    nowhere = ("--local", "--state", str(tmp_path / "nowhere"))
    assert "make run" in owner.is_refused("list-accounts", where=nowhere)
    (tmp_path / "endpoint.json").write_text(json.dumps({"endpoint": "http://127.0.0.1:9", "region": "us-east-1"}))
    assert "does not answer" in owner.is_refused("list-accounts")


def test_what_aws_lacks_is_told_with_what_to_do(owner: Owner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    boto3.setup_default_session()
    assert "--region" in owner.is_refused("list-accounts", where=("--stack", "roost"))
    assert "aws configure" in owner.is_refused("list-accounts", where=("--region", "eu-west-1"))
    assert "--profile" not in owner.is_refused("list-accounts", where=("--profile", "work"))


def test_a_person_sees_a_table(
    owner: Owner, deployed: Tenant, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["--local", "--state", str(tmp_path), "list-accounts"]) == 0
    header, *lines = capsys.readouterr().out.splitlines()
    assert re.split(r"\s{2,}", header) == ["account", "name", "email", "created_at"]
    assert any(line.startswith(deployed.account.id) for line in lines)


@pytest.mark.parametrize(
    ("text", "micro_usd"), [("0", 0), ("12.5", 12_500_000), ("0.000001", 1), ("-1.25", -1_250_000), ("007", 7_000_000)]
)
def test_an_amount_is_read_exactly(text: str, micro_usd: int) -> None:
    assert dollars_in(text) == micro_usd
