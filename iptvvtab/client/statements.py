"""Statements as values of Python: each method returns another one, `sql` is the text that they stand for. Pure.

select("subscriber").where(F("username").like("a%"), disabled=False).order_by("-id").limit(10)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Literal, Self, TypeAlias, TypeVar

from iptvvtab.client.expressions import Column, Expression, F, Labelled, Ordering, name_sql, operand
from iptvvtab.client.lookups import Q
from iptvvtab.errors import UsageError

R = TypeVar("R")
JoinKind: TypeAlias = Literal["inner", "left", "right", "full", "cross"]


def _listed(parts: tuple[str, ...]) -> str:
    return ", ".join(parts)


def _column(one: Column) -> str:
    if isinstance(one, Expression | Labelled):
        return one.sql
    return F(one).sql


def _ordering(one: str | Expression | Ordering) -> str:
    if isinstance(one, str):
        return F(one[1:]).desc().sql if one.startswith("-") else F(one).sql
    return one.sql


def _and(condition: Expression | None, more: tuple[Expression, ...], lookups: Mapping[str, Any]) -> Expression | None:
    if not more and not lookups:
        return condition
    added = Q(*more, **lookups)
    return added if condition is None else condition & added


@dataclass(frozen=True, eq=False)
class Statement:
    """What every statement can: say its SQL."""

    @property
    def sql(self) -> str:
        """The text that it stands for, on one line."""
        return " ".join(part for part in self._parts() if part)

    def __str__(self) -> str:
        return self.sql

    def _parts(self) -> tuple[str, ...]:
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class _Filtered(Statement):
    condition: Expression | None = field(default=None, kw_only=True)

    def where(self, *conditions: Expression, **lookups: Any) -> Self:
        """Return the same for fewer rows: all conditions hold, these and those before. `lookups`: see Q."""
        return replace(self, condition=_and(self.condition, conditions, lookups))

    @property
    def _where(self) -> str:
        return "" if self.condition is None else f"WHERE {self.condition.sql}"


@dataclass(frozen=True, eq=False)
class Select(_Filtered):
    """Rows of a table, or of several."""

    source: str
    data: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    of_groups: Expression | None = None
    order: tuple[str, ...] = ()
    most: int | None = None
    skipped: int | None = None
    is_distinct: bool = False

    def columns(self, *columns: Column) -> Self:
        """Return the same with these columns in place of all: names, expressions, `expression.as_(name)`."""
        return replace(self, data=tuple(map(_column, columns)))

    def distinct(self) -> Self:
        """Return the same, each row once."""
        return replace(self, is_distinct=True)

    def join(
        self, table: str, on: Expression | None = None, kind: JoinKind = "inner", alias: str | None = None
    ) -> Self:
        """Return the same beside rows of another table, those for which `on` holds."""
        if (on is None) != (kind == "cross"):
            raise UsageError("a join wants the condition `on`; a cross join has none")
        joined = f"{kind.upper()} JOIN {_source(table, alias)}" + ("" if on is None else f" ON {on.sql}")
        return replace(self, joins=(*self.joins, joined))

    def group_by(self, *columns: Column) -> Self:
        """Return one row for each group of rows that are equal in these."""
        return replace(self, groups=tuple(map(_column, columns)))

    def having(self, *conditions: Expression) -> Self:
        """Return the same for fewer groups."""
        return replace(self, of_groups=_and(self.of_groups, conditions, {}))

    def order_by(self, *columns: str | Expression | Ordering) -> Self:
        """Return the same in an order: `"-id"` is downward, as is `F("id").desc()`."""
        return replace(self, order=tuple(map(_ordering, columns)))

    def limit(self, rows: int) -> Self:
        """Return at most so many rows."""
        return replace(self, most=_count(rows))

    def offset(self, rows: int) -> Self:
        """Return the rows after so many."""
        return replace(self, skipped=_count(rows))

    def _parts(self) -> tuple[str, ...]:
        return (
            "SELECT DISTINCT" if self.is_distinct else "SELECT",
            _listed(self.data) or "*",
            f"FROM {self.source}",
            *self.joins,
            self._where,
            f"GROUP BY {_listed(self.groups)}" if self.groups else "",
            "" if self.of_groups is None else f"HAVING {self.of_groups.sql}",
            f"ORDER BY {_listed(self.order)}" if self.order else "",
            "" if self.most is None else f"LIMIT {self.most}",
            "" if self.skipped is None else f"OFFSET {self.skipped}",
        )


@dataclass(frozen=True, eq=False)
class _Returning(Statement):
    returned: tuple[str, ...] = field(default=(), kw_only=True)

    def returning(self, *columns: str) -> Self:
        """Return the same, which answers these columns of the rows that it meets."""
        return replace(self, returned=tuple(F(one).sql for one in columns))

    @property
    def _returning(self) -> str:
        return f"RETURNING {_listed(self.returned)}" if self.returned else ""


@dataclass(frozen=True, eq=False)
class Insert(_Returning):
    """New rows of a table."""

    table: str
    names: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()

    def values(self, *rows: Mapping[str, Any], **row: Any) -> Self:
        """Return the same with more rows, by columns; all rows have the same ones. Raises UsageError."""
        given = [*rows, *([row] if row else [])]
        names = self.names or tuple(given[0] if given else ())
        if not names or any(set(one) != set(names) for one in given):
            raise UsageError("each row of an insert has a value for the same columns; give at least one")
        written = (f"({_listed(tuple(operand(one[name]) for name in names))})" for one in given)
        return replace(self, names=names, rows=(*self.rows, *written))

    def _parts(self) -> tuple[str, ...]:
        if not self.rows:
            raise UsageError("an insert wants rows: .values(name=...)")
        names = _listed(tuple(map(name_sql, self.names)))
        return (f"INSERT INTO {self.table} ({names}) VALUES {_listed(self.rows)}", self._returning)


@dataclass(frozen=True, eq=False)
class Update(_Filtered, _Returning):
    """Changes of rows of a table."""

    table: str
    changes: tuple[str, ...] = ()

    def set(self, **values: Any) -> Self:
        """Return the same with more changes: a value, or an expression over the row, for each column."""
        return replace(self, changes=(*self.changes, *(_change(name, value) for name, value in values.items())))

    def _parts(self) -> tuple[str, ...]:
        if not self.changes:
            raise UsageError("an update wants changes: .set(name=...)")
        return (f"UPDATE {self.table} SET {_listed(self.changes)}", self._where, self._returning)


@dataclass(frozen=True, eq=False)
class Delete(_Filtered, _Returning):
    """Rows of a table that go away."""

    table: str

    def _parts(self) -> tuple[str, ...]:
        return (f"DELETE FROM {self.table}", self._where, self._returning)


@dataclass(frozen=True, eq=False)
class Query(Select, Generic[R]):
    """A SELECT that knows whom to ask."""

    ask: Callable[[Select], R] = field(kw_only=True, repr=False)

    def rows(self) -> R:
        """Ask, and return the rows; of an AsyncClient, to be awaited."""
        return self.ask(self)


def select(table: str, *columns: Column, alias: str | None = None) -> Select:
    """Return a SELECT of a table: all of its columns, or those that are named."""
    return Select(_source(table, alias)).columns(*columns)


def insert(table: str) -> Insert:
    """Return an INSERT, which wants `values`."""
    return Insert(name_sql(table))


def update(table: str) -> Update:
    """Return an UPDATE, which wants `set`, and `where`."""
    return Update(name_sql(table))


def delete(table: str) -> Delete:
    """Return a DELETE, which wants `where`."""
    return Delete(name_sql(table))


def _source(table: str, alias: str | None) -> str:
    return name_sql(table) + (f" AS {name_sql(alias)}" if alias else "")


def _change(name: str, value: Any) -> str:
    return f"{name_sql(name)} = {operand(value)}"


def _count(rows: int) -> int:
    if isinstance(rows, bool) or not isinstance(rows, int) or rows < 0:
        raise UsageError(f"a number of rows is 0 or more, not {rows!r}")
    return rows
