"""The Android app as it is built: what its manifest promises. Its Kotlin tests run in make android-check."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

APP = Path(__file__).parents[2] / "android-fcm-client"
MANIFEST = APP / "app/src/main/AndroidManifest.xml"
BUILT = APP / ".check/out"
APK = BUILT / "roost-check.apk"
ANDROID = "{http://schemas.android.com/apk/res/android}"

needs_the_apk = pytest.mark.skipif(
    not (APK.exists() and shutil.which("aapt2") and shutil.which("java")), reason="make android-check builds the APK"
)


def manifest() -> ElementTree.Element:
    return ElementTree.parse(MANIFEST).getroot()


def run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout


def test_the_app_asks_for_what_a_sender_needs() -> None:
    asked = {entry.get(f"{ANDROID}name") for entry in manifest().iter("uses-permission")}
    assert {f"android.permission.{name}" for name in ("SEND_SMS", "RECEIVE_SMS", "READ_SMS")} <= asked


def test_no_other_app_can_forge_a_text_or_a_result() -> None:
    receivers = {entry.get(f"{ANDROID}name"): entry for entry in manifest().iter("receiver")}
    assert receivers[".android.SmsReceiver"].get(f"{ANDROID}permission") == "android.permission.BROADCAST_SMS"
    assert receivers[".android.SmsResultReceiver"].get(f"{ANDROID}exported") == "false"


def test_other_apps_reach_the_two_screens_and_what_only_the_system_may_call() -> None:
    [application] = manifest().iter("application")
    exported = {
        entry.get(f"{ANDROID}name"): entry.get(f"{ANDROID}permission")
        for entry in application
        if entry.get(f"{ANDROID}exported") != "false"
    }
    assert exported == {
        ".screen.StatusActivity": None,
        ".screen.PairActivity": None,
        ".android.SmsReceiver": "android.permission.BROADCAST_SMS",
        ".android.MmsReceiver": "android.permission.BROADCAST_WAP_PUSH",
    }


def test_a_tap_through_another_window_connects_the_phone_to_nobody() -> None:
    screen = ElementTree.parse(APP / "app/src/main/res/layout/pair.xml")
    [yes] = [entry for entry in screen.iter("Button") if entry.get(f"{ANDROID}id") == "@+id/yes"]
    assert yes.get(f"{ANDROID}filterTouchesWhenObscured") == "true"


def test_nothing_of_the_app_is_ever_restored_from_a_backup() -> None:
    [application] = manifest().iter("application")
    assert application.get(f"{ANDROID}allowBackup") == "false"
    rules = ElementTree.parse(APP / "app/src/main/res/xml/no_backup.xml").getroot()
    domains = {"root", "file", "database", "sharedpref", "external"}
    for way in ("cloud-backup", "device-transfer"):
        [excluded] = rules.iter(way)
        assert {entry.get("domain") for entry in excluded} == domains


@needs_the_apk
@pytest.mark.capability("8MS-08")
def test_both_pairing_schemes_open_the_built_app_and_its_parser_reads_both() -> None:
    tree = run("aapt2", "dump", "xmltree", str(APK), "--file", "AndroidManifest.xml")
    for scheme in ("eightms", "roost"):
        filter_ = tree.split(f'scheme(0x01010027)="{scheme}"')
        assert len(filter_) == 2, scheme
        assert 'host(0x01010028)="pair"' in filter_[1].split("E: ")[0]
    class_path = (BUILT / "test-class-path").read_text(encoding="utf-8").strip()
    runner = "org.junit.platform.console.ConsoleLauncher"
    told = run("java", "-cp", class_path, runner, "-c", "dev.roost.phone.core.call.PairingLinkTest", "--details=tree")
    assert "both schemes are understood" in told
    assert "[         0 tests failed          ]" in told
