"""Metrics as log lines (CloudWatch's embedded metric format): no call, no latency, and the price of a line."""

from __future__ import annotations

from collections.abc import Iterable

from roost.domain.vital_signs import IN_SECONDS, Reading

NAMESPACE = "Roost"
MOST_VALUES = 99
"""A line takes 100 of one metric (CloudWatch's specification of the format); Powertools prints at 100 by itself."""


def emit(readings: Iterable[Reading]) -> None:
    """One line for all of them, none for none. Values of one sign stay apart, so that percentiles are true."""
    listed = list(readings)
    for start in range(0, len(listed), MOST_VALUES):
        _emit_line(listed[start : start + MOST_VALUES])


def _emit_line(readings: list[Reading]) -> None:
    # Imported here: most functions have no metrics of their own.
    from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

    line = EphemeralMetrics(namespace=NAMESPACE)
    for reading in readings:
        unit = MetricUnit.Seconds if reading.sign in IN_SECONDS else MetricUnit.Count
        line.add_metric(name=reading.sign, unit=unit, value=reading.value)
    line.flush_metrics()
