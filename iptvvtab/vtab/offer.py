"""What SQLite offers when it plans, and what is known of the portal then; records only."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from iptvvtab.portal import Capabilities
from iptvvtab.remote import Sizes
from iptvvtab.schema import Table
from iptvvtab.source import Learned
from iptvvtab.types import ColumnType, Value
from iptvvtab.vtab.contract import BINARY, Abilities, Comparison, Contract, Rule

ROWID = -1
"""The column number by which SQLite speaks of the rowid."""

LAST_NAMED = 63
"""The highest column SQLite tells apart in colUsed: this one may also mean any beyond it."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """What SQLite offers: `number` is its place in the offer, `column` may be ROWID.

    `value`: the right side where SQLite knows it already; None also where it does not.
    """

    number: int
    column: int
    comparison: Comparison
    collation: str = BINARY
    value: Value = None


@dataclass(frozen=True, slots=True)
class Ordering:
    """A column that SQLite would like the rows to come in the order of; NULL before everything, last when `is_down`."""

    column: int
    is_down: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """A LIMIT, or the OFFSET before it: how many rows SQLite will take. `number` is its place in the offer.

    `value`: as SQLite knows it already; None where it does not.
    """

    number: int
    is_offset: bool
    value: Value = None


@dataclass(frozen=True, slots=True)
class Offer:
    """One call of BestIndex: usable constraints, `used` columns (numbers of colUsed), wanted order, LIMIT and OFFSET.

    `wants_distinct`: equal rows will do once, and no rowid is asked about. `is_grouped`: the order serves GROUP BY.
    """

    constraints: tuple[Constraint, ...] = ()
    used: Collection[int] = ()
    order: tuple[Ordering, ...] = ()
    bounds: tuple[Bound, ...] = ()
    wants_distinct: bool = False
    is_grouped: bool = False


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known when SQLite plans: what may travel, what the portal was seen to do, what reads taught.

    `sizes`: of pages, as the settings say; `is_near`: whether the rows of a table are here. Nothing travels for it.
    """

    contract: Contract = field(default_factory=Contract)
    abilities: Abilities = Capabilities
    learned: Learned = field(default_factory=Learned)
    sizes: Sizes = field(default_factory=lambda: Sizes(first=200, largest=20_000))
    is_near: Callable[[Table], bool] = lambda table: False


@dataclass(frozen=True, slots=True)
class Considered:
    """A constraint, the column it is about, and the rule that decided: what `explain` tells."""

    constraint: Constraint
    column: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether a rule about the scan as a whole applies, and if not, why."""

    rule: str
    is_taken: bool
    reason: str = ""


def rowid_column(table: Table) -> int | None:
    """Return the place of the column that is the rowid: a key of one integer. None where there is no such key."""
    if len(table.key) != 1:
        return None
    place = table.index(table.key[0])
    return place if table.columns[place].type is ColumnType.INTEGER else None


def resolved(table: Table, column: int) -> int | None:
    """Return the place of a constraint's column; None for a rowid that is no column."""
    return rowid_column(table) if column == ROWID else column
