"""A plan and its values as a Read. Pure: nothing travels here."""

from __future__ import annotations

from collections.abc import Sequence

from iptvvtab.remote import Read, Term
from iptvvtab.schema import Table
from iptvvtab.types import Value
from iptvvtab.vtab.compare import WITHOUT_VALUE, Comparison
from iptvvtab.vtab.judge import Abilities, judge
from iptvvtab.vtab.plan import from_text

Argument = Value | set[Value] | frozenset[Value]


def read_for(table: Table, text: str, arguments: Sequence[Argument], abilities: Abilities) -> Read | None:
    """Return the Read for a plan (as idxStr) and Filter's arguments; None when no row can match.

    A set is the members of an IN; None in its place is the empty set (vtab-facts 7).
    """
    uses, columns = from_text(text)
    terms: dict[Term, None] = {}
    for use, argument in zip(uses, arguments, strict=True):
        column = table.columns[use.column]
        value = None if use.comparison in WITHOUT_VALUE else argument
        if use.comparison is Comparison.IN:
            value = frozenset(value) if isinstance(value, (set, frozenset)) else frozenset()
        judgement = judge(column, use.comparison, value, abilities, use.collation)  # type: ignore[arg-type]
        if judgement.is_empty:
            return None
        terms.update(dict.fromkeys(judgement.terms))
    return Read(table.name, tuple(table.columns[place].name for place in columns), tuple(terms))
