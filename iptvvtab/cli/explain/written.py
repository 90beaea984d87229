"""An explanation as text for people, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from iptvvtab.cli.words import count, duration, size
from iptvvtab.types import Json

if TYPE_CHECKING:
    from iptvvtab.connection import Actual, Explanation, Step, Way, WholeExplained
    from iptvvtab.remote import Receipt
    from iptvvtab.vtab import ScanExplained, TermExplained


def as_text(explanation: Explanation) -> str:
    """Return the plan as an indented list: of each scan what is asked, then what each condition became."""
    lines: list[str] = []
    for step in explanation.steps:
        lines += [("  " * step.depth + line).rstrip() for line in _step(step)]
    if explanation.whole is not None:
        lines += _whole(explanation.whole, explanation)
    elif not explanation.steps:
        lines.append("nothing is read")
    lines += [line for way in explanation.ways for line in _way(way)]
    lines += [f"note: {remark}" for remark in explanation.remarks if explanation.scans]
    if explanation.seconds is not None and explanation.returned is not None:
        lines.append(f"{count(explanation.returned, 'row')} in {duration(explanation.seconds)}")
    return "\n".join(lines)


def _whole(whole: WholeExplained, explanation: Explanation) -> Iterator[str]:
    """Yield what one request asks, or why the statement is not asked so."""
    if not whole.documents:
        if explanation.scans:
            yield f"not one request: {whole.reason}"
            if whole.in_parts and whole.in_parts != whole.reason:
                yield f"nor several documents in one: {whole.in_parts}"
        return
    kept = "live" if not whole.max_age else f"live (memory keeps it {duration(whole.max_age)})"
    source = kept if whole.age is None else f"memory, {duration(whole.age)} old"
    yield f"one request for the whole statement ({', '.join(whole.tables)}): {source}"
    if explanation.actual is not None:
        yield f"    actual     {_actual(explanation.actual)}"
    yield from (f"    {json.dumps(one, ensure_ascii=False)}" for one in whole.documents)
    if whole.rest:
        yield f"    SQLite makes of the answers: {' '.join(whole.rest.split())}"
    yield from (f"    {remark}" for remark in whole.remarks)


def _way(way: Way) -> Iterator[str]:
    """Yield how a table is read that is at hand in the shadow file."""
    name = f"{way.schema}.{way.table}"
    if way.age is not None:
        yield f"{name}: read in the shadow file by SQLite itself, {duration(way.age)} old"
    elif way.is_near:
        yield f"{name}: read by the virtual table: {way.reason}"


def _step(step: Step) -> Iterator[str]:
    if step.scan is None:
        yield step.text
        return
    scan = step.scan
    within = f", for each row of {' and '.join(step.within)}" if step.within else ""
    within += ", keys that follow travel together" if step.within and scan.looks_ahead else ""
    name = step.name if step.name.endswith(f".{scan.table}") else f"{step.name} ({scan.table})"
    yield f"{name}: {_source(scan)}{within}"
    yield f"    estimated  {_estimate(scan)}"
    if step.actual is not None:
        yield f"    actual     {_actual(step.actual)}"
    yield from (f"    {json.dumps(one, ensure_ascii=False, default=_open)}" for one in scan.documents)
    yield from (f"    {line}" for line in _table(scan))


def _source(scan: ScanExplained) -> str:
    if not scan.documents:
        return "no row can match, nothing travels"
    if scan.kept is not None:
        return f"{scan.kept.source}, {duration(scan.kept.age)} old"
    return "live" if scan.source == "live" else f"live (memory keeps it {duration(scan.max_age)})"


def _estimate(scan: ScanExplained) -> str:
    return f"{count(round(scan.requests), 'request')}, {count(round(scan.rows), 'row')}"


def _actual(actual: Actual) -> str:
    receipt = actual.receipt
    facts = [
        count(actual.passes, "time"),
        count(receipt.requests, "request"),
        f"{count(receipt.rows, 'row')} fetched",
        size(receipt.bytes),
    ]
    if batches := sum(one.batches for one in receipt.tables):
        hits = sum(one.hits for one in receipt.tables)
        facts.append(f"{count(hits, 'look-up')} answered by {count(batches, 'batch', 'batches')}")
    return ", ".join([*facts, f"portal {duration(receipt.portal_seconds)}"] if receipt.requests else facts)


def _table(scan: ScanExplained) -> Iterator[str]:
    lines = [(one.verdict, _condition(one), _why(one.rule, one.reason)) for one in scan.terms]
    lines += [("yes" if one.is_taken else "no", one.rule, one.reason) for one in scan.choices]
    if not lines:
        return
    first, second = (max(len(line[place]) for line in lines) for place in (0, 1))
    for verdict, what, why in lines:
        yield f"{verdict:<{first}}  {what:<{second}}  {why}".rstrip()


def _condition(term: TermExplained) -> str:
    return f"{term.column} {term.comparison} {term.value}".rstrip()


def _why(rule: str, reason: str) -> str:
    return f"{rule}: {reason}" if reason else rule


def _open(value: object) -> Json:
    """Return a value that is known only when the statement runs, as documents show it."""
    return value.to_json()  # type: ignore[attr-defined]  # a Placeholder; anything else is a bug


def as_json(explanation: Explanation) -> str:
    """Return the explanation as one JSON object."""
    document: dict[str, Json] = {
        "sql": explanation.sql,
        "steps": [_step_json(step) for step in explanation.steps],
        "remarks": list(explanation.remarks),
        "ways": [asdict(way) for way in explanation.ways],
        "whole": explanation.whole and asdict(explanation.whole),
    }
    if explanation.actual is not None:
        document["actual"] = _receipt_json(explanation.actual.receipt)
    if explanation.seconds is not None:
        document |= {"returned": explanation.returned, "seconds": round(explanation.seconds, 6)}
    return json.dumps(document, ensure_ascii=False, default=_open)


def _step_json(step: Step) -> Json:
    if step.scan is None:
        return {"depth": step.depth, "text": step.text}
    scan = step.scan
    found: dict[str, Json] = {
        "depth": step.depth,
        "name": step.name,
        "within": list(step.within),
        "table": scan.table,
        "documents": list(scan.documents),
        "terms": [asdict(one) for one in scan.terms],
        "choices": [asdict(one) for one in scan.choices],
        "source": scan.source,
        "max_age": scan.max_age,
        "looks_ahead": bool(step.within) and scan.looks_ahead,
        "kept": scan.kept and scan.kept.source,
        "age": scan.kept and scan.kept.age,
        "estimated": {"requests": scan.requests, "rows": scan.rows},
    }
    if step.actual is not None:
        found["actual"] = {"passes": step.actual.passes, **_receipt_json(step.actual.receipt)}
    return found


def _receipt_json(receipt: Receipt) -> dict[str, Json]:
    return {
        "requests": receipt.requests,
        "rows": receipt.rows,
        "bytes": receipt.bytes,
        "retries": receipt.retries,
        "portal_seconds": round(receipt.portal_seconds, 6),
    }
