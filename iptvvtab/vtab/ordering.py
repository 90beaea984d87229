"""Whether the rows can come in the order that SQLite would like. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from iptvvtab.remote import Order
from iptvvtab.schema import Column, Table
from iptvvtab.types import ColumnType
from iptvvtab.vtab.contract import KEY_ORDER, NULL_ORDER, ORDER, Comparison, Verdict
from iptvvtab.vtab.offer import Choice, Considered, Offer, Ordering, Outlook, resolved

_ORDERED_ALIKE = (ColumnType.INTEGER, ColumnType.BOOLEAN, ColumnType.DATETIME, ColumnType.DATE)
_KEEPING_NULL = (Comparison.IS, Comparison.IS_NOT, Comparison.IS_NULL)
_EQUALITIES = (Comparison.EQ, Comparison.IS, Comparison.IS_NULL)


@dataclass(frozen=True, slots=True)
class Sorting:
    """How rows come: `is_ordered` as SQLite asked for; `order` is what the portal sorts by, if not by the key."""

    is_ordered: bool
    order: tuple[Order, ...] = ()
    choice: Choice | None = None


def sorting(table: Table, offer: Offer, considered: Sequence[Considered], outlook: Outlook, rows: float) -> Sorting:
    """Return how the rows of a scan can come, so many as expected, given what decides about its constraints."""
    if not offer.order:
        return Sorting(is_ordered=False)
    found = _that_matter(table, offer.order, considered)
    if isinstance(found, str):
        return _not(ORDER, found)
    if _comes_by_key(table, found) and outlook.contract.uses(KEY_ORDER) and not _is_in_parts(table, considered):
        return Sorting(is_ordered=True, choice=Choice(KEY_ORDER, is_taken=True))
    if found and offer.is_grouped:  # all rows are needed: sorted pages follow each other, ranges of keys come together
        return _not(ORDER, "SQLite puts groups together sooner than sorted pages would come")
    sorted_there = _sorted_there(table, found, considered, outlook)
    is_parted = any(one.has_null for one in sorted_there.order)
    if is_parted and not offer.bounds and rows <= outlook.sizes.first:
        return _not(NULL_ORDER, "one page has all rows, which would come on two")
    return sorted_there


def _not(rule: str, reason: str) -> Sorting:
    return Sorting(is_ordered=False, choice=Choice(rule, is_taken=False, reason=reason))


def _that_matter(table: Table, order: Sequence[Ordering], considered: Sequence[Considered]) -> list[Order] | str:
    """Return the columns that still order something, or why there is no order.

    A column that a condition pins to one value orders nothing, nor does what follows the whole key. Only a condition
    that we take ties the scan to its value: SQLite may check any other in an inner loop, where this one ran through
    many.
    """
    pinned = {
        one.column
        for one in considered
        if one.rule.verdict is not Verdict.LOCAL and _is_pinned(table.column(one.column), one.constraint.comparison)
    }
    kept: list[Order] = []
    for one in order:
        place = resolved(table, one.column)
        if place is None:
            return "the rowid is no column of the portal"
        name = table.columns[place].name
        if table.key and {*table.key} <= {before.column for before in kept}:
            break
        if name not in pinned and name not in {before.column for before in kept}:
            kept.append(Order(name, one.is_down))
    return kept


def _is_pinned(column: Column, comparison: Comparison) -> bool:
    return comparison in _EQUALITIES and column.type in _ORDERED_ALIKE


def _comes_by_key(table: Table, order: Sequence[Order]) -> bool:
    """Return whether pages by key bring the rows in this order: upward along a key of integers."""
    if not table.key or any(table.column(name).type is not ColumnType.INTEGER for name in table.key):
        return False
    return not any(one.is_down for one in order) and [one.column for one in order] == [*table.key[: len(order)]]


def _is_in_parts(table: Table, considered: Iterable[Considered]) -> bool:
    """Return whether a long IN list may split the read: parts come in the order of the list, that of its column."""
    lists = [
        one.column
        for one in considered
        if one.constraint.comparison is Comparison.IN and one.rule.verdict is not Verdict.LOCAL
    ]
    return any(column != table.key[0] for column in lists)


def _sorted_there(table: Table, order: Sequence[Order], considered: Sequence[Considered], outlook: Outlook) -> Sorting:
    """Let the portal sort: the columns order alike on both sides, and NULL, which stands at the other end there, is
    kept apart. A schema's `nullable: false` is no proof that there is none; the key and a condition are.
    """
    if not outlook.contract.uses(ORDER):
        return _not(ORDER, "the rule is switched off")
    if not table.key:
        return _not(ORDER, "without a key there are no pages to sort")
    for one in order:
        column = table.column(one.column)
        if column.type not in _ORDERED_ALIKE:
            return _not(ORDER, f"{column.name} is {column.type}, which the portal may order in another way")
        if column.remote_name is None:
            return _not(ORDER, f"only the position of {column.name} is known, not its name")
    filled = [one.column in table.key or _drops_null(one.column, considered) for one in order]
    if not all(filled[1:]):
        name = order[filled.index(False, 1)].column
        return _not(NULL_ORDER, f"{name} may be NULL, which stands at the other end of the portal's order")
    if not all(filled) and not outlook.contract.uses(NULL_ORDER):
        return _not(NULL_ORDER, "the rule is switched off")
    if any(one.is_down for one in order) and outlook.abilities().order_direction not in ("list", "object"):
        return _not(ORDER, "the portal was not seen to sort downward")
    parted = tuple(
        Order(one.column, one.is_down, has_null=not is_filled) for one, is_filled in zip(order, filled, strict=True)
    )
    return Sorting(True, parted, Choice(ORDER if all(filled) else NULL_ORDER, is_taken=True))


def _drops_null(column: str, considered: Iterable[Considered]) -> bool:
    """Return whether a condition, wherever it is checked, drops rows in which a column is NULL."""
    return any(one.column == column and one.constraint.comparison not in _KEEPING_NULL for one in considered)
