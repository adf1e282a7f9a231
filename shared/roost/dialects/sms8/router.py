"""Routes of SMS8: one path for GET and POST, one flat list of fields, the key in the form, the query or a header."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Generic, TypeVar

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, ValidationError

from roost.dialects.sms8.answers import Envelope
from roost.dialects.sms8.values import OWN_PROBLEM
from roost.domain.api_keys import Scope
from roost.domain.errors import FieldProblem, InvalidRequest
from roost.web.caller import Caller, caller_with, secret_in_headers, sender_with
from roost.web.forms import form_fields

ALIASES: Mapping[str, str] = MappingProxyType({"group_id": "groupId", "simID": "simSlot", "api_key": "key"})
"""Names that forks and examples of the clients use."""

FORM = "application/x-www-form-urlencoded"


class Fields(BaseModel):
    """The parameters of a service. Unknown ones are ignored: the clients send `type` and `option` everywhere."""

    model_config = ConfigDict(frozen=True)


F = TypeVar("F", bound=Fields)


@dataclass(frozen=True, slots=True)
class Call(Generic[F]):
    """Who calls, and with what."""

    caller: Caller
    fields: F


async def sent_fields(request: Request) -> dict[str, str]:
    """What was sent, under the names of the stock clients."""
    sent = await form_fields(request)
    return {ALIASES[name]: value for name, value in sent.items() if name in ALIASES} | sent


SentFields = Annotated[dict[str, str], Depends(sent_fields)]


async def secret_of_call(sent: SentFields, in_headers: Annotated[str | None, Depends(secret_in_headers)]) -> str | None:
    """SMS8's own place first: the field `key`."""
    return sent.get("key") or in_headers


def call_with(scope: Scope, model: type[F], *, sends: bool = False) -> Callable[..., Awaitable[Call[F]]]:
    """A dependency: the call, if its key has `scope`. The key is asked for first: a stranger learns nothing else.

    `sends`: the use case counts the request, together with what it sends.
    """
    identified = Depends((sender_with if sends else caller_with)(scope, secret_of_call))

    async def call(sent: SentFields, caller: Caller = identified) -> Call[F]:
        return Call(caller, checked(model, sent))

    return call


def checked(model: type[F], fields: Mapping[str, Any]) -> F:
    """Raises InvalidRequest that names each parameter, and the index inside it: `messages.3.number`."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        problems = tuple(_problem(problem) for problem in error.errors(include_url=False, include_context=False))
        raise InvalidRequest(problems[0].problem, problems) from None


def _problem(problem: Any) -> FieldProblem:
    place = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "missing":
        return FieldProblem(place, "is missing")
    text = problem["msg"] if problem["type"] == OWN_PROBLEM else problem["msg"][:1].lower() + problem["msg"][1:]
    return FieldProblem(place or "request", text)


def add_service(
    router: APIRouter,
    serve: Callable[..., Awaitable[Response]],
    *paths: str,
    fields: type[Fields],
    key: str = "key",
    methods: tuple[str, ...] = ("POST", "GET"),
    **documented: Any,
) -> None:
    """`serve` answers a form by POST and a query by GET on each of the paths. `key`: the field of the API key."""
    schema = fields.model_json_schema()
    described = {"type": "string", "description": "The API key; a Bearer or X-Api-Key header does as well"}
    members = {key: described} | schema.get("properties", {})
    required = schema.get("required", [])
    form = {"type": "object", "properties": members, "required": required}
    extra: Mapping[str, Any] = {
        "POST": {"requestBody": {"content": {FORM: {"schema": form}}}},
        "GET": {"parameters": [_parameter(name, member, name in required) for name, member in members.items()]},
    }
    refusals = {413: {"model": Envelope[None], "description": "The request has more than 4.5 MB"}}
    options = {"tags": ["SMS8"], "responses": refusals} | documented
    for path in paths:
        for method in methods:
            router.add_api_route(path, serve, methods=[method], openapi_extra=extra[method], **options)


def _parameter(name: str, schema: Mapping[str, Any], required: bool) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "schema": dict(schema)}
