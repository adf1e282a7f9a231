"""Mail through Amazon SES."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from roost.domain.sign_in import MailRefused

if TYPE_CHECKING:
    from mypy_boto3_sesv2.client import SESV2Client


@dataclass(frozen=True, slots=True)
class Mail:
    """`sender`: an address that SES has verified, itself or its domain; empty: mail is not set up."""

    client: SESV2Client
    sender: str

    def check(self) -> None:
        """Raises MailRefused when nothing can be mailed at all."""
        if not self.sender:
            raise MailRefused("Mail is not set up: the owner deploys with MailFrom, or makes a link by command line")

    def send(self, to: str, subject: str, text: str) -> None:
        """Raises MailRefused, which says what the owner has to do."""
        self.check()
        try:
            self.client.send_email(
                FromEmailAddress=self.sender,
                Destination={"ToAddresses": [to]},
                Content={
                    "Simple": {
                        "Subject": {"Data": subject, "Charset": "UTF-8"},
                        "Body": {"Text": {"Data": text, "Charset": "UTF-8"}},
                    }
                },
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            raise MailRefused(f"Amazon SES refused the mail ({code}): the owner verifies MailFrom in SES") from None
