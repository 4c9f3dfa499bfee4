"""Values of parameters with the types that the service wants to be told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from backcourt.catalog.parameters import parameter_type
from backcourt.errors import QueryError
from backcourt.warehouse.base import Parameters

_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "BOOL"),
    (int, "INT64"),
    (float, "FLOAT64"),
    (datetime, "TIMESTAMP"),
    (date, "DATE"),
)
"""Type of a value; the first that fits, because a bool is an int and a datetime a date."""


def bound(name: str, values: Parameters, sql: str) -> Any:  # noqa: ANN401
    """A parameter of the client.

    Raises:
        QueryError: If it has no value.
    """
    from google.cloud import bigquery

    if name not in values:
        raise QueryError(f"no value for parameter @{name}", valid=sorted(values), next_step=sql[:80])
    value = values[name]
    kind = type_of_value(name, value)
    inner = kind.removeprefix("ARRAY<").removesuffix(">")
    if inner != kind:
        return bigquery.ArrayQueryParameter(name, inner, list(value) if isinstance(value, Sequence) else [])
    return bigquery.ScalarQueryParameter(name, kind, value)  # type: ignore[arg-type]


def type_of_value(name: str, value: object) -> str:
    """The BigQuery type of a value; of NULL, of an empty list and of a whole number the name decides."""
    declared = parameter_type(name)
    if value is None:
        return declared or "STRING"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"ARRAY<{_kind(value[0])}>" if value else declared or "ARRAY<STRING>"
    kind = _kind(value)
    return "FLOAT64" if (kind, declared) == ("INT64", "FLOAT64") else kind


def _kind(value: object) -> str:
    return next((kind for type_, kind in _KINDS if isinstance(value, type_)), "STRING")
