"""An event source mapping on a table's stream, as its poller needs it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dev.cloud.event_filter import Pattern, matches, parse_pattern
from dev.cloud.template_yaml import TemplateError

UNLIMITED = -1
DEFAULT_BATCH_SIZE = 100
HONOURED = frozenset(
    {
        "BatchSize",
        "BisectBatchOnFunctionError",
        "DestinationConfig",
        "Enabled",
        "EventSourceArn",
        "FilterCriteria",
        "FunctionName",
        "FunctionResponseTypes",
        "MaximumBatchingWindowInSeconds",
        "MaximumRecordAgeInSeconds",
        "MaximumRetryAttempts",
        "StartingPosition",
        "Tags",
    }
)


@dataclass(frozen=True)
class StreamMapping:
    """Whose records go where, and what happens when the function fails. Times in seconds."""

    name: str
    table: str
    function: str
    patterns: tuple[Pattern, ...] = ()
    batch_size: int = DEFAULT_BATCH_SIZE
    window: int = 0
    reports_items: bool = False
    bisects: bool = False
    retries: int = UNLIMITED
    record_age: int = UNLIMITED
    failure_queue: str | None = None
    """URL of the on-failure queue."""

    def wants(self, record: Mapping[str, Any]) -> bool:
        """True when a filter matches, or there is none."""
        return not self.patterns or any(matches(pattern, record) for pattern in self.patterns)


def stream_mapping(name: str, properties: Mapping[str, Any], ids: Mapping[str, str]) -> StreamMapping | None:
    """Mapping of a resource's properties; None when it is disabled.

    `ids` gives the physical id of a logical one. Raises TemplateError for settings that no poller honours,
    so that nobody relies on them.
    """
    if properties.get("Enabled", True) is False:
        return None
    unknown = set(properties) - HONOURED
    if properties.get("ParallelizationFactor", 1) == 1:
        unknown.discard("ParallelizationFactor")
    if unknown:
        raise TemplateError(f"{name}: the local cloud does not honour {', '.join(sorted(unknown))}; remove it")
    queue = properties.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
    filters = properties.get("FilterCriteria", {}).get("Filters", [])
    return StreamMapping(
        name=name,
        table=_physical(name, properties["EventSourceArn"], ids),
        function=_physical(name, properties["FunctionName"], ids),
        patterns=tuple(parse_pattern(entry["Pattern"]) for entry in filters),
        batch_size=_number(name, properties, "BatchSize", DEFAULT_BATCH_SIZE),
        window=_number(name, properties, "MaximumBatchingWindowInSeconds", 0),
        reports_items="ReportBatchItemFailures" in properties.get("FunctionResponseTypes", []),
        bisects=properties.get("BisectBatchOnFunctionError", False) is True,
        retries=_number(name, properties, "MaximumRetryAttempts", UNLIMITED),
        record_age=_number(name, properties, "MaximumRecordAgeInSeconds", UNLIMITED),
        failure_queue=_physical(name, queue, ids) if queue else None,
    )


def _physical(mapping: str, reference: Any, ids: Mapping[str, str]) -> str:
    target = reference.get("Ref") or reference.get("Fn::GetAtt", [None])[0] if isinstance(reference, dict) else None
    if not isinstance(target, str) or target not in ids:
        raise TemplateError(f"{mapping}: {reference!r} must be a Ref or GetAtt of a resource of this template")
    return ids[target]


def _number(mapping: str, properties: Mapping[str, Any], key: str, default: int) -> int:
    value = properties.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise TemplateError(f"{mapping}: {key} must be a number in the template, not {value!r}")
    return value
