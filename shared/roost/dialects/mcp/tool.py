"""A tool as data: what it is called, who may use it, what it takes, what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from roost.dialects.sms8.router import Fields
from roost.dialects.sms8.values import Flag
from roost.domain.api_keys import Scope
from roost.web.caller import Caller


class Arguments(Fields):
    """What a tool takes. A member nobody knows is refused: a misspelt `device_id` must not send by another phone."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class NoArguments(Arguments):
    pass


Repeat = Annotated[
    Flag, Field(description="Send again, although the very same was sent within the last minute. Only if asked to.")
]

A = TypeVar("A", bound=Arguments)


@dataclass(frozen=True, slots=True)
class ToolCall(Generic[A]):
    """`base_url`: of this Roost, without a slash at its end. `until`: the instant (ms) by which it must be answered."""

    caller: Caller
    arguments: A
    base_url: str
    until: int


@dataclass(frozen=True, slots=True)
class Hints:
    """All four of the protocol's annotations, because two of them are true where they are left out. `destructive`:
    worth a person's confirmation."""

    read_only: bool = False
    destructive: bool = False
    idempotent: bool = False
    open_world: bool = False


READS = Hints(read_only=True, idempotent=True)
SENDS = Hints(destructive=True, open_world=True)


@dataclass(frozen=True, slots=True)
class Tool:
    """`scopes`: a key without one of them does not see the tool. `sends`: counts against the key's hourly limit; every
    other tool counts as a request. `run`: a ToolCall -> an instance of `result`. `without_key`: the answer (base URL
    given) to who has no key."""

    name: str
    title: str
    description: str
    scopes: frozenset[Scope]
    arguments: type[Arguments]
    result: type[BaseModel]
    hints: Hints
    run: Callable[[ToolCall[Any]], BaseModel]
    sends: bool = False
    without_key: Callable[[str], BaseModel] | None = None

    def listed(self) -> dict[str, Any]:
        """As tools/list shows it."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": _input_schema(self.arguments),
            "outputSchema": _plain(self.result.model_json_schema(mode="serialization")),
            "annotations": {
                "title": self.title,
                "readOnlyHint": self.hints.read_only,
                "destructiveHint": self.hints.destructive,
                "idempotentHint": self.hints.idempotent,
                "openWorldHint": self.hints.open_world,
            },
        }


def _input_schema(arguments: type[Arguments]) -> dict[str, Any]:
    """What may be left out is left out: some clients do not know null as a type."""
    schema = _plain(arguments.model_json_schema())
    return {**schema, "properties": {name: _given(member) for name, member in schema.get("properties", {}).items()}}


def _given(member: dict[str, Any]) -> dict[str, Any]:
    kinds = [kind for kind in member.get("anyOf", []) if kind != {"type": "null"}]
    kept = {name: value for name, value in member.items() if name != "anyOf" and (name, value) != ("default", None)}
    return {**kept, **(kinds[0] if len(kinds) == 1 else {})}


def _plain(schema: Any) -> Any:
    """Without titles, and without the notes that our own code keeps about whole models."""
    if isinstance(schema, list):
        return [_plain(member) for member in schema]
    if not isinstance(schema, dict):
        return schema
    unwanted = {"title", "description"} if schema.get("type") == "object" else {"title"}
    return {
        name: {inner: _plain(member) for inner, member in value.items()}
        if name in ("properties", "$defs")
        else _plain(value)
        for name, value in schema.items()
        if name not in unwanted
    }
