"""The contract: for each comparison and type of column, what may travel, and what it does with the value at hand.

One table, RULES, is read by the planner, `explain` and the docs. The verdict of a rule is the best it can do; a value
may make it weaker, which is why rules are asked again in Filter. Three verdicts:

    exact      the portal keeps precisely the rows that SQLite would keep
    superset   the portal keeps those and maybe more; SQLite checks again
    local      nothing travels
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from iptvvtab.remote import Op, Term
from iptvvtab.schema import Column
from iptvvtab.types import BY_MEANING, ColumnType, Value
from iptvvtab.vtab import moments, patterns
from iptvvtab.vtab.compare import BINARY, RANGES, Comparison, numeric

INT64 = range(-(2**63), 2**63)


class Verdict(StrEnum):
    """What a rule promises."""

    EXACT = "exact"
    SUPERSET = "superset"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What becomes of a constraint with its value: terms that travel, or the proof that no row can match."""

    verdict: Verdict
    terms: tuple[Term, ...] = ()
    is_empty: bool = False


LOCAL = Judgement(Verdict.LOCAL)
NOTHING = Judgement(Verdict.EXACT, is_empty=True)

Abilities = Callable[[], bool]
"""Asked only where it matters: has the portal a LIKE that ignores case?"""

Judge = Callable[[Column, Comparison, Value, Abilities], Judgement]


@dataclass(frozen=True, slots=True)
class Rule:
    """How comparisons of one kind travel for columns of one type, at best, and why not better."""

    verdict: Verdict
    reason: str
    judge: Judge


def exactly(*terms: Term) -> Judgement:
    """Return that these terms keep precisely the rows that match."""
    return Judgement(Verdict.EXACT, terms)


def at_least(*terms: Term) -> Judgement:
    """Return that these terms keep the rows that match, and maybe more."""
    return Judgement(Verdict.SUPERSET, terms)


def _not_null(column: Column) -> Term:
    return Term(column.name, Op.NOT_NULL)


_EQUALITIES = (Comparison.EQ, Comparison.IS)

_OPS = {
    Comparison.EQ: Op.EQ,
    Comparison.IS: Op.EQ,
    Comparison.NE: Op.NE,
    Comparison.LT: Op.LT,
    Comparison.LE: Op.LE,
    Comparison.GT: Op.GT,
    Comparison.GE: Op.GE,
}


def _is_below_text(column: Column, comparison: Comparison) -> Judgement:
    """Compare numbers with a text or blob that is no number: every number is less (SQLite's storage classes)."""
    if comparison in (Comparison.LT, Comparison.LE, Comparison.NE):
        return exactly(_not_null(column))
    return NOTHING


def _integer(column: Column, comparison: Comparison, value: Value, _: Abilities) -> Judgement:
    value = numeric(value)
    if isinstance(value, (str, bytes)):
        return _is_below_text(column, comparison)
    assert value is not None
    if math.isinf(value) or (whole := math.floor(value)) not in INT64:
        return _beyond_integers(column, comparison, is_above=value > 0)
    if value == whole:
        return exactly(Term(column.name, _OPS[comparison], (whole,)))
    match comparison:  # id < 1.5 is id <= 1; id > 1.5 is id > 1
        case Comparison.LT | Comparison.LE:
            return exactly(Term(column.name, Op.LE, (whole,)))
        case Comparison.GT | Comparison.GE:
            return exactly(Term(column.name, Op.GT, (whole,)))
        case Comparison.NE:
            return exactly(_not_null(column))
        case _:
            return NOTHING


def _beyond_integers(column: Column, comparison: Comparison, *, is_above: bool) -> Judgement:
    """Compare with a number that no 64 bits hold."""
    met = (Comparison.NE, Comparison.LT, Comparison.LE) if is_above else (Comparison.NE, Comparison.GT, Comparison.GE)
    return exactly(_not_null(column)) if comparison in met else NOTHING


def _boolean(column: Column, comparison: Comparison, value: Value, _: Abilities) -> Judgement:
    value = numeric(value)
    if isinstance(value, (str, bytes)):
        return _is_below_text(column, comparison)
    assert value is not None
    kept = [flag for flag in (False, True) if _HOLDS[comparison](int(flag), value)]
    if len(kept) == 2:
        return exactly(_not_null(column))
    return exactly(Term(column.name, Op.EQ, (kept[0],))) if kept else NOTHING


_HOLDS: dict[Comparison, Callable[[int, int | float], bool]] = {
    Comparison.EQ: lambda one, other: one == other,
    Comparison.IS: lambda one, other: one == other,
    Comparison.NE: lambda one, other: one != other,
    Comparison.LT: lambda one, other: one < other,
    Comparison.LE: lambda one, other: one <= other,
    Comparison.GT: lambda one, other: one > other,
    Comparison.GE: lambda one, other: one >= other,
}

_ROUNDING = 1e-6
"""A float4 keeps 24 bits, a numeric is rounded to a double: neighbours within this share may be equal here."""

_SMALLEST = 1e-30
"""What a numeric or a float4 may round to zero from."""


def _float(column: Column, comparison: Comparison, value: Value, _: Abilities) -> Judgement:
    """Widen by what rounding may have moved: the portal's number is not always the double that it became here."""
    value = numeric(value)
    if not isinstance(value, (int, float)) or math.isinf(value):
        return LOCAL
    value = float(value)
    room = abs(value) * _ROUNDING + _SMALLEST
    low, high = Term(column.name, Op.GE, (value - room,)), Term(column.name, Op.LE, (value + room,))
    if not (math.isfinite(value - room) and math.isfinite(value + room)):
        return LOCAL
    match comparison:
        case Comparison.LT | Comparison.LE:
            return at_least(high)
        case Comparison.GT | Comparison.GE:
            return at_least(low)
        case Comparison.NE:
            return at_least(_not_null(column))
        case _:
            return at_least(low, high)


def _text_equality(column: Column, comparison: Comparison, value: Value, _: Abilities) -> Judgement:
    if isinstance(value, bytes):
        return NOTHING if comparison in _EQUALITIES else LOCAL
    if not isinstance(value, str) or "\0" in value:
        return LOCAL  # SQLite compares a number with text by the affinity of the right side, which nobody shows us
    return exactly(Term(column.name, Op.EQ, (value,)))


def _meaning_equality(column: Column, comparison: Comparison, value: Value, abilities: Abilities) -> Judgement:
    equal = _text_equality(column, comparison, value, abilities)
    return at_least(*equal.terms) if equal.terms else equal


def _text_difference(column: Column, comparison: Comparison, value: Value, _: Abilities) -> Judgement:
    return at_least(_not_null(column))


def _moment(column: Column, comparison: Comparison, value: Value, _: Abilities) -> Judgement:
    if not isinstance(value, str):
        return LOCAL
    find = moments.date_bound if column.type is ColumnType.DATE else moments.timestamp_bound
    bound = find(value)
    if bound is None:
        return LOCAL
    if bound.is_full:
        return exactly(Term(column.name, _OPS[comparison], (bound.value,)))
    match comparison:  # no canonical value equals a shorter one; it comes before all that start with it
        case Comparison.LT | Comparison.LE:
            return exactly(Term(column.name, Op.LT, (bound.value,)))
        case Comparison.GT | Comparison.GE:
            return exactly(Term(column.name, Op.GE, (bound.value,)))
        case Comparison.NE:
            return exactly(_not_null(column))
        case _:
            return NOTHING


def _like_text(column: Column, comparison: Comparison, value: Value, abilities: Abilities) -> Judgement:
    if value is None:
        return NOTHING
    if not isinstance(value, str) or "\0" in value:
        return LOCAL
    if not patterns.says_anything(value):
        return at_least(_not_null(column))
    if patterns.has_case(value) and value.isascii() and abilities():
        return at_least(Term(column.name, Op.ILIKE, (patterns.escaped(patterns.of_any_width(value)),)))
    caseless = patterns.without_letters(value)
    if not patterns.says_anything(caseless):
        return at_least(_not_null(column))
    return at_least(Term(column.name, Op.LIKE, (patterns.escaped(caseless),)))


def _like_moment(column: Column, comparison: Comparison, value: Value, _: Abilities) -> Judgement:
    if value is None:
        return NOTHING
    span = moments.span(patterns.prefix(value), column.type) if isinstance(value, str) else None
    if span is None:
        return LOCAL
    return at_least(Term(column.name, Op.GE, (span[0],)), Term(column.name, Op.LT, (span[1],)))


def _is_null(column: Column, comparison: Comparison, value: Value, _: Abilities) -> Judgement:
    return exactly(Term(column.name, Op.IS_NULL))


def _has_value(column: Column, comparison: Comparison, value: Value, _: Abilities) -> Judgement:
    return exactly(_not_null(column))


def _may_have_value(column: Column, comparison: Comparison, value: Value, _: Abilities) -> Judgement:
    return at_least(_not_null(column))


def _is_not(equals: Judge) -> Judge:
    def judge(column: Column, comparison: Comparison, value: Value, abilities: Abilities) -> Judgement:
        equal = equals(column, Comparison.EQ, value, abilities)
        if equal.verdict is Verdict.EXACT and len(equal.terms) == 1:
            return exactly(Term(column.name, Op.NE_OR_NULL, equal.terms[0].values))
        return LOCAL

    return judge


def _stays(column: Column, comparison: Comparison, value: Value, _: Abilities) -> Judgement:
    return LOCAL


_EXACT, _SUPERSET, _LOCAL = Verdict.EXACT, Verdict.SUPERSET, Verdict.LOCAL
_ROUNDED = "the portal's number may differ from the double it became: asked for a little more"
_NORMALISED = "the portal may hold another type here (inet, uuid, char): equal there may differ here"
_MEANT = "the portal compares what the text means: equal there may differ here"
_ORDERED = "the portal orders text by its language, SQLite by its bytes"
_UNKNOWN = "the portal's type is not known: it might compare differently, or refuse the value"
_JSON_NULL = "a JSON null is a value to the portal and NULL here"


def _rules(kind: ColumnType) -> dict[Comparison, Rule]:
    c = Comparison
    nulls = {c.IS_NULL: Rule(_EXACT, "", _is_null), c.NOT_NULL: Rule(_EXACT, "", _has_value)}
    if kind in (ColumnType.JSON, ColumnType.UNKNOWN):
        return {
            c.NOT_NULL: Rule(_SUPERSET, _JSON_NULL, _may_have_value),
            c.IS_NULL: Rule(_LOCAL, _JSON_NULL, _stays),
        }
    if kind is ColumnType.STRING:
        return nulls | {
            c.EQ: Rule(_EXACT, "", _text_equality),
            c.IS: Rule(_EXACT, "", _text_equality),
            c.NE: Rule(_SUPERSET, _NORMALISED, _text_difference),
            c.LIKE: Rule(_SUPERSET, "SQLite folds the case of ASCII letters only", _like_text),
        }
    if kind in BY_MEANING:
        equalities = {one: Rule(_SUPERSET, _MEANT, _meaning_equality) for one in _EQUALITIES}
        return nulls | equalities | {c.NE: Rule(_SUPERSET, _MEANT, _text_difference)}
    if kind is ColumnType.FLOAT:
        comparisons = (c.EQ, c.IS, c.NE, *RANGES)
        return nulls | {one: Rule(_SUPERSET, _ROUNDED, _float) for one in comparisons}
    judge = {ColumnType.INTEGER: _integer, ColumnType.BOOLEAN: _boolean}.get(kind, _moment)
    rules = nulls | {one: Rule(_EXACT, "", judge) for one in (c.EQ, c.IS, c.NE, *RANGES)}
    rules[c.IS_NOT] = Rule(_EXACT, "", _is_not(judge))
    if judge is _moment:
        rules[c.LIKE] = Rule(_SUPERSET, "a prefix of a date becomes a range of time", _like_moment)
    return rules


RULES: dict[ColumnType, dict[Comparison, Rule]] = {kind: _rules(kind) for kind in ColumnType}

_REASONS_LOCAL = {
    ColumnType.STRING: _ORDERED,
    ColumnType.JSON: _UNKNOWN,
    ColumnType.UNKNOWN: _UNKNOWN,
} | dict.fromkeys(BY_MEANING, _MEANT)


def rule(column: Column, comparison: Comparison, collation: str = BINARY) -> Rule:
    """Return the rule for a comparison of a column under a collation."""
    if column.remote_name is None:
        return Rule(Verdict.LOCAL, "only the column's position is known, not its name", _stays)
    wanted = Comparison.EQ if comparison is Comparison.IN else comparison
    found = RULES[column.type].get(wanted)
    if found is None:
        return Rule(Verdict.LOCAL, _REASONS_LOCAL.get(column.type, "no such comparison on the portal"), _stays)
    if collation.upper() != BINARY and column.type is not ColumnType.INTEGER:
        return Rule(Verdict.LOCAL, f"the portal has no collation {collation}", _stays)
    if comparison is Comparison.IN and found.verdict is Verdict.SUPERSET:
        return Rule(Verdict.LOCAL, found.reason, _stays)
    return found


def judge(
    column: Column,
    comparison: Comparison,
    value: Value | frozenset[Value],
    abilities: Abilities,
    collation: str = BINARY,
) -> Judgement:
    """Return what becomes of a comparison with the value at hand (a set of values for IN).

    NULL on the right is settled here, the same way for every type.
    """
    found = rule(column, comparison, collation)
    if found.verdict is Verdict.LOCAL:
        return LOCAL
    if comparison is Comparison.IN:
        return _members(column, value if isinstance(value, frozenset) else frozenset(), found.judge, abilities)
    assert not isinstance(value, frozenset)
    if value is None and comparison in (Comparison.IS, Comparison.IS_NOT):
        swapped = Comparison.IS_NULL if comparison is Comparison.IS else Comparison.NOT_NULL
        return judge(column, swapped, None, abilities)
    if value is None and comparison not in (Comparison.IS_NULL, Comparison.NOT_NULL):
        return NOTHING
    return found.judge(column, comparison, value, abilities)


def _members(column: Column, values: Iterable[Value], equals: Judge, abilities: Abilities) -> Judgement:
    """Judge `IN (values)` member by member: those that can match nothing are left out."""
    kept: set[Value] = set()
    for value in values:
        if value is None:
            continue
        one = equals(column, Comparison.EQ, value, abilities)
        if one.verdict is not Verdict.EXACT:
            return LOCAL
        kept.update(term.values[0] for term in one.terms if term.op is Op.EQ)
    if not kept:
        return NOTHING
    return exactly(Term(column.name, Op.IN, tuple(sorted(kept, key=lambda one: (isinstance(one, str), one)))))


def contract_table() -> str:
    """Return RULES as a Markdown table: what the docs show is what the planner reads."""
    lines = ["| column | comparison | verdict | why not exact |", "|---|---|---|---|"]
    for kind, rules in RULES.items():
        grouped: dict[tuple[str, str], list[str]] = {}
        for comparison, found in rules.items():
            words = grouped.setdefault((found.verdict, found.reason), [])
            words.append(f"`{comparison}`")
            if comparison is Comparison.EQ and found.verdict is Verdict.EXACT:
                words.append(f"`{Comparison.IN}`")
        for (verdict, reason), comparisons in grouped.items():
            lines.append(f"| {kind} | {' '.join(comparisons)} | {verdict} | {reason} |")
    return "\n".join(lines)
