"""Which column stands where, when a file of people's overrides one of ours.

Columns are matched by their name on the portal. Positions are the portal's only where `total_fields` says how wide
a row of `["*"]` is; elsewhere, and for columns known by name alone, they are an order. No column of ours is lost
unless `without` names it: `Field_N` stands for what nobody has named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from iptvvtab.errors import did_you_mean
from iptvvtab.schema.entries import Entry
from iptvvtab.schema.written import WrittenColumn

GUESSED = ("Auto-generated field", "Auto-detected field")
UNNAMED = re.compile(r"field_\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Placed:
    """A column as written, at its position, with the name that the portal knows it by (None: by position only)."""

    position: int
    written: WrittenColumn
    remote_name: str | None

    @property
    def name(self) -> str:
        """The name in SQL: alias, else name, else the portal's name, else `Field_N`."""
        written = self.written
        return written.alias or written.name or written.remote_name or f"Field_{self.position}"

    @property
    def names(self) -> set[str]:
        """Every name it goes by, folded."""
        return {name.casefold() for name in (self.name, self.written.name, self.remote_name) if name}


def arrange(ours: Entry | None, theirs: Entry | None) -> list[Placed]:
    """Return a table's columns in order: `theirs` (people's) over `ours` (packaged). Raises SchemaFileError."""
    below = placed(ours.table.fields, known=None) if ours else []
    if theirs is None:
        return below
    known = {name for column in below for name in column.names}
    own = placed(theirs.table.fields, known)
    below = _kept(below, theirs)
    total = theirs.table.total_fields or (ours.table.total_fields if ours else None)
    return _by_order(below, own, theirs) if total is None else _by_position(below, own, total, theirs)


def placed(fields: Mapping[int, WrittenColumn], known: set[str] | None) -> list[Placed]:
    """Settle remote names. `known`: names that have evidence; None: all have."""
    return [
        Placed(position, written, _remote_name(position, written, known))
        for position, written in sorted(fields.items())
    ]


def _remote_name(position: int, written: WrittenColumn, known: set[str] | None) -> str | None:
    """Return what the portal calls a column, or None where the name was only made up.

    The community client's introspection names columns by what their values look like (`url`, `id`, `timestamp_31`)
    and says so in the description; asked for by such a name, the portal would refuse the whole query.
    """
    mapped = (written.remote_mapping or {}).get("remote_column")
    if written.remote_name or mapped:
        return written.remote_name or str(mapped)
    if written.name is None or UNNAMED.fullmatch(written.name):
        return None
    is_guessed = known is not None and written.description in GUESSED and written.name.casefold() not in known
    return None if is_guessed else written.name


def _kept(below: list[Placed], theirs: Entry) -> list[Placed]:
    """Drop the columns that `without` names."""
    known = {name for column in below for name in column.names}
    dropped = {name.casefold() for name in theirs.table.without}
    for place, name in enumerate(theirs.table.without):
        if name.casefold() not in known:
            hint = did_you_mean(name, known)
            raise theirs.refusal(("without", place), f"there is no column {name!r} to leave out{hint}")
    return [column for column in below if not column.names & dropped]


def _by_order(below: list[Placed], own: list[Placed], theirs: Entry) -> list[Placed]:
    """Positions mean nothing but order: ours keep their places, new columns follow."""
    result = list(below)
    new = []
    for column in own:
        place = _place(below, column)
        if place is None and column.remote_name is None:
            place = next((place for place, one in enumerate(below) if one.position == column.position), None)
        if place is None and column.remote_name is None:
            hint = (
                'name it, or add total_fields: how wide a row of ["*"] is '
                f"(`iptvvtab schema introspect {theirs.name}` finds it)"
            )
            raise theirs.refusal(("fields", column.position), "a column without a name is read by its position", hint)
        if place is None:
            new.append(column)
        else:
            result[place] = _over(column, below[place], below[place].position)
    if not below:
        return new
    return [Placed(place, column.written, column.remote_name) for place, column in enumerate([*result, *new])]


def _by_position(below: list[Placed], own: list[Placed], total: int, theirs: Entry) -> list[Placed]:
    """Positions are the portal's: gaps are unnamed, what is known by name alone follows."""
    taken: set[int] = set()
    result: dict[int, Placed] = {}
    for column in own:
        if column.position >= total and column.remote_name is None:
            reason = f"position {column.position} is outside total_fields {total} (0 to {total - 1})"
            raise theirs.refusal(("fields", column.position), reason)
        place = _place(below, column)
        if place is not None:
            taken.add(place)
            column = _over(column, below[place], column.position)
        result[column.position] = column
    for position in range(total):
        result.setdefault(position, Placed(position, WrittenColumn(), None))
    after = max(result) + 1
    left = (column for place, column in enumerate(below) if place not in taken)
    for position, column in enumerate(left, start=after):
        result[position] = Placed(position, column.written, column.remote_name)
    return [result[position] for position in sorted(result)]


def _place(below: list[Placed], column: Placed) -> int | None:
    """Find the column of ours that an entry speaks of: by what the portal calls it, else by what people do."""
    for wanted in (column.remote_name, column.name):
        for place, one in enumerate(below):
            if wanted is not None and wanted.casefold() in one.names:
                return place
    return None


def _over(column: Placed, below: Placed, position: int) -> Placed:
    return Placed(position, column.written.over(below.written), column.remote_name or below.remote_name)


def unique_names(columns: Iterable[Placed]) -> dict[int, str]:
    """Return the SQL name by position; a made-up name that another column has gets its position as a suffix."""
    names: dict[int, str] = {}
    ordered = sorted(columns, key=lambda column: (column.remote_name is None, column.position))
    seen: set[str] = set()
    for column in ordered:
        name = column.name
        if name.casefold() in seen and column.remote_name is None and column.written.description in GUESSED:
            name = f"{name}_{column.position}"
        seen.add(name.casefold())
        names[column.position] = name
    return names
