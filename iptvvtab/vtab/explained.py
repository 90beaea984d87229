"""What a planned scan will ask and why not more, in words and documents. Nothing travels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from iptvvtab.remote import Term
from iptvvtab.schema import Column, Table
from iptvvtab.types import BY_MEANING, ColumnType, Json, Value
from iptvvtab.vtab.contract import LOOKAHEAD, LOOKUPS, WITHOUT_VALUE, Comparison, Judgement, Verdict
from iptvvtab.vtab.lookups import BY_VALUE
from iptvvtab.vtab.offer import Bound, Choice, Considered, Offer
from iptvvtab.vtab.plan import Plan
from iptvvtab.vtab.scan import Scan, scan_of, taken

if TYPE_CHECKING:
    from iptvvtab.source import Freshness, Provenance
    from iptvvtab.vtab.table import Context

HIDDEN = "***"

_SAMPLES: dict[ColumnType, Value] = {
    ColumnType.INTEGER: 1,
    ColumnType.BOOLEAN: 1,
    ColumnType.FLOAT: 1.0,
    ColumnType.DATETIME: "2024-01-01 00:00:00",
    ColumnType.DATE: "2024-01-01",
    **dict.fromkeys([ColumnType.STRING, *BY_MEANING], "a b"),
}
"""A value of each type, to see which terms a rule would make of one that is not known yet."""

_PATTERNS = {Comparison.LIKE: "2024-01%", Comparison.GLOB: "2024-01*"}


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A value that is known only when the statement runs. `number` counts from 1 within a scan; or it is the limit."""

    number: int | str

    def to_json(self) -> Json:
        """Return how it stands in a document."""
        return {"?": self.number}


@dataclass(frozen=True, slots=True)
class TermExplained:
    """A constraint of a statement: the verdict that it gets, by which rule, and why not a better one.

    `value` is as the statement says it, `?` and a number where it is not known before the statement runs.
    """

    column: str
    comparison: str
    value: str
    verdict: str
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class ScanExplained:
    """A scan of a table. `documents`: what each part of it begins with; none if no row can match.

    `looks_ahead`: within another scan, keys that are seen to follow travel together. `kept`: where the rows are
    already, if nothing would travel now. `requests` and `rows` are estimates for one pass.
    """

    table: str
    documents: tuple[Json, ...]
    terms: tuple[TermExplained, ...]
    choices: tuple[Choice, ...]
    source: str
    max_age: float
    kept: Provenance | None
    requests: float
    rows: float
    looks_ahead: bool = False


def explained(context: Context, table: Table, offer: Offer, made: Plan) -> ScanExplained:
    """Return what is known of a planned scan before it runs."""
    judged = [_judged(context, table, one, number) for number, one in enumerate(_used(made), start=1)]
    is_exact = all(one.verdict is Verdict.EXACT for one in judged)
    wanted = _wanted(made.recipe.bounds, offer)
    scan = scan_of(table, made.recipe, judged, wanted, context.source.remote.known)
    freshness = context.freshness(table.name)
    kept = None
    if scan is not None:
        kept = _kept(context, scan, freshness)
    return ScanExplained(
        table.name,
        ()
        if scan is None
        else _documents(context, scan, freshness, is_open=is_exact and _is_open(made.recipe.bounds, offer)),
        tuple(_terms(table, made, judged)),
        tuple(_choices(made, judged)),
        freshness.origin.value,
        freshness.in_memory,
        kept,
        0 if scan is None or kept is not None else made.requests,
        0 if scan is None else made.rows,
        scan is not None and kept is None and _looks_ahead(context, table, made),
    )


def _kept(context: Context, scan: Scan, freshness: Freshness) -> Provenance | None:
    """Return where the rows, or what stands for them, are already; a value that is not known yet counts no rows."""
    reads = (scan.summary, scan.read) if scan.summary is not None else (scan.read,)
    found = (context.source.foreseen(read, freshness, context.mirror) for read in reads)
    return next((one for one in found if one is not None), None)


def _looks_ahead(context: Context, table: Table, made: Plan) -> bool:
    is_wanted = context.contract.uses(LOOKUPS) and context.contract.uses(LOOKAHEAD)
    equal = [one for one in _used(made) if one.constraint.comparison is Comparison.EQ and one.constraint.value is None]
    return is_wanted and any(table.column(one.column).type in BY_VALUE for one in equal)


def _used(made: Plan) -> list[Considered]:
    """Return the constraints that travel, in the order of Filter's arguments."""
    return [one for one in made.considered if one.rule.verdict is not Verdict.LOCAL]


def _judged(context: Context, table: Table, one: Considered, number: int) -> Judgement:
    """Judge a constraint by the value that the statement says, or by a sample whose place is then left open."""
    column, constraint = table.column(one.column), one.constraint
    judge: Callable[[Any], Judgement] = lambda value: context.contract.judge(  # noqa: E731 -- one call, two values
        column, constraint.comparison, value, context.source.remote.known, constraint.collation
    )
    if constraint.comparison in WITHOUT_VALUE or constraint.value is not None:
        return judge(constraint.value)
    found = judge(_sample(column, constraint.comparison))
    return replace(found, terms=tuple(_opened(term, Placeholder(number)) for term in found.terms))


def _sample(column: Column, comparison: Comparison) -> Value | frozenset[Value]:
    sample = _PATTERNS.get(comparison) or _SAMPLES[column.type]
    return frozenset({sample}) if comparison is Comparison.IN else sample


def _opened(term: Term, placeholder: Placeholder) -> Term:
    return replace(term, values=(placeholder,) if term.values else ())  # type: ignore[arg-type]  # only shown


def _wanted(bounds: tuple[Bound, ...], offer: Offer) -> int | None:
    return None if _is_open(bounds, offer) else taken({bound: bound.value for bound in offer.bounds} if bounds else {})


def _is_open(bounds: tuple[Bound, ...], offer: Offer) -> bool:
    """Return whether LIMIT tells how many rows are asked for, and its value is not known yet."""
    return bool(bounds) and any(bound.value is None for bound in offer.bounds)


def _documents(context: Context, scan: Scan, freshness: Freshness, *, is_open: bool) -> tuple[Json, ...]:
    read = context.source.travelling(scan.summary or scan.read, freshness, context.mirror)
    documents = context.source.remote.announced(read, scan.wanted if read is scan.read else None)
    return tuple({**one, "limit": Placeholder("limit")} if is_open else one for one in documents)


def _terms(table: Table, made: Plan, judged: list[Judgement]) -> list[TermExplained]:
    found = []
    travelling = iter(enumerate(judged, start=1))
    for one in made.considered:
        number, judgement = (0, None) if one.rule.verdict is Verdict.LOCAL else next(travelling)
        beside = {other.constraint.comparison for other in made.considered if other.column == one.column}
        found.append(_term(table.column(one.column), one, judgement, number, beside))
    return found


def _term(
    column: Column, one: Considered, judgement: Judgement | None, number: int, beside: set[Comparison]
) -> TermExplained:
    constraint, verdict, reason = one.constraint, str(one.rule.verdict), one.rule.reason
    if judgement is not None:
        verdict = "nothing" if judgement.is_empty else str(judgement.verdict)
    if judgement is not None and judgement.verdict is not one.rule.verdict:
        reason = judgement.reason
    if constraint.collation == "NOCASE" and beside & set(_PATTERNS):
        reason = "made of the pattern by SQLite"
    if verdict == "nothing":
        reason = "no row can match this value"
    value = ""
    if constraint.comparison not in WITHOUT_VALUE:
        value = f"?{number or ''}" if constraint.value is None else _shown(column, constraint.value)
    return TermExplained(one.column, str(constraint.comparison), value, verdict, one.rule.name, reason)


def _shown(column: Column, value: Value) -> str:
    if column.sensitive:
        return HIDDEN
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


def _choices(made: Plan, judged: list[Judgement]) -> list[Choice]:
    """Return the choices about the scan as a whole, LIMIT in the light of the values that are known."""
    is_exact = all(one.verdict is Verdict.EXACT for one in judged)
    return [
        replace(choice, is_taken=False, reason="a condition may keep more rows than match")
        if choice.rule == "limit" and choice.is_taken and not is_exact
        else choice
        for choice in made.choices
    ]
