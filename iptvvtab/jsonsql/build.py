"""JSONSQL documents from parts: the forms that the engine sends, each with evidence (jsonsql.md).

Two traps of the language decide their shape. A bare string that names a column *is* that column, and a column that
does not exist becomes a text. So every column is qualified by an alias, and a text that could be taken for a name
travels only inside `values`, which holds data by nature [V].
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Literal, TypeAlias

from iptvvtab.types import Json

ALIAS = "t"
"""The alias of the one table in a document of the engine."""

EVERY_COLUMN = "*"

Direction: TypeAlias = Literal["list", "object"]
"""How a portal writes a downward sort; nobody has said (jsonsql.md), so it is probed."""

_COULD_BE_A_NAME = re.compile(r"[^\W\d]\w*(\.\w+)*", re.UNICODE)


def could_be_a_name(text: str) -> bool:
    """Return whether a portal might take this text for a column instead of a value."""
    return _COULD_BE_A_NAME.fullmatch(text) is not None


def column(name: str) -> Json:
    """Return a qualified column: never a literal, and an error if it does not exist."""
    return {ALIAS: name}


def compare(operator: str, name: str, value: Json) -> Json:
    """Return `{operator: [column, value]}`; `value` must not be a text that could be taken for a name."""
    return {operator: [column(name), value]}


def is_null(name: str) -> Json:
    """Return the test for NULL [V]."""
    return {"is": [column(name), None]}


def is_not_null(name: str) -> Json:
    """Return the test for anything but NULL [V]."""
    return {"is_not": [column(name), None]}


def member(name: str, values: Iterable[Json]) -> Json:
    """Return `column IN (values)`: flat [V O], or through `values` [V] when a text could be taken for a name."""
    values = list(values)
    padded = [one for one in values if isinstance(one, str) and one.endswith(" ")]
    if padded and len(padded) < len(values):  # `values` are texts, which equal no char(n) that ends in blanks
        return some([member(name, padded), member(name, [one for one in values if one not in padded])])
    if any(isinstance(one, str) and could_be_a_name(one) for one in values):
        return {"in": [column(name), {"values": [[one] for one in values]}]}
    return {"in": [column(name), *values]}


def every(conditions: Sequence[Json]) -> Json | None:
    """Return the conjunction of conditions; None when there are none."""
    if len(conditions) <= 1:
        return conditions[0] if conditions else None
    return {"and": list(conditions)}


def some(conditions: Sequence[Json]) -> Json:
    """Return the disjunction of at least one condition."""
    return conditions[0] if len(conditions) == 1 else {"or": list(conditions)}


def after(key: Sequence[str], last: Sequence[Json], downward: Collection[str] = (), *, inclusive: bool = False) -> Json:
    """Return `key > last`, also for several columns: `a >= x AND (a > x OR b > y)`, which an index can serve.

    Columns that are sorted `downward` continue below; `inclusive` is `key >= last`. The flat form,
    `a > x OR (a = x AND b > y)`, was measured 300 times slower on PostgreSQL (mirror.md).
    """
    first, *rest = key
    value, *values = last
    beyond, from_there = ("lt", "lte") if first in downward else ("gt", "gte")
    if not rest:
        return compare(from_there if inclusive else beyond, first, value)
    further = {"or": [compare(beyond, first, value), after(rest, values, downward, inclusive=inclusive)]}
    return {"and": [compare(from_there, first, value), further]}


def downward(name: str, form: Direction) -> Json:
    """Return a column of `order_by` that is sorted downward, in the form that the portal was seen to understand."""
    return [column(name), "DESC"] if form == "list" else {"desc": column(name)}


def count(table: str, where: Json | None = None) -> dict[str, Json]:
    """Return the parameters of a `select` that counts the rows of one table [C]."""
    document: dict[str, Json] = {
        "data": [{"function": "count", "args": [EVERY_COLUMN]}],
        "from": [{"table": table, "as": ALIAS}],
    }
    return document if where is None else {**document, "where": where}


def select(
    table: str,
    columns: Sequence[Json],
    *,
    where: Json | None = None,
    order_by: Sequence[Json] = (),
    limit: int | None = None,
    offset: int | None = None,
) -> dict[str, Json]:
    """Return the parameters of a `select` of one table, aliased and qualified; `columns` may be `["*"]`.

    What is no name in `columns` and `order_by` is an expression.
    """
    data = [EVERY_COLUMN] if list(columns) == [EVERY_COLUMN] else [_named(one) for one in columns]
    document: dict[str, Json] = {"data": data, "from": [{"table": table, "as": ALIAS}]}
    if where is not None:
        document["where"] = where
    if order_by:
        document["order_by"] = [_named(one) for one in order_by]
    if limit is not None:
        document["limit"] = limit
    if offset is not None:
        document["offset"] = offset
    return document


def _named(one: Json) -> Json:
    return column(one) if isinstance(one, str) else one
