"""What a select is made of once it was judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from sqlglot import exp

from iptvvtab.jsonsql.answering import Made
from iptvvtab.jsonsql.judging.scopes import Known, Level


@dataclass(frozen=True, slots=True)
class Output:
    """A value that the portal answers, by SQLite's name of the column: None where that is the text of an expression.

    `parts`: the value, or for a sum what it is made of (answering.py).
    """

    name: str | None
    parts: tuple[Known, ...]
    made: Made = Made.VALUE


@dataclass(frozen=True, slots=True)
class Finish:
    """A column that SQLite makes of what the portal answers: the text of an expression, with values in their places."""

    name: str | None
    pieces: tuple[str | Output, ...]

    @property
    def outputs(self) -> list[Output]:
        """The values that it is made of."""
        return [one for one in self.pieces if isinstance(one, Output)]


Column: TypeAlias = Output | Finish


@dataclass(frozen=True, slots=True)
class Key:
    """An item of ORDER BY."""

    node: exp.Expr
    column: Column
    is_down: bool
    nulls_first: bool

    @property
    def value(self) -> Known | None:
        """What the portal answers and is sorted by as it is, if it is that."""
        column = self.column
        return column.parts[0] if isinstance(column, Output) and column.made is Made.VALUE else None


@dataclass(slots=True)
class Parts:
    """A select that was judged, before its order and limit are. `made`: the expressions that its columns are.

    `is_distinct`: the portal answers different rows; `is_thinned`: SQLite makes them different.
    """

    node: exp.Expr
    tree: exp.Select
    level: Level
    columns: list[Column]
    made: list[tuple[exp.Expr, Column]] = field(default_factory=list)
    order: list[Key] = field(default_factory=list)
    groups: list[Known] = field(default_factory=list)
    limit: int | None = None
    offset: int | None = None
    is_distinct: bool = False
    is_thinned: bool = False

    @property
    def outputs(self) -> list[Output]:
        """What is asked for to make the columns."""
        return list(flat(self.columns))

    def shows(self, column: Column) -> bool:
        """Return whether this is one of its columns, under whatever name."""
        return replace(column, name=None) in [replace(one, name=None) for one in self.columns]

    def sorts(self, column: Column) -> bool:
        """Return whether it is sorted by this column, among others."""
        return replace(column, name=None) in [replace(one.column, name=None) for one in self.order]

    @property
    def is_finished(self) -> bool:
        """Whether SQLite has something to do with the answer."""
        every = [*self.columns, *(key.column for key in self.order)]
        return self.is_thinned or any(isinstance(one, Finish) for one in every)

    @property
    def is_scan(self) -> bool:
        """Whether a virtual table reads no more, in pages: columns of the rows of one table."""
        where = self.tree.args.get("where")
        return len(self.level.places) == 1 and not self.is_grouped and not (where and where.find(exp.Select))

    @property
    def grouped(self) -> list[exp.Expr]:
        """The trees of what is grouped by."""
        return [one.tree for one in self.groups]

    @property
    def is_grouped(self) -> bool:
        """Whether groups are answered, not rows."""
        return bool(self.groups) or self.level.has_aggregates

    @property
    def is_one_row(self) -> bool:
        """Whether exactly one row is answered, whatever the tables hold."""
        return self.level.has_aggregates and not self.groups


def flat(columns: Iterable[Column]) -> Iterator[Output]:
    """Yield the values that columns are made of."""
    for one in columns:
        yield from one.outputs if isinstance(one, Finish) else [one]
