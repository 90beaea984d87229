"""What a statement will ask of its portals, and why not more; with `analyze`, what it did ask."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import apsw
import apsw.ext

from iptvvtab import jsonsql  # by its name: what parses SQL is imported when it is first called
from iptvvtab.connection.redirect import Way
from iptvvtab.connection.routing import Routing
from iptvvtab.connection.wholes import WholeExplained
from iptvvtab.mirror import Snapshot
from iptvvtab.remote import Journal, Meter, Receipt
from iptvvtab.schema import Table
from iptvvtab.types import Value
from iptvvtab.vtab import Context, Offer, Plan, Scan, ScanExplained, explained

Bindings: TypeAlias = Any
"""What APSW takes: a sequence, a mapping, or None."""

_VIRTUAL = re.compile(r"(SCAN|SEARCH) (?P<name>.+?) VIRTUAL TABLE INDEX (?P<number>\d+):")
_ONCE = ("MATERIALIZE", "CO-ROUTINE", "LIST SUBQUERY", "SCALAR SUBQUERY")
"""How lines begin below which SQLite reads once, however many loops stand around."""

_BRANCHES = "MULTI-INDEX OR"
_LOOP = re.compile(r"(SCAN|SEARCH) (?!CONSTANT ROW)")


@dataclass(frozen=True, slots=True)
class Actual:
    """What a scan took: how often SQLite began it, and what travelled for it."""

    passes: int
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Step:
    """A line of SQLite's plan, `depth` levels deep. `within`: the names of the loops that it runs in, outermost first.

    `scan` is there for a table of a portal, under its `name` in the statement, with the `number` of its plan; `actual`
    after an analysis.
    """

    depth: int
    text: str
    name: str = ""
    within: tuple[str, ...] = ()
    scan: ScanExplained | None = None
    number: int = 0
    actual: Actual | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The plan of a statement. `remarks`: what SQLite shows no virtual table. `returned` rows, `seconds`: if it ran.

    `ways`: which of its tables SQLite reads in the shadow file itself, and why not the others. `whole`: what the portal
    is asked in one request, and why not; None for what names no table of a portal. `actual` is what that took.
    """

    sql: str
    steps: tuple[Step, ...]
    remarks: tuple[str, ...]
    ways: tuple[Way, ...] = ()
    returned: int | None = None
    seconds: float | None = None
    whole: WholeExplained | None = None
    actual: Actual | None = None

    @property
    def scans(self) -> tuple[Step, ...]:
        """The steps that read a portal."""
        return tuple(step for step in self.steps if step.scan is not None)


@dataclass(slots=True)
class _Planned:
    """A plan that SQLite was offered, and what came of it."""

    context: Context
    table: Table
    offer: Offer
    plan: Plan
    journal: Journal
    meter: Meter
    passes: int = 0


class _Recorder:
    """Numbers the plans of all tables on a connection: equal ones alike, whenever the statement is prepared again."""

    def __init__(self) -> None:
        self.plans: dict[int, _Planned] = {}
        self._numbers: dict[tuple[object, ...], int] = {}

    def meet_portals(self) -> bool:
        """Make the first contact with the portals of all plans; return whether there are any."""
        for context in {id(one.context): one.context for one in self.plans.values()}.values():
            _ = context.source.remote.capabilities
        return bool(self.plans)

    def actual(self, step: Step) -> Actual | None:
        """Return what the scan of a step took so far."""
        planned = self.plans.get(step.number)
        return Actual(planned.passes, planned.meter.receipt()) if planned else None

    def observer(self, context: Context) -> _Observer:
        return _Observer(self, context)

    def number(self, context: Context, table: Table, offer: Offer, made: Plan) -> int:
        literals: list[Value] = [one.value for one in offer.constraints] + [one.value for one in offer.bounds]
        key = (id(context), made.recipe, *map(repr, literals))
        number = self._numbers.setdefault(key, len(self._numbers) + 1)
        if number not in self.plans:
            journal = Journal(context.journal)
            self.plans[number] = _Planned(context, table, offer, made, journal, journal.meter())
        return number


@dataclass(frozen=True, slots=True)
class _Observer:
    """Looks on at the tables of one schema."""

    recorder: _Recorder
    context: Context

    def planned(self, table: Table, offer: Offer, made: Plan) -> int:
        """Number a plan."""
        return self.recorder.number(self.context, table, offer, made)

    def filtered(self, number: int, scan: Scan | None) -> Journal | None:
        """Count a pass; what it costs is written down apart, too."""
        planned = self.recorder.plans.get(number)
        if planned is None:
            return None
        planned.passes += 1
        return planned.journal


def explanation(
    connection: apsw.Connection,
    contexts: list[Context],
    sql: str,
    bindings: Bindings = None,
    *,
    routing: Routing | None = None,
    analyze: bool = False,
) -> Explanation:
    """Return the plan of the first statement of a text over the schemas of these contexts.

    Nothing travels, unless `analyze` runs the statement to its end. Raises apsw.Error as executing it would.
    """
    details = apsw.ext.query_info(connection, sql)
    statement = details.first_query
    recorder = _Recorder()
    with _observed(contexts, recorder), ExitStack() as metered:

        def planned() -> _Planning:
            return _planning(connection, statement, bindings, details.bindings_count, routing)

        found = planned()
        if not analyze:
            return _explanation(statement, found, recorder)
        if recorder.meet_portals():  # SQLite would choose by what they were seen to do
            found = planned()
        meters = [metered.enter_context(context.journal.meter()) for context in contexts]
        started = time.monotonic()
        returned = sum(1 for _ in connection.cursor().execute(statement, bindings, can_cache=False))
        seconds = time.monotonic() - started
        if found.is_whole:  # the portal may have said no
            found = planned()
        told = _explanation(statement, found, recorder)
        return replace(
            told,
            steps=tuple(replace(step, actual=recorder.actual(step)) for step in told.steps),
            returned=returned,
            seconds=seconds,
            actual=Actual(1, _together([one.receipt() for one in meters])) if found.is_whole else None,
        )


_Line: TypeAlias = tuple[int, str]
"""Number and words of a line of EXPLAIN QUERY PLAN."""


@dataclass(frozen=True, slots=True)
class _Planning:
    """The lines of SQLite's plan by the number of the one above, and how else the statement may be run."""

    tree: Mapping[int, list[_Line]]
    ways: tuple[Way, ...] = ()
    whole: WholeExplained | None = None

    @property
    def is_whole(self) -> bool:
        return self.whole is not None and self.whole.document is not None


def _together(receipts: list[Receipt]) -> Receipt:
    tables = (table for one in receipts for table in one.tables)
    return Receipt(tuple(tables), tuple(document for one in receipts for document in one.documents))


def _explanation(statement: str, found: _Planning, recorder: _Recorder) -> Explanation:
    steps = tuple(_steps(found.tree, recorder, 0, 0, ()))
    return Explanation(statement.strip(), steps, jsonsql.remarks(statement), found.ways, whole=found.whole)


def _planning(
    connection: apsw.Connection, sql: str, bindings: Bindings, parameters: int, routing: Routing | None
) -> _Planning:
    """Return the plan of a statement as it would be run now, and how it would read its tables."""
    known = bindings if bindings is not None else (None,) * parameters
    statement = None if routing is None else routing.statement(connection, sql)
    if routing is None or statement is None:
        return _Planning(_tree(connection, sql, known))
    with Snapshot(connection) as snapshot:
        route = routing.route(snapshot, statement, bindings, travels=False)
        whole = routing.wholes.explained(statement, route.whole)
        tree = {} if whole.document is not None else _tree(connection, route.native.sql, known)
        return _Planning(tree, route.native.ways, whole)


def _tree(connection: apsw.Connection, statement: str, bindings: Bindings) -> dict[int, list[_Line]]:
    """Return the lines of a statement's plan by the number of the one above.

    A statement that was prepared before would not be planned again, and its plans not be known.
    """
    below: dict[int, list[_Line]] = defaultdict(list)
    for number, parent, _, words in connection.execute(f"EXPLAIN QUERY PLAN {statement}", bindings, can_cache=False):
        below[parent].append((number, words))
    return below


@contextmanager
def _observed(contexts: list[Context], recorder: _Recorder) -> Iterator[None]:
    before = [context.observed.by for context in contexts]
    for context in contexts:
        context.observed.by = recorder.observer(context)
    try:
        yield
    finally:
        for context, observer in zip(contexts, before, strict=True):
            context.observed.by = observer


def _steps(
    tree: Mapping[int, list[_Line]], recorder: _Recorder, above: int, depth: int, within: tuple[str, ...]
) -> Iterator[Step]:
    """Yield the lines of a plan: scans side by side are loops, each within the ones before it."""
    for number, words in tree.get(above, ()):
        step = _step(words, recorder, depth, within)
        yield step
        below = list(_steps(tree, recorder, number, depth + 1, () if words.startswith(_ONCE) else within))
        yield from below
        if _LOOP.match(words):
            within = (*within, step.name or words.split()[1])
        elif words == _BRANCHES and below:
            within = (*within, below[-1].name)


def _step(words: str, recorder: _Recorder, depth: int, within: tuple[str, ...]) -> Step:
    found = _VIRTUAL.match(words)
    number = int(found["number"]) if found else 0
    planned = recorder.plans.get(number)
    if found is None or planned is None:
        return Step(depth, words, within=within)
    scan = explained(planned.context, planned.table, planned.offer, planned.plan)
    return Step(depth, words, found["name"], within, scan, number)
