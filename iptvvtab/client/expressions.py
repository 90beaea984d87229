"""Parts of statements as values of Python: columns, operators, conditions. Each is the SQL that it stands for.

    (F("username").like("a%") & ~F("disabled")).sql    # "username" LIKE 'a%' AND NOT "disabled"

Names are quoted and values are literals, so that neither is ever read as the other. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol, TypeAlias

from iptvvtab.errors import UsageError
from iptvvtab.jsonsql import literal

_FUNCTION = re.compile(r"[A-Za-z_]\w*")
_NEVER = "1 = 0"


class Binding(IntEnum):
    """How closely the parts of an expression hold together, loosest first."""

    OR = 1
    AND = 2
    NOT = 3
    COMPARISON = 4
    WHOLE = 5


class Subquery(Protocol):
    """A SELECT, which may stand in an expression."""

    @property
    def sql(self) -> str:
        """Its text."""


@dataclass(frozen=True, eq=False)
class Expression:
    """A part of a statement. Python's operators make larger ones; `&`, `|` and `~` are AND, OR and NOT.

    It has no truth of its own: `and`, `or`, `not`, `in` and `a < b < c` raise UsageError.
    """

    sql: str
    binding: Binding = Binding.WHOLE

    __hash__ = None  # type: ignore[assignment]  # == makes a condition: no set could tell two of them apart

    def __bool__(self) -> bool:
        raise UsageError(
            f"{self.sql} is neither true nor false here; write & | ~ and .in_() in place of and, or, not, in"
        )

    def __str__(self) -> str:
        return self.sql

    def __eq__(self, other: object) -> Expression:  # type: ignore[override]
        return self.is_(None) if other is None else self._compared("=", other)

    def __ne__(self, other: object) -> Expression:  # type: ignore[override]
        return self.is_not(None) if other is None else self._compared("<>", other)

    def __lt__(self, other: object) -> Expression:
        return self._compared("<", other)

    def __le__(self, other: object) -> Expression:
        return self._compared("<=", other)

    def __gt__(self, other: object) -> Expression:
        return self._compared(">", other)

    def __ge__(self, other: object) -> Expression:
        return self._compared(">=", other)

    def like(self, pattern: object) -> Expression:
        r"""LIKE: `%` is any text, `_` any character, `\` takes the meaning of either away; case matters."""
        return self._compared("LIKE", pattern)

    def ilike(self, pattern: object) -> Expression:
        """The same, whatever the case; not every portal has it."""
        return self._compared("ILIKE", pattern)

    def in_(self, values: Iterable[object] | Subquery) -> Expression:
        """IN: one of some values, or of the rows of a SELECT. Of nothing it is false."""
        if not isinstance(values, Iterable):
            return self._compared("IN", values)
        if isinstance(values, str | bytes):
            raise UsageError("in_ takes several values; for one text, compare with ==")
        members = ", ".join(map(operand, values))
        return Expression(f"{operand(self)} IN ({members})" if members else _NEVER, Binding.COMPARISON)

    def between(self, low: object, high: object) -> Expression:
        """BETWEEN, both ends included."""
        return Expression(f"{operand(self)} BETWEEN {operand(low)} AND {operand(high)}", Binding.COMPARISON)

    def is_(self, value: bool | None) -> Expression:
        """IS NULL, IS TRUE, IS FALSE: never NULL itself."""
        return Expression(f"{operand(self)} IS {_truth(value)}", Binding.COMPARISON)

    def is_not(self, value: bool | None) -> Expression:
        """IS NOT NULL, IS NOT TRUE, IS NOT FALSE."""
        return Expression(f"{operand(self)} IS NOT {_truth(value)}", Binding.COMPARISON)

    def is_null(self, yes: bool = True) -> Expression:
        """IS NULL, or IS NOT NULL."""
        return self.is_(None) if yes else self.is_not(None)

    def __and__(self, other: Expression) -> Expression:
        return _joined("AND", Binding.AND, self, other)

    def __or__(self, other: Expression) -> Expression:
        return _joined("OR", Binding.OR, self, other)

    def __rand__(self, other: object) -> Expression:
        return _joined("AND", Binding.AND, other, self)

    def __ror__(self, other: object) -> Expression:
        return _joined("OR", Binding.OR, other, self)

    def __invert__(self) -> Expression:
        return Expression(f"NOT {operand(self)}", Binding.NOT)

    def __add__(self, other: object) -> Expression:
        return _reckoned(self, "+", other)

    def __radd__(self, other: object) -> Expression:
        return _reckoned(other, "+", self)

    def __sub__(self, other: object) -> Expression:
        return _reckoned(self, "-", other)

    def __rsub__(self, other: object) -> Expression:
        return _reckoned(other, "-", self)

    def __mul__(self, other: object) -> Expression:
        return _reckoned(self, "*", other)

    def __rmul__(self, other: object) -> Expression:
        return _reckoned(other, "*", self)

    def __truediv__(self, other: object) -> Expression:
        return _reckoned(self, "/", other)

    def __rtruediv__(self, other: object) -> Expression:
        return _reckoned(other, "/", self)

    def __mod__(self, other: object) -> Expression:
        return _reckoned(self, "%", other)

    def __neg__(self) -> Expression:
        return Expression(f"(- {operand(self)})")

    def as_(self, name: str) -> Labelled:
        """Call it so among the columns of a SELECT."""
        return Labelled(f"{self.sql} AS {name_sql(name)}")

    def asc(self) -> Ordering:
        """Sort by it, upward."""
        return Ordering(self.sql)

    def desc(self) -> Ordering:
        """Sort by it, downward."""
        return Ordering(f"{self.sql} DESC")

    def _compared(self, operator: str, other: object) -> Expression:
        return Expression(f"{operand(self)} {operator} {operand(other)}", Binding.COMPARISON)


class F(Expression):
    """A column, named as the schema has it: `F("username")`, or `F("s.username")` of the table that is called `s`."""

    def __init__(self, name: str) -> None:
        super().__init__(name_sql(*name.split(".")))


@dataclass(frozen=True, slots=True)
class Labelled:
    """A column of a SELECT with a name."""

    sql: str


@dataclass(frozen=True, slots=True)
class Ordering:
    """What a SELECT is sorted by."""

    sql: str

    def nulls_first(self) -> Ordering:
        """NULL before everything."""
        return Ordering(f"{self.sql} NULLS FIRST")

    def nulls_last(self) -> Ordering:
        """NULL after everything."""
        return Ordering(f"{self.sql} NULLS LAST")


Column: TypeAlias = str | Expression | Labelled


def call(function: str, *arguments: Any, distinct: bool = False) -> Expression:
    """Return a call of a function of the portal: `call("count")` is count(*), `call("sum", F("balance"))`."""
    if not _FUNCTION.fullmatch(function):
        raise UsageError(f"{function!r} is no name of a function")
    given = ", ".join(map(operand, arguments)) or "*"
    return Expression(f"{function}({'DISTINCT ' if distinct else ''}{given})")


def name_sql(*parts: str) -> str:
    """Return a name in quotes, `"s"."username"`; a last `*` stays one."""
    quoted = [one if one == "*" else '"' + one.replace('"', '""') + '"' for one in parts]
    if not all(parts) or "*" in parts[:-1]:
        raise UsageError(f"{'.'.join(parts)!r} is no name of a column")
    return ".".join(quoted)


def operand(value: object) -> str:
    """Return what stands beside an operator: an expression that holds together, a SELECT in parentheses, a literal."""
    if isinstance(value, Expression):
        return _within(value, Binding.WHOLE)
    if isinstance(value, Labelled | Ordering):
        raise UsageError(f"{value.sql} stands among columns or in order_by alone")
    selected = getattr(value, "sql", None)
    return f"({selected})" if isinstance(selected, str) else literal(value)


def _within(part: Expression, binding: Binding) -> str:
    return part.sql if part.binding >= binding else f"({part.sql})"


def _joined(word: str, binding: Binding, *sides: object) -> Expression:
    for one in sides:
        if not isinstance(one, Expression):
            raise UsageError(
                f"{word} joins conditions, and {one!r} is none; comparisons beside & and | want parentheses"
            )
    written = [_within(one, binding) for one in sides if isinstance(one, Expression)]
    return Expression(f" {word} ".join(written), binding)


def _reckoned(left: object, operator: str, right: object) -> Expression:
    return Expression(f"({operand(left)} {operator} {operand(right)})")


def _truth(value: bool | None) -> str:
    if value is not None and not isinstance(value, bool):
        raise UsageError("IS takes None, True or False; compare with == otherwise")
    return literal(value)
