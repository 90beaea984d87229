"""The table of the contract: (type of column, comparison) -> rule. Planner, `explain` and docs read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from iptvvtab.remote import Op, Term
from iptvvtab.schema import Column
from iptvvtab.types import BY_MEANING, ColumnType, Value
from iptvvtab.vtab.contract import dates, numbers, text
from iptvvtab.vtab.contract.compare import RANGES, Comparison
from iptvvtab.vtab.contract.verdict import (
    NOTHING,
    Abilities,
    Argument,
    Judge,
    Judgement,
    Rule,
    Verdict,
    at_least,
    exactly,
    local,
    not_null,
    stays,
)


def _is_null(column: Column, comparison: Comparison, value: Argument, _: Abilities) -> Judgement:
    return exactly(Term(column.name, Op.IS_NULL))


def _has_value(column: Column, comparison: Comparison, value: Argument, _: Abilities) -> Judgement:
    return exactly(not_null(column))


def _is_not(equals: Judge) -> Judge:
    def judge(column: Column, comparison: Comparison, value: Argument, abilities: Abilities) -> Judgement:
        equal = equals(column, Comparison.EQ, value, abilities)
        if equal.verdict is Verdict.EXACT and len(equal.terms) == 1:
            return exactly(Term(column.name, Op.NE_OR_NULL, equal.terms[0].values))
        return equal if equal.verdict is Verdict.LOCAL else local("no row equals it: every row is kept")

    return judge


def _members(equals: Judge) -> Judge:
    """Judge `IN (values)` member by member: those that can match nothing are left out."""

    def judge(column: Column, comparison: Comparison, value: Argument, abilities: Abilities) -> Judgement:
        kept: set[Value] = set()
        is_exact = True
        for member in value if isinstance(value, frozenset) else ():
            if member is None:
                continue
            one = equals(column, Comparison.EQ, member, abilities)
            if one.verdict is Verdict.LOCAL or len(one.terms) > 1:
                return one if one.verdict is Verdict.LOCAL else local("a member is more than one condition")
            is_exact = is_exact and one.verdict is Verdict.EXACT
            kept.update(term.values[0] for term in one.terms)
        if not kept:
            return NOTHING
        term = Term(column.name, Op.IN, tuple(sorted(kept, key=lambda one: (isinstance(one, str), one))))
        return exactly(term) if is_exact else at_least(term)

    return judge


_EXACT, _SUPERSET, _LOCAL = Verdict.EXACT, Verdict.SUPERSET, Verdict.LOCAL
_ROUNDED = "the portal's number may differ from the double it became: asked for a little more"
_NORMALISED = "the portal may hold another type here (char, citext): equal there may differ here"
_MEANT = "the portal compares what the text means: equal there may differ here"
_BYTEWISE = "only where the portal was seen to order text by bytes, as SQLite does"
_FOLDED = "SQLite folds the case of ASCII letters only"
_CLASSES = "a class such as [a-z] becomes any character"
_PREFIX = "a prefix of a date becomes a range of time"
_UNKNOWN = "the portal's type is not known: it might compare differently, or refuse the value"
_JSON_NULL = "a JSON null is a value to the portal and NULL here"

_c = Comparison
_NULLS = {
    _c.IS_NULL: Rule("null", _EXACT, "", _is_null),
    _c.NOT_NULL: Rule("null", _EXACT, "", _has_value),
}


def _equal(rule: Rule) -> dict[Comparison, Rule]:
    listed = Rule("list", rule.verdict, rule.reason, _members(rule.judge))
    return {_c.EQ: rule, _c.IN: listed, _c.IS: rule}


def _ordered(name: str, judge: Judge) -> dict[Comparison, Rule]:
    """Return the rules of a type that both sides compare alike."""
    return {
        **_NULLS,
        **_equal(Rule(f"{name}-equality", _EXACT, "", judge)),
        _c.NE: Rule(f"{name}-difference", _EXACT, "", judge),
        **dict.fromkeys(RANGES, Rule(f"{name}-range", _EXACT, "", judge)),
        _c.IS_NOT: Rule("is-not", _EXACT, "", _is_not(judge)),
    }


def _moments() -> dict[Comparison, Rule]:
    prefix = Rule("moment-prefix", _SUPERSET, _PREFIX, dates.pattern)
    return {**_ordered("moment", dates.moment), _c.LIKE: prefix, _c.GLOB: prefix}


def _text() -> dict[Comparison, Rule]:
    return {
        **_NULLS,
        **_equal(Rule("text-equality", _EXACT, "", text.equality)),
        _c.NE: Rule("text-difference", _SUPERSET, _NORMALISED, text.difference),
        **dict.fromkeys(RANGES, Rule("text-range", _SUPERSET, _BYTEWISE, text.between, "bytewise_text")),
        _c.LIKE: Rule("like", _SUPERSET, _FOLDED, text.like),
        _c.GLOB: Rule("glob", _SUPERSET, _CLASSES, text.glob),
    }


def _floats() -> dict[Comparison, Rule]:
    comparisons = (_c.EQ, _c.IS, _c.NE, *RANGES)
    return {**_NULLS, **dict.fromkeys(comparisons, Rule("float", _SUPERSET, _ROUNDED, numbers.floating))}


def _meanings() -> dict[Comparison, Rule]:
    equal = Rule("meaning-equality", _SUPERSET, _MEANT, text.meaning_equality)
    return {**_NULLS, **_equal(equal), _c.NE: Rule("meaning-difference", _SUPERSET, _MEANT, text.difference)}


def _documents() -> dict[Comparison, Rule]:
    return {
        _c.NOT_NULL: Rule("document", _SUPERSET, _JSON_NULL, text.difference),
        _c.IS_NULL: Rule("document", _LOCAL, _JSON_NULL, stays),
    }


RULES: Mapping[ColumnType, Mapping[Comparison, Rule]] = MappingProxyType(
    {
        ColumnType.INTEGER: _ordered("integer", numbers.integer),
        ColumnType.STRING: _text(),
        ColumnType.BOOLEAN: _ordered("flag", numbers.boolean),
        ColumnType.FLOAT: _floats(),
        ColumnType.DATETIME: _moments(),
        ColumnType.DATE: _moments(),
        **{kind: _meanings() for kind in ColumnType if kind in BY_MEANING},
        ColumnType.JSON: _documents(),
        ColumnType.UNKNOWN: _documents(),
    }
)

WHY_LOCAL = {
    ColumnType.JSON: _UNKNOWN,
    ColumnType.UNKNOWN: _UNKNOWN,
    **dict.fromkeys(BY_MEANING, _MEANT),
}
"""Why the comparisons without a rule stay here."""


def term_rules() -> dict[str, str]:
    """Return the names of the rules, each with the types and comparisons it decides."""
    found: dict[str, list[str]] = {}
    for kind, rules in RULES.items():
        by_name: dict[str, list[str]] = {}
        for comparison, rule in rules.items():
            by_name.setdefault(rule.name, []).append(f"`{comparison}`")
        for name, comparisons in by_name.items():
            found.setdefault(name, []).append(f"{' '.join(comparisons)} on {kind}")
    return {name: "; ".join(words) for name, words in found.items()}


def contract_table() -> str:
    """Return RULES as a Markdown table: what the docs show is what the planner reads."""
    lines = ["| column | comparison | verdict | rule | why not exact |", "|---|---|---|---|---|"]
    for kind, rules in RULES.items():
        grouped: dict[Rule, list[str]] = {}
        for comparison, rule in rules.items():
            grouped.setdefault(replace(rule, judge=stays), []).append(f"`{comparison}`")
        for rule, comparisons in grouped.items():
            lines.append(f"| {kind} | {' '.join(comparisons)} | {rule.verdict} | {rule.name} | {rule.reason} |")
    return "\n".join(lines)
