"""The answer to a whole statement: rows as JSON said them, as SQLite would have answered them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from iptvvtab.errors import UnprovenAnswer, WrongWidth
from iptvvtab.jsonsql import Answered, Answering, Made, Sorting
from iptvvtab.remote.canonical import INT64_MAX, INT64_MIN, convert, converted
from iptvvtab.types import ColumnType, Json, Value

_WITH_DOUBLES = (ColumnType.FLOAT, ColumnType.UNKNOWN)
_DOUBLES = 2**53
"""Up to here a double tells whole numbers apart."""


def answer(portal: str, answering: Answering, rows: Sequence[Sequence[Json]]) -> list[list[Value]]:
    """Return the rows of a statement: decoded by its columns, sorted and cut as it says.

    Raises WrongWidth for a row of another width, UnprovenAnswer where the portal's values do not prove SQLite's: then
    the statement is to be asked otherwise.
    """
    wrong = set(map(len, rows)) - {answering.width}
    if wrong:
        raise WrongWidth(portal, "", answering.width, min(wrong))
    columns = [_decoded(one, rows) for one in answering.columns]
    found = list(map(list, zip(*columns, strict=True)))
    if answering.order:
        places = _order(answering.order, rows)
        found = [found[at] for at in places]
    end = None if answering.kept is None else answering.skipped + answering.kept
    return found[answering.skipped : end]


def _order(order: Sequence[Sorting], rows: Sequence[Sequence[Json]]) -> list[int]:
    places = list(range(len(rows)))
    for sorting in reversed(order):
        values = _decoded(sorting.column, rows)
        keys = [_key(one, nulls_first=sorting.nulls_first is not sorting.is_down) for one in values]
        places.sort(key=keys.__getitem__, reverse=sorting.is_down)
    return places


def _key(value: Value, *, nulls_first: bool) -> tuple[int, Any]:
    """Return what SQLite sorts by: NULL, numbers, texts by their bytes."""
    if value is None:
        return (0 if nulls_first else 3), 0
    return (2, value) if isinstance(value, str) else (1, value)


def _decoded(column: Answered, rows: Sequence[Sequence[Json]]) -> Sequence[Value]:
    if column.made is not Made.VALUE:
        return [_summed(column, [row[place] for place in column.places]) for row in rows]
    values = list(map(itemgetter(column.places[0]), rows))
    try:
        found = converted(column.type, values)
    except (ValueError, OverflowError):
        raise UnprovenAnswer(column.name, f"it holds no {column.type}") from None
    if column.type not in _WITH_DOUBLES:
        return found
    return [one + 0.0 if isinstance(one, float) else one for one in found]  # SQLite stores no -0.0


def _summed(column: Answered, parts: Sequence[Json]) -> Value:
    """Return a sum, a total or a mean as SQLite makes it of integers, if no order of them can overflow on the way."""
    total, count, least, greatest = (_whole(column, one) for one in parts)
    if not count:
        return 0.0 if column.made is Made.TOTAL else None
    if total is None or least is None or greatest is None:
        raise UnprovenAnswer(column.name, "the portal adds up nothing where there are values")
    if count * max(greatest, 0) > INT64_MAX or count * min(least, 0) < INT64_MIN:
        raise UnprovenAnswer(column.name, "it may overflow, which SQLite sees row by row")
    if column.made is Made.SUM:
        return total
    return float(total) if column.made is Made.TOTAL else float(total) / float(count)


def _whole(column: Answered, value: Json) -> int | None:
    """Return a whole number that may be larger than 64 bits; a double only while it is sure which one it is."""
    if isinstance(value, float) and abs(value) > _DOUBLES:
        raise UnprovenAnswer(column.name, "it comes as a double, which has not all digits")
    try:
        found = int(value) if isinstance(value, str | int) else convert(ColumnType.INTEGER, value)
    except ValueError:
        raise UnprovenAnswer(column.name, "it holds no integer") from None
    assert found is None or isinstance(found, int)
    return found
