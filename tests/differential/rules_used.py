"""Which rules of the contract a statement's plan uses: only those can change what it gives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b

import apsw

from iptvvtab.remote import Journal
from iptvvtab.schema import Table
from iptvvtab.vtab import PLAN_RULES
from iptvvtab.vtab.contract import LOOKAHEAD, LOOKUPS, NULL_ORDER, ORDER
from iptvvtab.vtab.offer import Offer
from iptvvtab.vtab.plan import Plan
from iptvvtab.vtab.scan import Scan
from tests.differential.assembled import Parts
from tests.differential.corpus import Statement

_PLANNED = re.compile(r"VIRTUAL TABLE INDEX (\d+):\{")
_LOOP = re.compile(r"(SCAN|SEARCH) ")
_CORRELATED = "CORRELATED"
ALWAYS = frozenset(PLAN_RULES) & {"learned"}
"""Rules about every scan of a portal's table."""

Explained = tuple[int, int, int, str]
"""A line of EXPLAIN QUERY PLAN: its number, that of the line it belongs to, nothing, and words."""


class Plans:
    """Numbers the plans that SQLite was offered, and so learns from EXPLAIN QUERY PLAN which it chose."""

    def __init__(self) -> None:
        self.made: list[Plan] = []

    def planned(self, table: Table, offer: Offer, made: Plan) -> int:
        """Keep a plan."""
        self.made.append(made)
        return len(self.made)

    def filtered(self, number: int, scan: Scan | None) -> Journal | None:
        """Let a scan pass."""
        return None


def is_single(statement: Statement) -> bool:
    """Whether a line is one statement: the others make tables and views, which EXPLAIN would leave behind."""
    return ";" not in statement.sql.rstrip("; ")


def statements_by_rule(parts: Parts, statements: Iterable[Statement]) -> dict[str, list[Statement]]:
    """The statements that use each rule, in an order that is the same in every run and drifts little as they grow."""
    plans = Plans()
    connection = parts.connection(observer=plans)
    found: dict[str, list[Statement]] = {}
    for statement in sorted(filter(is_single, statements), key=_shuffled):
        for rule in sorted({*_used(connection, plans, statement)}):
            found.setdefault(rule, []).append(statement)
    connection.close()
    return found


def _shuffled(statement: Statement) -> bytes:
    return blake2b(f"{statement.sql}{statement.bindings}".encode()).digest()


def _used(connection: apsw.Connection, plans: Plans, statement: Statement) -> Iterator[str]:
    try:
        lines: list[Explained] = list(connection.execute(f"EXPLAIN QUERY PLAN {statement.sql}", statement.bindings))
    except (apsw.Error, TypeError):
        return
    inner = _inner_loops(lines)
    for number, _, _, words in lines:
        if found := _PLANNED.search(words):
            yield from _of_plan(plans.made[int(found[1]) - 1])
            yield from ALWAYS
            if number in inner:
                yield from (LOOKUPS, LOOKAHEAD)


def _of_plan(plan: Plan) -> Iterator[str]:
    numbers = {use.number for use in plan.recipe.uses}
    yield from (one.rule.name for one in plan.considered if one.constraint.number in numbers)
    taken = [choice.rule for choice in plan.choices if choice.is_taken]
    yield from taken
    if NULL_ORDER in taken:
        yield ORDER


def _inner_loops(lines: Sequence[Explained]) -> set[int]:
    """The numbers of the lines that SQLite runs once for each row of another: the second loop of a join and so on."""
    words = {number: text for number, _, _, text in lines}
    looping: set[int] = set()
    inner: set[int] = set()
    for number, parent, _, text in lines:
        is_loop = _LOOP.match(text) is not None or text.startswith("MULTI-INDEX")
        if (is_loop and parent in looping) or parent in inner or _CORRELATED in words.get(parent, ""):
            inner.add(number)
        if is_loop and not text.startswith("SCAN CONSTANT"):
            looping.add(parent)
    return inner
