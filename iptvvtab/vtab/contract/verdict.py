"""What is said of a comparison: a verdict, the terms that travel, and the rule that decided. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from iptvvtab.remote import Op, Term
from iptvvtab.schema import Column
from iptvvtab.types import Value
from iptvvtab.vtab.contract.compare import Comparison

if TYPE_CHECKING:
    from iptvvtab.portal import Capabilities


class Verdict(StrEnum):
    """What a rule promises."""

    EXACT = "exact"
    SUPERSET = "superset"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What becomes of a constraint with its value: terms that travel, or the proof that no row can match.

    `reason`: why this value stays local, where that is not the rule's own reason.
    """

    verdict: Verdict
    terms: tuple[Term, ...] = ()
    is_empty: bool = False
    reason: str = ""


LOCAL = Judgement(Verdict.LOCAL)
NOTHING = Judgement(Verdict.EXACT, is_empty=True)

Abilities: TypeAlias = "Callable[[], Capabilities]"
"""Gives what the portal can do; asked only where it matters, for the first look may travel."""

Argument: TypeAlias = Value | frozenset[Value]
"""The right side of a comparison: the members of an IN, else one value."""

Judge: TypeAlias = Callable[[Column, Comparison, Argument, Abilities], Judgement]


@dataclass(frozen=True, slots=True)
class Rule:
    """How some comparisons of columns of some types travel, at best, and why not better.

    `needs`: a yes-or-no field of Capabilities without which nothing travels.
    """

    name: str
    verdict: Verdict
    reason: str
    judge: Judge
    needs: str | None = None


def exactly(*terms: Term) -> Judgement:
    """Return that these terms keep precisely the rows that match."""
    return Judgement(Verdict.EXACT, terms)


def at_least(*terms: Term) -> Judgement:
    """Return that these terms keep the rows that match, and maybe more."""
    return Judgement(Verdict.SUPERSET, terms)


def local(reason: str) -> Judgement:
    """Return that nothing travels for this value."""
    return Judgement(Verdict.LOCAL, reason=reason)


def not_null(column: Column) -> Term:
    """Return the term that keeps rows in which a column has a value."""
    return Term(column.name, Op.NOT_NULL)


def stays(column: Column, comparison: Comparison, value: Argument, abilities: Abilities) -> Judgement:
    """Judge what never travels."""
    return LOCAL


OPS = {
    Comparison.EQ: Op.EQ,
    Comparison.IS: Op.EQ,
    Comparison.NE: Op.NE,
    Comparison.LT: Op.LT,
    Comparison.LE: Op.LE,
    Comparison.GT: Op.GT,
    Comparison.GE: Op.GE,
}
"""Comparisons that the portal has itself."""
