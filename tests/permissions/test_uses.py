"""What a template allows is read as AWS reads it, whoever wrote the statement."""

from __future__ import annotations

from tests.permissions.uses import LogicalIds, Permission, Uses, allowed_by

QUEUE = "arn:aws:sqs:us-east-1:000000000000:roost-FailedQueue-1A2B"
OUTPUTS = {
    "FailedQueue": "http://127.0.0.1:4566/000000000000/roost-FailedQueue-1A2B",
    "Media": "roost-media-1a2b",
    "MediaLog": "roost-media-1a2b-log",
    "Machine": "arn:aws:states:us-east-1:000000000000:stateMachine:roost-wait",
}


def test_one_action_given_bare_is_one_permission() -> None:
    statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE}
    assert allowed_by("sweep", statement, str) == [Permission("sweep", "sqs:SendMessage", QUEUE)]


def test_every_action_on_every_resource_is_a_permission_of_its_own() -> None:
    statement = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": ["one", "other"]}
    assert {(each.action, each.resource) for each in allowed_by("sweep", statement, str)} == {
        ("s3:GetObject", "one"),
        ("s3:GetObject", "other"),
        ("s3:PutObject", "one"),
        ("s3:PutObject", "other"),
    }


def test_physical_names_become_logical_ids_also_where_one_begins_as_another() -> None:
    logical_id = LogicalIds(OUTPUTS)
    assert logical_id(QUEUE).endswith(":FailedQueue")
    assert logical_id("arn:aws:s3:::roost-media-1a2b/*") == "arn:aws:s3:::Media/*"
    assert logical_id("arn:aws:s3:::roost-media-1a2b-log/*") == "arn:aws:s3:::MediaLog/*"
    assert logical_id(OUTPUTS["Machine"]) == OUTPUTS["Machine"], "machines are named alike in every cloud"


def test_what_nothing_used_is_superfluous_and_what_one_run_used_is_not() -> None:
    read, written = (Permission("sweep", f"s3:{action}", "Media/*") for action in ("GetObject", "PutObject"))
    one = Uses(frozenset({read, written}), frozenset())
    other = Uses(frozenset({read, written}), frozenset({Permission("sweep", "s3:GetObject", "Media/a/b")}))
    assert (one | other).superfluous() == [written]


def test_what_no_run_can_use_here_is_not_superfluous_but_its_neighbor_is() -> None:
    given_up = Permission("fan_out_events", "sqs:SendMessage", "arn:aws:sqs:us-east-1:0:FailedEventsQueue")
    replies = Permission("fan_out_events", "sqs:SendMessage", "arn:aws:sqs:us-east-1:0:RepliesQueue")
    assert Uses(frozenset({given_up, replies}), frozenset()).superfluous() == [replies]
