"""JSONSQL that lets a portal say in a few numbers what its rows are: hashes of rows, and sums of them by groups.

None of it has evidence (jsonsql.md): a portal is asked first (iptvvtab/portal/digests.py), with these very forms.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from iptvvtab.jsonsql.build import ALIAS, EVERY_COLUMN, column, is_null
from iptvvtab.types import Json

HashFunction: TypeAlias = Literal["hashtext", "md5"]
Grouping: TypeAlias = Literal["derived", "direct"]
"""How groups by an expression are asked for: as a column of a select within (`derived`), or as they are."""

_BETWEEN = "|"
"""Stands between columns; no number, flag or moment has it in its text, and of a text there is but its hash."""

_INNER = "q"
_COUNT: Json = {"function": "count", "args": [EVERY_COLUMN]}


def row_hash(function: HashFunction, plain: Sequence[str], texts: Sequence[str]) -> Json:
    """Return the hash of some columns of a row.

    `plain`: columns of which NULL alone is printed as nothing (numbers, flags, moments); of `texts` any may be. Each of
    those is hashed for itself, with a mark for NULL, so that no text flows into the next one.
    """
    parts: list[Json] = [column(name) for name in plain]
    parts += [_hash(function, [is_null(name), column(name)]) for name in texts]
    joined = [piece for part in parts for piece in (part, _BETWEEN)]
    return _hash(function, joined[:-1] if len(joined) > 1 else joined)


def _hash(function: HashFunction, pieces: Sequence[Json]) -> Json:
    return {"function": function, "args": [{"concat": list(pieces)}]}


def quotient(name: str, divisor: int) -> Json:
    """Return an integer column divided by a number: cut off towards zero, as PostgreSQL and SQLite do."""
    return {"div": [column(name), divisor]}


def cut(number: int, divisor: int) -> int:
    """Return what `quotient` is for a value."""
    return number // divisor if number >= 0 else -(-number // divisor)


def total(expression: Json, function: Literal["sum", "max", "min"] = "sum") -> Json:
    """Return an aggregate of an expression."""
    return {"function": function, "args": [expression]}


def totals(table: str, aggregates: Sequence[Json], where: Json | None = None) -> dict[str, Json]:
    """Return the parameters of a `select` of one row: how many rows there are, and these aggregates of them."""
    return _with(where, {"data": [_COUNT, *aggregates], "from": [_table(table)]})


def groups(
    grouping: Grouping, table: str, group: Json, value: Json, where: Json | None = None, limit: int | None = None
) -> dict[str, Json]:
    """Return the parameters of a `select` of (group, rows in it, sum of the values), by group, upward."""
    if grouping == "direct":
        document = _with(where, {"data": [group, _COUNT, total(value)], "from": [_table(table)]})
        return {**document, "group_by": [group], "order_by": [group], **_limited(limit)}
    inner = _with(where, {"data": [{**group, "as": "b"}, {**value, "as": "h"}], "from": [_table(table)]})
    bucket, hashed = {_INNER: "b"}, {_INNER: "h"}
    return {
        "data": [bucket, _COUNT, total(hashed)],
        "from": [{"select": inner, "as": _INNER}],
        "group_by": [bucket],
        "order_by": [bucket],
        **_limited(limit),
    }


def _table(name: str) -> Json:
    return {"table": name, "as": ALIAS}


def _with(where: Json | None, document: dict[str, Json]) -> dict[str, Json]:
    return document if where is None else {**document, "where": where}


def _limited(limit: int | None) -> dict[str, Json]:
    return {} if limit is None else {"limit": limit}
