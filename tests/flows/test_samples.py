"""The products' own code samples run unchanged but for host and key, against the deployed functions."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from roost.domain.api_keys import KeyFormat
from tests.phone_driver import PhoneDriver
from tests.roost_fixtures import Tenant

SAMPLES = Path(__file__).parents[1] / "samples"
HOSTS = ("https://www.smsforai.com", "https://sms-backend-three-nu.vercel.app")
KEYS = ("smsai_YourTokenHere", "YOUR_API_KEY")
RUNNERS: Mapping[str, tuple[str, ...]] = {
    ".sh": ("bash", "-s"),
    ".mjs": ("node", "--input-type=module", "-"),
    ".py": (sys.executable, "-"),
}
NEEDS = {".sh": "curl", ".mjs": "node", ".py": sys.executable}
PATIENCE_SECONDS = 60


@pytest.fixture
def phone(deployed: Tenant) -> PhoneDriver:
    return deployed.pair("My Samsung S24")


def sample(product: str, suffix: str, tenant: Tenant, key_format: KeyFormat) -> str:
    """The sample with its host and key replaced, and nothing else."""
    text = (SAMPLES / product / f"send{suffix}").read_text(encoding="utf-8")
    assert any(host in text for host in HOSTS)
    assert any(key in text for key in KEYS)
    for host in HOSTS:
        text = text.replace(host, tenant.base_url)
    for key in KEYS:
        text = text.replace(key, tenant.key(key_format=key_format))
    return text


def output_of(program: str, suffix: str) -> str:
    if shutil.which(NEEDS[suffix]) is None:
        pytest.skip(f"{NEEDS[suffix]} is not installed on this machine: it runs this sample")
    run = subprocess.run(
        RUNNERS[suffix], input=program, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.capability("SFA-24")
@pytest.mark.parametrize("suffix", sorted(RUNNERS))
def test_the_samples_of_sms_for_ai_send_and_print_what_they_should(
    deployed: Tenant, phone: PhoneDriver, suffix: str
) -> None:
    printed = output_of(sample("sms_for_ai", suffix, deployed, "smsai"), suffix)
    [job] = phone.claim()
    assert job["to"] == "+12025551234"
    assert job["text"].startswith("Your OTP is 482910.")
    number = job["job_id"].removeprefix("msg_")
    expected = {".py": f"sent {number} 0.01", ".mjs": f"sent {number} 1000000"}
    if suffix in expected:
        assert printed.strip() == expected[suffix]
    else:
        assert json.loads(printed)["sms"]["id"] == int(number)


@pytest.mark.capability("DORA-32")
@pytest.mark.parametrize("suffix", sorted(RUNNERS))
def test_the_samples_of_smsdora_send(deployed: Tenant, phone: PhoneDriver, suffix: str) -> None:
    printed = output_of(sample("smsdora", suffix, deployed, "smsgw"), suffix)
    assert "SMS queued for delivery" in printed
    [job] = phone.claim()
    assert (job["to"], job["text"]) == ("+1234567890", "Hello from smsdora!")


@pytest.mark.capability("DORA-32")
@pytest.mark.parametrize(
    ("suffix", "content_type", "member"),
    [
        (".php", "application/json", r'"(recipient|message)" => "([^"]*)"'),
        (".cs", "application/json; charset=utf-8", r'(recipient|message) = "([^"]*)"'),
    ],
)
def test_what_the_php_and_c_sharp_samples_put_on_the_wire_is_taken(
    deployed: Tenant, phone: PhoneDriver, suffix: str, content_type: str, member: str
) -> None:
    program = sample("smsdora", suffix, deployed, "smsgw")
    [url], [key] = re.findall(r'"(http[^"]+)"', program), re.findall(r"smsgw_\w+", program)
    body = dict(re.findall(member, program))
    answer = httpx.post(url, content=json.dumps(body), headers={"x-api-key": key, "content-type": content_type})
    assert answer.status_code == 201, answer.text
    [job] = phone.claim()
    assert (job["to"], job["text"]) == ("+1234567890", "Hello from smsdora!")
