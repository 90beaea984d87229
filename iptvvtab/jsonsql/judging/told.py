"""Which rows of FROM an order tells apart: by keys, and by what joins say of other keys. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from iptvvtab.jsonsql.judging.scopes import Place
from iptvvtab.types import ColumnType

_Name = tuple[str, str]
"""What our tree calls a source, and a column of it."""

_SURELY_EQUAL = (ColumnType.INTEGER, ColumnType.BOOLEAN, ColumnType.DATE, ColumnType.DATETIME)
"""Types of which a value that is equal to another is the same: texts are not, where a portal folds letters."""


def tells_apart(places: Sequence[Place], tree: exp.Select, keys: Sequence[exp.Expr]) -> bool:
    """Return whether no two rows of these sources, joined as the tree says, agree in all keys.

    A row of a source is known by its key, if that is one integer or what it is grouped by. Known columns make known
    what they are equal to; behind a left join only those of its own source, which may be missing.
    """
    known = {_named(one) for one in keys if isinstance(one, exp.Column)}
    exact = {(place.alias, one.label) for place in places for one in place.fields if one.type in _SURELY_EQUAL}
    equal = [
        (left, right) for left, right in _equal(places, tree) if right in exact and (left is None or left in exact)
    ]
    unknown = list(places)
    for _ in range(len(places) + len(equal) + 1):  # each round makes something known, or is the last
        before = len(known), len(unknown)
        known |= {right for left, right in equal if left is None or left in known}
        for place in [one for one in unknown if _is_known(one, known)]:
            unknown.remove(place)
            known |= {(place.alias, one.label) for one in place.fields}
        if (len(known), len(unknown)) == before:
            break
    return not unknown


def _is_known(place: Place, known: set[_Name]) -> bool:
    keys = [one for one in place.fields if one.label in place.key]
    is_key = place.is_grouped or (len(keys) == 1 and keys[0].type is ColumnType.INTEGER)
    return bool(keys) and is_key and all((place.alias, one.label) in known for one in keys)


def _equal(places: Sequence[Place], tree: exp.Select) -> Iterator[tuple[_Name | None, _Name]]:
    """Yield what is known if something else is, or in any case: None."""
    where = tree.args.get("where")
    yield from _both_ways(where.this if where else None)
    for join, place in zip(tree.args.get("joins") or (), places[1:], strict=True):
        pairs = _both_ways(join.args.get("on"))
        yield from (pair for pair in pairs if join.side != "LEFT" or pair[1][0] == place.alias)


def _both_ways(condition: exp.Expr | None) -> Iterator[tuple[_Name | None, _Name]]:
    if condition is None:
        return
    for one in condition.flatten() if isinstance(condition, exp.And) else [condition]:
        if not isinstance(one, exp.EQ):
            continue
        for left, right in ((one.this, one.expression), (one.expression, one.this)):
            if isinstance(right, exp.Column) and isinstance(left, exp.Column | exp.Literal):
                yield (_named(left) if isinstance(left, exp.Column) else None), _named(right)


def _named(column: exp.Column) -> _Name:
    return column.table, column.name
