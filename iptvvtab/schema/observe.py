"""What a look at a portal tells about a table: types from values, positions from rows read twice.

A portal has no catalog to ask: `["*"]` answers rows without names, and a named read answers columns without
positions. The same rows read both ways tell which name stands where.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from iptvvtab.schema.forms import are_intervals, is_inet, is_macaddr, is_uuid
from iptvvtab.types import ColumnType, Json

_DATE = r"\d{4,6}-\d\d-\d\d"
_TIME = r"\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?"
_IS_DATE = re.compile(rf"{_DATE}|-?infinity")
_IS_DATETIME = re.compile(rf"{_DATE}[ T]{_TIME}|{_IS_DATE.pattern}")
_IS_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Observation:
    """A limited look at one table of a portal.

    `rows`: some rows of `["*"]`, each `width` values; `named`: the same rows in the same order, read by the portal's
    column names; `absent`: names that the portal says it does not have. None: not known.
    """

    table: str
    width: int | None = None
    rows: Sequence[Sequence[Json]] = ()
    named: Mapping[str, Sequence[Json]] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    row_count: int | None = None
    min_id: int | None = None
    max_id: int | None = None

    def values(self, position: int) -> list[Json]:
        """Return what stands at a position in every row."""
        return [row[position] for row in self.rows]


@dataclass(frozen=True, slots=True)
class Inferred:
    """What values tell of their column. `has_null`: whether NULL was among them; `seen`: how many were not NULL."""

    type: ColumnType
    has_null: bool
    seen: int


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the named columns stand. `candidates`: several positions fit; `nowhere`: none fits."""

    positions: Mapping[str, int]
    candidates: Mapping[str, tuple[int, ...]]
    nowhere: tuple[str, ...]


def infer_column(values: Iterable[Json]) -> Inferred:
    """Return the narrowest type that all values have; `unknown` without any value, or when they have none in common."""
    held = list(values)
    given = [value for value in held if value is not None]
    fitting = (kind for kind in _NARROWEST_FIRST if _is_evident(kind, given))
    kind = next(fitting, ColumnType.UNKNOWN) if given else ColumnType.UNKNOWN
    return Inferred(kind, len(given) < len(held), len(given))


def _is_evident(kind: ColumnType, given: Sequence[Json]) -> bool:
    """Tell whether values are of a type. That an interval can be any text is no evidence: how it is written is set."""
    return all(fits(kind, value) for value in given) and (kind is not ColumnType.INTERVAL or are_intervals(given))


def fits(kind: ColumnType, value: Json) -> bool:
    """Tell whether a value, as JSON has it, can belong to a column of a type. NULL fits every type."""
    return value is None or _FITS[kind](value)


def _is_integer(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_float(value: Json) -> bool:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number or (isinstance(value, str) and _IS_NUMBER.fullmatch(value) is not None)


def _is_text(value: Json) -> bool:
    return isinstance(value, str)


_FITS: Mapping[ColumnType, Callable[[Json], bool]] = {
    ColumnType.BOOLEAN: lambda value: isinstance(value, bool),
    ColumnType.INTEGER: _is_integer,
    ColumnType.FLOAT: _is_float,
    ColumnType.DATE: lambda value: isinstance(value, str) and _IS_DATE.fullmatch(value) is not None,
    ColumnType.DATETIME: lambda value: isinstance(value, str) and _IS_DATETIME.fullmatch(value) is not None,
    ColumnType.UUID: lambda value: isinstance(value, str) and is_uuid(value),
    ColumnType.MACADDR: lambda value: isinstance(value, str) and is_macaddr(value),
    ColumnType.INET: lambda value: isinstance(value, str) and is_inet(value),
    ColumnType.INTERVAL: _is_text,
    ColumnType.STRING: _is_text,
    ColumnType.JSON: lambda value: isinstance(value, (list, dict)),
    ColumnType.UNKNOWN: lambda value: True,
}

_NARROWEST_FIRST = (
    ColumnType.BOOLEAN,
    ColumnType.INTEGER,
    ColumnType.DATE,
    ColumnType.DATETIME,
    ColumnType.UUID,
    ColumnType.MACADDR,
    ColumnType.INET,
    ColumnType.INTERVAL,
    ColumnType.STRING,
    ColumnType.FLOAT,
    ColumnType.JSON,
)
"""STRING before FLOAT: digits in a text are a text (phone numbers, logins); numbers are never texts.

MACADDR before INET: eight pairs of digits could be either, but are no IPv6 address that somebody has.
"""


def place_columns(observed: Observation) -> Placement:
    """Find the position of each named column: the only one that holds the same values in every row.

    Two columns never share a position, so a column that is found is struck from the others' candidates.
    """
    columns: dict[tuple[str, ...], set[int]] = {}
    for position in range(observed.width or 0):
        columns.setdefault(_fingerprint(observed.values(position)), set()).add(position)
    left = {
        name: set(columns.get(_fingerprint(values), ())) for name, values in observed.named.items() if observed.rows
    }
    found: dict[str, int] = {}
    while settled := {name: min(places) for name, places in left.items() if len(places) == 1}:
        found |= settled
        taken = set(settled.values())
        left = {name: places - taken for name, places in left.items() if name not in settled}
    candidates = {name: tuple(sorted(places)) for name, places in left.items() if places}
    return Placement(found, candidates, tuple(name for name, places in left.items() if not places))


def _fingerprint(values: Sequence[Json]) -> tuple[str, ...]:
    """Values so that true is not 1 and 1 is not 1.0."""
    return tuple(json.dumps(value, sort_keys=True) for value in values)
