"""Mail in the local cloud: it goes nowhere, and can be read here."""

from __future__ import annotations

from dataclasses import dataclass

import boto3
import httpx

SENDER = "roost@roost.example"


@dataclass(frozen=True, slots=True)
class LocalMail:
    to: tuple[str, ...]
    subject: str
    text: str


def verify_sender() -> None:
    """What an owner does once in SES. The process must be connected to the local cloud."""
    ses = boto3.client("sesv2")
    try:
        ses.create_email_identity(EmailIdentity=SENDER)
    except ses.exceptions.AlreadyExistsException:
        return


def mails_of(endpoint: str) -> list[LocalMail]:
    """Every mail sent since the local cloud was made, oldest first. `endpoint`: of its engine."""
    by_account = httpx.get(f"{endpoint}/_ministack/ses/messages").raise_for_status().json()["messages"]
    return [
        LocalMail(tuple(mail["To"]), mail["Subject"], mail["BodyText"])
        for mails in by_account.values()
        for mail in mails
    ]
