"""What the owner keeps as JSON in an SSM SecureString, whose name is a parameter of the template."""

from __future__ import annotations

from typing import TypeVar

import boto3
from pydantic import BaseModel, ValidationError

from roost.domain.errors import RoostError
from roost.runtime.deps import CLIENT_CONFIG

Kept = TypeVar("Kept", bound=BaseModel)


class SetUpIncomplete(RoostError):
    status, code, title = 503, "set_up_incomplete", "This server is not completely set up"


def owner_setting(name: str, told_by: str, shape: type[Kept]) -> Kept:
    """The JSON in the parameter `name`. `told_by`: the parameter of the template that names it.

    Raises SetUpIncomplete, which says what to mend and shows no value: what is configured and cannot work must be seen.
    Nothing of that is remembered, so it works from the first request after it was mended.
    """
    ssm = boto3.client("ssm", config=CLIENT_CONFIG)
    way_out = f"or deploy again with {told_by} empty"
    try:
        value = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    except ssm.exceptions.ParameterNotFound:
        detail = f"{told_by} names the SSM parameter {name}, which does not exist: make it as a SecureString, {way_out}"
        raise SetUpIncomplete(detail) from None
    try:
        return shape.model_validate_json(value)
    except ValidationError as error:
        wrong = ", ".join(sorted({str(place) for found in error.errors() for place in found["loc"][:1]})) or "the JSON"
        detail = f"The SSM parameter {name} does not hold what it should: mend {wrong} in it, {way_out}"
        raise SetUpIncomplete(detail) from None
