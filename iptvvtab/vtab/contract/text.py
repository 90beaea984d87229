"""How text is compared on both sides: equality, patterns, and ranges where the portal orders by bytes. Pure."""

from __future__ import annotations

from iptvvtab import jsonsql
from iptvvtab.remote import Op, Term
from iptvvtab.schema import Column
from iptvvtab.vtab.contract import patterns
from iptvvtab.vtab.contract.compare import Comparison
from iptvvtab.vtab.contract.verdict import (
    NOTHING,
    Abilities,
    Argument,
    Judgement,
    at_least,
    exactly,
    local,
    not_null,
)

_EQUALITIES = (Comparison.EQ, Comparison.IS)
_NO_TEXT = "it is no text, and SQLite does not show by which affinity it compares"
_BELOW = (Comparison.LT, Comparison.LE)


def equality(column: Column, comparison: Comparison, value: Argument, _: Abilities) -> Judgement:
    """Compare with a text; every text is another value to the portal too."""
    if isinstance(value, bytes):
        return NOTHING if comparison in _EQUALITIES else local(_NO_TEXT)
    if not isinstance(value, str) or "\0" in value:
        return local(_NO_TEXT)  # a number compares by the affinity of the right side, which nobody shows us
    return exactly(Term(column.name, Op.EQ, (value,)))


def meaning_equality(column: Column, comparison: Comparison, value: Argument, abilities: Abilities) -> Judgement:
    """Compare with a text that means something to the portal: two spellings may mean the same."""
    equal = equality(column, comparison, value, abilities)
    return at_least(*equal.terms) if equal.terms else equal


def difference(column: Column, comparison: Comparison, value: Argument, _: Abilities) -> Judgement:
    """Ask for rows that have a value: what is equal there may differ here."""
    return at_least(not_null(column))


def between(column: Column, comparison: Comparison, value: Argument, _: Abilities) -> Judgement:
    """Compare by order, on a portal that orders text by bytes, as SQLite does.

    A column may be char(n), though its schema says text: the portal then ignores blanks at the end of both sides, and
    SQLite does not. So the bound itself is always let in, and a bound travels without such blanks.
    """
    if isinstance(value, bytes):
        return at_least(not_null(column)) if comparison in _BELOW else NOTHING
    if not isinstance(value, str) or "\0" in value:
        return local(_NO_TEXT)
    return at_least(_no_more(column, value) if comparison in _BELOW else _no_less(column, value))


def _no_more(column: Column, value: str) -> Term:
    """Return the term for whatever is not above a text; one that could be a column's name gives way to one above it."""
    if value.endswith(" ") or jsonsql.could_be_a_name(value):
        return Term(column.name, Op.LT, (value.rstrip(" ") + "~",))
    return Term(column.name, Op.LE, (value,))


def _no_less(column: Column, value: str) -> Term:
    """Return the term for whatever is not below a text; one that could be a column's name gives way to one below it."""
    if any(char < " " for char in value):  # below a blank: "a " is above "a\t", and char(n) "a" is not
        return not_null(column)
    if not jsonsql.could_be_a_name(value):
        return Term(column.name, Op.GE, (value,))
    before = value[:-1] + chr(ord(value[-1]) - 1) + "~"
    return Term(column.name, Op.GT, (before,)) if before.isprintable() else not_null(column)


def like(column: Column, comparison: Comparison, value: Argument, abilities: Abilities) -> Judgement:
    """Match a pattern of LIKE, which ignores the case of ASCII letters."""
    if value is None:
        return NOTHING
    if not isinstance(value, str) or "\0" in value:
        return local(_NO_TEXT)
    if not patterns.says_anything(value):
        return at_least(not_null(column))
    if patterns.has_case(value) and value.isascii() and abilities().ilike:
        return at_least(Term(column.name, Op.ILIKE, (patterns.escaped(patterns.of_any_width(value)),)))
    caseless = patterns.without_letters(value)
    if not patterns.says_anything(caseless):
        return at_least(not_null(column))
    return at_least(Term(column.name, Op.LIKE, (patterns.escaped(caseless),)))


def glob(column: Column, comparison: Comparison, value: Argument, _: Abilities) -> Judgement:
    """Match a pattern of GLOB, which minds the case, as the portal's LIKE does."""
    if value is None:
        return NOTHING
    if not isinstance(value, str) or "\0" in value:
        return local(_NO_TEXT)
    pattern = patterns.of_glob(value)
    if pattern is None or not patterns.says_anything(value.replace("*", "").replace("?", "")):
        return at_least(not_null(column))
    return at_least(Term(column.name, Op.LIKE, (pattern,)))
