"""The plan of a scan: which constraints travel, which columns are read, what it costs. Pure.

SQLite knows neither bound values nor join keys when it plans, so a plan says only what will be looked at, and must be
right for every value that may come: Filter judges again (contract/).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from iptvvtab.remote import Order
from iptvvtab.schema import Table
from iptvvtab.types import ColumnType
from iptvvtab.vtab.contract import COUNT, DISTINCT, LIMIT, LOOKAHEAD, Comparison, Verdict
from iptvvtab.vtab.estimate import enough, estimates
from iptvvtab.vtab.offer import LAST_NAMED, Bound, Choice, Considered, Constraint, Offer, Outlook, resolved
from iptvvtab.vtab.ordering import Sorting, sorting

_EQUALITIES = (Comparison.EQ, Comparison.IS)
_written = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
_ONE_WAY_TO_WRITE = (ColumnType.INTEGER, ColumnType.BOOLEAN)

_TOLD_APART = frozenset(ColumnType) - {ColumnType.JSON, ColumnType.INTERVAL, ColumnType.UNKNOWN}
"""Types of which the portal takes no two values for equal that differ here."""


@dataclass(frozen=True, slots=True)
class Use:
    """A constraint whose value Filter will get, in this order."""

    number: int
    column: str
    comparison: Comparison
    collation: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """What Filter knows of a plan: `uses`, then `bounds`, in the order of its arguments; `columns` to read, by name.

    `order`: what the portal sorts by, if not by the key. `is_counted`: how many rows there are is enough, for SQLite
    looks at nothing but columns whose one value is known. `distinct`: columns whose different values are enough.
    """

    table: str
    uses: tuple[Use, ...]
    bounds: tuple[Bound, ...]
    columns: tuple[str, ...]
    order: tuple[Order, ...] = ()
    is_counted: bool = False
    distinct: tuple[str, ...] = ()

    @property
    def is_narrow(self) -> bool:
        """Whether fewer rows will do than meet the conditions."""
        return self.is_counted or bool(self.distinct)

    def to_text(self) -> str:
        """Return the recipe as text for idxStr; EXPLAIN QUERY PLAN shows it."""
        said: dict[str, object] = {"table": self.table, "columns": self.columns}
        if self.uses:
            said["where"] = [[use.number, use.column, use.comparison.value, use.collation] for use in self.uses]
        if self.order:
            said["order"] = [[one.column, one.is_down, one.has_null] for one in self.order]
        if self.bounds:
            said["limit"] = [[bound.number, bound.is_offset] for bound in self.bounds]
        if self.is_counted:
            said["count"] = True
        if self.distinct:
            said["distinct"] = self.distinct
        return _written(said)


@lru_cache(maxsize=1024)
def from_text(text: str) -> Recipe:
    """Return the recipe that travelled through SQLite."""
    said = json.loads(text)
    return Recipe(
        said["table"],
        tuple(
            Use(number, column, Comparison(word), collation)
            for number, column, word, collation in said.get("where", ())
        ),
        tuple(Bound(number, is_offset) for number, is_offset in said.get("limit", ())),
        tuple(said["columns"]),
        tuple(Order(column, is_down, has_null) for column, is_down, has_null in said.get("order", ())),
        "count" in said,
        tuple(said.get("distinct", ())),
    )


@dataclass(frozen=True, slots=True)
class Plan:
    """A recipe, what it is estimated to take, and why it is not better: what `explain` tells.

    `cost`: in milliseconds; what SQLite compares plans by.
    """

    recipe: Recipe
    requests: float
    rows: float
    cost: float
    is_ordered: bool
    considered: tuple[Considered, ...] = ()
    choices: tuple[Choice, ...] = ()


def plan(table: Table, offer: Offer, outlook: Outlook) -> Plan:
    """Return the plan for what SQLite offers.

    LIMIT and OFFSET are taken as a hint at the size of the first page, when nothing is sorted after us; no row is cut
    by them. SQLite accepts a plan with them only if it also takes every other constraint (vtab-facts 2).
    """
    considered = _considered(table, offer.constraints, outlook)
    pushed = [one for one in considered if one.rule.verdict is not Verdict.LOCAL]
    expected = estimates(table, outlook)
    rows = expected.rows(pushed)
    sorted_how = sorting(table, offer, considered, outlook, rows)
    limit = _limit(table, offer, sorted_how, outlook)
    count = _count(table, offer, pushed, outlook) if rows > 1 else None
    distinct = _distinct(table, offer, outlook) if rows > 1 else None
    used = [table.columns[place].name for place in sorted(offer.used) if place < LAST_NAMED]
    recipe = Recipe(
        table.name,
        tuple(_use(one) for one in pushed),
        offer.bounds if limit is not None and limit.is_taken else (),
        _columns(table, offer.used, sorted_how.order),
        sorted_how.order,
        count is not None and count.is_taken,
        tuple(used) if distinct is not None and distinct.is_taken else (),
    )
    choices = (sorted_how.choice, limit, count, distinct)
    if len(considered) == len(offer.constraints):
        rows = min(rows, enough(recipe.bounds, considered))
    # How many different rows there are, nobody knows: perhaps as many as there are rows.
    requests = 1.0 if recipe.is_counted else expected.requests(rows, pushed, len(recipe.columns))
    is_lookup = outlook.contract.uses(LOOKAHEAD) and any(map(_is_key, pushed))
    return Plan(
        recipe,
        requests,
        rows,
        expected.lookup(rows) if is_lookup else expected.cost(requests, rows),
        sorted_how.is_ordered,
        tuple(considered),
        tuple(choice for choice in choices if choice is not None),
    )


def _considered(table: Table, constraints: Iterable[Constraint], outlook: Outlook) -> list[Considered]:
    found = []
    for constraint in constraints:
        place = resolved(table, constraint.column)
        if place is not None:
            column = table.columns[place]
            rule = outlook.contract.rule(column, constraint.comparison, constraint.collation, outlook.abilities)
            found.append(Considered(constraint, column.name, rule))
    return found


def _is_key(one: Considered) -> bool:
    """Return whether a value is compared that SQLite does not know yet: the key of a join, or a bound parameter."""
    return one.constraint.comparison in _EQUALITIES and one.constraint.value is None


def _use(one: Considered) -> Use:
    constraint = one.constraint
    return Use(constraint.number, one.column, constraint.comparison, constraint.collation)


def _limit(table: Table, offer: Offer, sorted_how: Sorting, outlook: Outlook) -> Choice | None:
    """Decide whether LIMIT and OFFSET tell how many rows are asked for; Filter sees whether all terms are exact."""
    if not offer.bounds:
        return None
    if not outlook.contract.uses(LIMIT):
        return Choice(LIMIT, is_taken=False, reason="the rule is switched off")
    if not table.key:
        return Choice(LIMIT, is_taken=False, reason="a table without a key is read whole")
    if offer.order and not sorted_how.is_ordered:
        return Choice(LIMIT, is_taken=False, reason="SQLite sorts the rows first")
    return Choice(LIMIT, is_taken=True)


def _count(table: Table, offer: Offer, pushed: Iterable[Considered], outlook: Outlook) -> Choice | None:
    """Decide whether a count will do for rows: every condition pins a column to one value, and no other is used.

    Only types whose equal values are the same: a text that equals an address on the portal may be written otherwise.
    """
    pinned = set()
    for one in pushed:
        column, comparison = table.column(one.column), one.constraint.comparison
        is_same = comparison in _EQUALITIES and column.type in _ONE_WAY_TO_WRITE
        if one.rule.verdict is not Verdict.EXACT or not (is_same or comparison is Comparison.IS_NULL):
            return None
        pinned.add(table.index(one.column))
    if not set(offer.used) <= pinned or LAST_NAMED in offer.used:
        return None
    if not outlook.contract.uses(COUNT):
        return Choice(COUNT, is_taken=False, reason="the rule is switched off")
    return Choice(COUNT, is_taken=True)


def _distinct(table: Table, offer: Offer, outlook: Outlook) -> Choice | None:
    """Decide whether different rows will do: over all columns in use, so that conditions can be checked on them."""
    if not offer.wants_distinct or not offer.used:
        return None
    if not outlook.contract.uses(DISTINCT):
        return Choice(DISTINCT, is_taken=False, reason="the rule is switched off")
    if LAST_NAMED in offer.used:
        return Choice(DISTINCT, is_taken=False, reason="SQLite does not tell the columns from the 64th on apart")
    columns = [table.columns[place] for place in offer.used]
    names = {one.name for one in columns}
    if (table.key and names >= {*table.key}) or any(one.unique for one in columns):
        return Choice(DISTINCT, is_taken=False, reason="every row differs: a unique column is in use")
    for one in columns:
        if one.type not in _TOLD_APART:
            return Choice(DISTINCT, is_taken=False, reason=f"the portal may take two values of {one.name} for one")
        if one.remote_name is None:
            return Choice(DISTINCT, is_taken=False, reason=f"only the position of {one.name} is known, not its name")
    return Choice(DISTINCT, is_taken=True)


def _columns(table: Table, used: Collection[int], order: Sequence[Order]) -> tuple[str, ...]:
    places = columns_read(table, {*used, *(table.index(one.column) for one in order)})
    return tuple(table.columns[place].name for place in places)


def columns_read(table: Table, used: Collection[int]) -> tuple[int, ...]:
    """Return the places of the columns to read: the used ones, those beyond what SQLite tells apart, and the key.

    A table without a key is known by the whole of its rows, so all columns are read.
    """
    every = range(len(table.columns))
    if not table.key:
        return tuple(every)
    wanted = {place for place in used if place < LAST_NAMED} | {table.index(name) for name in table.key}
    perhaps = set(range(LAST_NAMED, len(table.columns))) - wanted if LAST_NAMED in used else set()
    return tuple(sorted(wanted | _readable_beside(table, wanted, perhaps)))


def _readable_beside(table: Table, wanted: set[int], perhaps: set[int]) -> set[int]:
    """Return those of the perhaps used columns that one document can ask for together with the wanted ones.

    A nameless column is read by position, and then all are; a column whose position is unknown only by name.
    """
    nameless = {place for place in wanted | perhaps if table.columns[place].remote_name is None}
    unplaced = {place for place in wanted | perhaps if not table.is_placed(table.columns[place])}
    if not nameless & wanted and unplaced & wanted:
        return perhaps - nameless
    return perhaps - unplaced if nameless else perhaps
