"""What no request reaches, called in the role of the function that runs it: so each test of it is one of its policy."""

from __future__ import annotations

from typing import Any

from dev.lambda_transport import LambdaTransport, invoke
from functions.classify_reply.app import handler as classify_reply_handler
from functions.dispatch_changes.app import handler as dispatch_records_handler
from functions.recover_phone.app import handler as recover_phone_handler
from functions.release_scheduled.app import handler as release_scheduled_handler
from functions.sweep.app import handler as sweep_handler
from functions.take_readings.app import handler as take_readings_handler
from roost.usecases import campaign_hours, close_lanes, settle_silence
from roost.usecases import dispatch_changes as changes
from roost.usecases import import_contacts as imports
from roost.usecases import look_after_highlevel as locations
from roost.usecases import release_scheduled as releases
from roost.usecases import run_campaign as campaigns
from roost.usecases import sweep as sweeping
from roost.usecases import take_readings as gauges
from roost.usecases import watch_phones as phones
from tests.permissions.roles import acting_as

classify_reply = acting_as("classify_reply")(classify_reply_handler)
dispatch_changes = acting_as("dispatch_changes")(changes.dispatch_changes)
dispatch_records = acting_as("dispatch_changes")(dispatch_records_handler)
import_contacts = acting_as("import_contacts")(imports.import_contacts)
recover_phone = acting_as("recover_phone")(recover_phone_handler)
release_minute = acting_as("release_scheduled")(releases.release_minute)
release_scheduled = acting_as("release_scheduled")(release_scheduled_handler)
run_campaign = acting_as("run_campaign")(campaigns.run_campaign)

look_after_campaign = acting_as("sweep")(campaign_hours.look_after_campaign)
look_after_highlevel = acting_as("sweep")(locations.look_after_highlevel)
run_sweep = acting_as("sweep")(sweep_handler)
settle_batch = acting_as("sweep")(close_lanes.settle_batch)
settle_overdue = acting_as("sweep")(settle_silence.settle_overdue)
sweep = acting_as("sweep")(sweeping.sweep)
watch_phones = acting_as("sweep")(phones.watch_phones)

run_take_readings = acting_as("take_readings")(take_readings_handler)
take_readings = acting_as("take_readings")(gauges.take_readings)


def handlers_in_role() -> LambdaTransport:
    """Requests reach the handlers in this process, each with what its policy allows it and no more."""
    return LambdaTransport(_invoke_in_role)


def _invoke_in_role(function: str, event: dict[str, Any]) -> Any:
    with acting_as(function):
        return invoke(function, event)
