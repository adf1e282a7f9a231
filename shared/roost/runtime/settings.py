"""What the template's Globals tell every function."""

from __future__ import annotations

import os
from functools import cache

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """Field names in upper case are the environment variables; a contract test compares them with the template."""

    model_config = ConfigDict(frozen=True)

    messages_table: str
    devices_table: str
    keys_table: str
    contacts_table: str
    accounts_table: str
    media_bucket: str
    webhooks_table: str
    highlevel_table: str
    firebase_parameter: str = ""
    """Name of the SSM parameter with the Firebase settings; empty: no push, phones poll."""
    account_keys_parameter: str
    """Name of the SSM parameter that account keys are derived from; made with the first of them."""
    sms8_strict_http: bool = False
    """SMS8's routes answer `error.code` as the HTTP status too; its stock clients need 200."""
    pepper_parameter: str
    """Name of the SSM parameter with the key of one-time codes' digests; made when it is first needed."""
    highlevel_parameter: str = ""
    """Name of the SSM parameter with the owner's app at HighLevel; empty: nothing is mirrored."""
    highlevel_secret_parameter: str
    """Name of the SSM parameter that tokens of HighLevel are sealed with; made when it is first needed."""
    mail_from: str = ""
    """Address, itself or its domain verified in Amazon SES, that sign-in links come from; empty: nothing is mailed."""
    allowed_emails: str = ""
    """Who may sign up: addresses and @domains; `*`: anybody; empty: nobody new."""
    agent_sends_per_hour: int = 30
    """What one key may send through tools in any 60 minutes: less than the 50 of a new SIM's day, so that an agent that
    loops for an hour does not use a SIM up."""
    google_parameter: str = ""
    """Name of the SSM parameter with the OAuth client for Google sign-in; empty: no such button."""
    recover_phone_machine: str
    release_scheduled_machine: str
    retry_webhook_machine: str
    retry_highlevel_machine: str
    run_campaign_machine: str
    import_contacts_machine: str
    """ARNs of the state machines."""
    reply_model: str = ""
    """Id of the model on Amazon Bedrock that labels replies; empty: none does."""
    replies_queue: str
    """URL of the queue of replies that wait for it."""
    deliver_webhook_function: str
    """Name of the function that works off what a webhook endpoint is owed."""


@cache
def settings() -> Settings:
    """Raises pydantic's ValidationError naming the variables that are missing."""
    return Settings.model_validate({name.lower(): value for name, value in os.environ.items()})
