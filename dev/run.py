"""`make run`: Roost on this machine until Ctrl-C, with a virtual phone, keys, and a curl for each dialect."""

from __future__ import annotations

import socket
import time
from dataclasses import asdict
from pathlib import Path

import segno

from dev.cloud_process import LOOPBACK
from dev.local_roost import LocalRoost
from dev.mail_page import MailPage

LOOK_EVERY_SECONDS = 0.5
PHONE = "Virtual phone"
EVERYWHERE = "0.0.0.0"

WELCOME = """
Roost runs at {url}   (state in {state}; Ctrl-C stops it, `make run` goes on)

  API key     {roost}
  smsdora     {smsgw}
  SMS for AI  {smsai}
  SMS8        {sms8}

  curl -X POST {url}/v1/sms/send \\
    -H "Authorization: Bearer {roost}" \\
    -H "Content-Type: application/json" \\
    -d '{{"to":"+15005550001","body":"Hello from my own phone"}}'

  curl -X POST {url}/messages/send \\
    -H "x-api-key: {smsgw}" \\
    -H "Content-Type: application/json" \\
    -d '{{"recipient":"+15005550001","message":"Hello from smsdora"}}'

  curl -X POST {url}/api/v1/sms/send \\
    -H "Authorization: Bearer {smsai}" \\
    -H "Content-Type: application/json" \\
    -d '{{"to":"+15005550001","body":"Hello from SMS for AI"}}'

  curl {url}/services/send.php -d key={sms8} --data-urlencode number=+15005550001 -d "message=Hello from SMS8"

  curl -H "x-api-key: {roost}" {url}/v1/messages

Dashboard       {url}/login   you@roost.example opens the account of these keys, any other address a new one;
                the link it would mail is shown here, and at {mails}
API reference   {url}/v1/docs
Accounts, keys  make owner ARGS="--local --help"
Phones          a virtual phone is paired and paced fast; a real phone gets a gap of 240 s and a daily cap that warms up
Its numbers     +15005550001 delivered   +15005550002 rejected   +15005550003 delivered late
                +15005550004 sent, never reported   +15005550005 delivered, and replies   +15005550006 no result
Logs            {state}/functions.log   {state}/phone.log

Pair another phone within 10 minutes, {how}:
  make phone STORE={state}/phone-2 FCM={fcm} LINK="{link}"
"""


def run(state: Path, port: int, *, lan: bool) -> int:
    """Until Ctrl-C (0), or until one of the processes ends by itself (1)."""
    print("Starting Roost: the tables and functions of template.yaml on this machine ...")
    host = EVERYWHERE if lan else LOOPBACK
    with (
        LocalRoost(state, port=port, fcm_port=port + 1, host=host, tell=_tell_errors) as roost,
        MailPage(roost.mails) as mails,
    ):
        url = f"http://{lan_address()}:{port}" if lan else roost.cloud.front
        roost.start_phone(state / f"phone-{port}", PHONE)
        roost.pace_fast(PHONE)
        _welcome(roost, url, mails.url, lan=lan)
        try:
            read = len(roost.mails())
            while roost.is_whole():
                read = _show_mails(roost, read)
                time.sleep(LOOK_EVERY_SECONDS)
        except KeyboardInterrupt:
            print("\nStopping; messages and phones are kept.")
            return 0
        print(f"A part of Roost ended by itself. The phone's last words: {roost.last_words_of_phones()}")
    print(f"More is in {state}/phone.log and {state}/functions.log")
    return 1


def _welcome(roost: LocalRoost, url: str, mails: str, *, lan: bool) -> None:
    link = roost.pairing_link(url)
    how = "by this QR code or on this machine" if lan else "on this machine (a real one: start with LAN=1)"
    words = {"url": url, "mails": mails, "state": roost.state, "fcm": roost.fcm.base_url, **asdict(roost.keys)}
    print(WELCOME.format(**words, link=link, how=how))
    segno.make(link, error="l").terminal(compact=True)
    print("", flush=True)


def _show_mails(roost: LocalRoost, read: int) -> int:
    """How many mails have been shown then."""
    mails = roost.mails()
    for mail in mails[read:]:
        print(f"\nMail to {', '.join(mail.to)}: {mail.subject}\n\n{mail.text}", flush=True)
    return len(mails)


def _tell_errors(line: str) -> None:
    if "error" in line.lower() or "warning" in line.lower():
        print(line, flush=True)


def lan_address() -> str:
    """This machine's address in its network. Nothing is sent: a datagram socket only picks its route."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return LOOPBACK
        address: str = probe.getsockname()[0]
    return address
