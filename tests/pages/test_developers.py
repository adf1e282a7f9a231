"""The developers' page: its key works until it is made anew, and its code runs as it stands there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.dialects.pages.code_samples import LANGUAGES, code
from roost.runtime.deps import Deps
from roost.runtime.settings import settings
from tests.never_made import never_made
from tests.pages.browser import Browser, signed_in
from tests.pages.programs import code_in, codes_of, output_of
from tests.roost_fixtures import Tenant

FUNCTIONS = (
    "sendSingleMessage", "sendMessages", "sendMessageToContactsList", "getMessageByID", "getMessagesByStatus",
    "resendMessageByID", "addContact", "unsubscribeContact", "getBalance", "sendUssdRequest", "getDevices",
    "getMessagesByGroupID", "resendMessagesByGroupID", "resendMessagesByStatus", "getUssdRequestByID",
    "getUssdRequests",
)  # fmt: skip
"""The eleven of SMS8's document, and the rest of the wire page."""


def with_key(browser: Browser) -> httpx.Response:
    return browser.submit(browser.open("/app/developers"), "/app/developers/key")


def key_in(page: httpx.Response) -> str:
    return str(re.findall(r'id="secret">([^<]+)<', page.text)[0])


@pytest.mark.capability("SMS8-04")
def test_a_key_made_anew_takes_the_place_of_the_former_at_once(browser: Browser, tenant: Tenant) -> None:
    assert 'id="secret"' not in browser.open("/app/developers").text
    first, second = key_in(with_key(browser)), key_in(with_key(browser))
    assert key_in(browser.open("/app/developers")) == second
    with httpx.Client(base_url=tenant.base_url, transport=tenant.transport) as http:
        answers = [http.post("/services/get-devices.php", data={"key": key}).json() for key in (first, second)]
    assert [answer["success"] for answer in answers] == [False, True]
    assert answers[0]["error"]["code"] == 401


@pytest.mark.capability("SMS8-62", "SMS8-64")
def test_the_classes_have_every_function_the_server_and_the_key(browser: Browser, tenant: Tenant) -> None:
    page = with_key(browser)
    clients = dict(codes_of(page.text, "data-client"))
    for name in FUNCTIONS:
        assert f"function {name}(" in clients["PHP"]
        assert f" {name[0].upper()}{name[1:]}(" in clients["C#"]
    for text in clients.values():
        assert tenant.base_url in text
        assert key_in(page) in text
    assert re.findall(r"USE_\w+ = \d", clients["C#"]) == [
        "USE_SPECIFIED = 0",
        "USE_ALL_DEVICES = 1",
        "USE_ALL_SIMS = 2",
    ]


@given(st.sampled_from(["v1/send.mjs", "sms8/send.py"]), st.text(max_size=50))
def test_whatever_is_written_stays_one_string_of_the_language(sample: str, text: str) -> None:
    shown = code_in(str(code(sample, "https://roost.example", "key", "+14155551234", text)))
    assert json.dumps(text) in shown


@pytest.fixture
def page(deployed: Tenant, deps: Deps) -> Iterator[httpx.Response]:
    deployed.pair("Drawer")
    with httpx.Client(base_url=deployed.base_url, timeout=60) as http:
        yield with_key(signed_in(deps, deployed.account, f"{deployed.account.id}@example.com", http))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sample_sends_as_it_stands_on_the_page(
    page: httpx.Response, deployed: Tenant, language: str, tmp_path: Path
) -> None:
    samples = [program for name, program in codes_of(page.text, "data-language") if name == language]
    answers = [output_of(language, program, tmp_path) for program in samples]
    assert len(answers) == 2
    listed = deployed.http.get("/v1/messages").json()["data"]
    assert [message["body"] for message in listed] == ["Hello from my own phone"] * 2


PHP_CALLS = """
echo json_encode([
    sendSingleMessage("+14155551234", "It's \\"quoted\\" — ñ")['number'],
    count(sendMessages([
        ['number' => '+14155551235', 'message' => 'a'],
        ['number' => '+14155551236', 'message' => 'b'],
    ])),
    count(getDevices()),
    getBalance(),
    count(getMessagesByStatus('Pending')),
]);
"""

CSHARP_CALLS = """
class Program
{
    static void Main()
    {
        var messages = new List<Dictionary<string, string>> {
            new Dictionary<string, string> { { "number", "+14155551235" }, { "message", "a" } },
            new Dictionary<string, string> { { "number", "+14155551236" }, { "message", "b" } } };
        Console.WriteLine("[" + string.Join(",", new object[] {
            "\\"" + SMS.API.SendSingleMessage("+14155551234", "It's \\"quoted\\" — ñ")["number"] + "\\"",
            SMS.API.SendMessages(messages, SMS.API.Option.USE_ALL_DEVICES).Count,
            SMS.API.GetDevices().Count,
            "\\"" + SMS.API.GetBalance() + "\\"",
            SMS.API.GetMessagesByStatus("Pending").Count }) + "]");
    }
}
"""


@pytest.mark.capability("SMS8-62", "SMS8-64")
@pytest.mark.parametrize(("language", "calls"), [("PHP", PHP_CALLS), ("C#", CSHARP_CALLS)])
def test_the_class_of_the_page_sends_and_reads(
    page: httpx.Response, deployed: Tenant, language: str, calls: str, tmp_path: Path
) -> None:
    program = dict(codes_of(page.text, "data-client"))[language] + calls
    assert json.loads(output_of(language, program, tmp_path)) == ["+14155551234", 2, 1, "Unlimited", 3]
    listed = deployed.http.get("/v1/messages").json()["data"]
    assert 'It\'s "quoted" — ñ' in [message["body"] for message in listed]


def test_what_keys_are_derived_from_is_made_by_who_needs_it_first(browser: Browser) -> None:
    with never_made(settings().account_keys_parameter):
        assert key_in(with_key(browser))
