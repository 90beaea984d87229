"""Conditions in Django's manner: `Q(name__icontains="sport", id__in=[1, 2])`. Pure."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any, TypeAlias

from iptvvtab.client.expressions import Expression, F
from iptvvtab.errors import UsageError, did_you_mean

Lookup: TypeAlias = Callable[[Expression, Any], Expression]


def _range(field: Expression, ends: Any) -> Expression:
    low, high = ends
    return field.between(low, high)


LOOKUPS: dict[str, Lookup] = {
    "exact": lambda field, value: field == value,
    "iexact": lambda field, text: field.ilike(escaped(text)),
    "contains": lambda field, text: field.like(f"%{escaped(text)}%"),
    "icontains": lambda field, text: field.ilike(f"%{escaped(text)}%"),
    "startswith": lambda field, text: field.like(f"{escaped(text)}%"),
    "istartswith": lambda field, text: field.ilike(f"{escaped(text)}%"),
    "endswith": lambda field, text: field.like(f"%{escaped(text)}"),
    "iendswith": lambda field, text: field.ilike(f"%{escaped(text)}"),
    "like": Expression.like,
    "ilike": Expression.ilike,
    "gt": lambda field, value: field > value,
    "gte": lambda field, value: field >= value,
    "lt": lambda field, value: field < value,
    "lte": lambda field, value: field <= value,
    "in": lambda field, values: field.in_(values),
    "range": _range,
    "isnull": lambda field, yes: field.is_null(yes),
    "is": lambda field, value: field.is_(value),
}
"""What may follow `__`, and what it makes of a column and a value."""


def Q(*conditions: Expression, **lookups: Any) -> Expression:  # noqa: N802 -- Django's name for it
    """Return the conjunction of conditions: `column=value`, `column__lookup=value`. Of nothing it is TRUE.

    Raises UsageError for a lookup that there is not.
    """
    every = [*conditions, *(_looked_up(name, value) for name, value in lookups.items())]
    return reduce(Expression.__and__, every) if every else Expression("TRUE")


def escaped(text: str) -> str:
    """Return a text as a pattern of LIKE that is that text alone."""
    if not isinstance(text, str):
        raise UsageError(f"a pattern is made of a text, not of {type(text).__name__}")
    return "".join(f"\\{one}" if one in "\\%_" else one for one in text)


def _looked_up(name: str, value: Any) -> Expression:
    column, separator, lookup = name.rpartition("__")
    if not separator:
        return LOOKUPS["exact"](F(name), value)
    if lookup not in LOOKUPS:
        raise UsageError(f"there is no lookup {lookup!r} in {name}{did_you_mean(lookup, LOOKUPS)}")
    return LOOKUPS[lookup](F(column), value)
