"""What a statement will ask of its portals, and why not more; with `analyze`, what it did ask."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace

import apsw
import apsw.ext

from iptvvtab import jsonsql  # by its name: what parses SQL is imported when it is first called
from iptvvtab.connection.recorder import VIRTUAL, Actual, Bindings, Line, Recorder, lines_of, observed
from iptvvtab.connection.redirect import Way
from iptvvtab.connection.routing import Routing
from iptvvtab.connection.wholes import WholeExplained
from iptvvtab.mirror import Snapshot
from iptvvtab.remote import Receipt
from iptvvtab.vtab import Context, ScanExplained, explained

_ONCE = ("MATERIALIZE", "CO-ROUTINE", "LIST SUBQUERY", "SCALAR SUBQUERY")
"""How lines begin below which SQLite reads once, however many loops stand around."""

_BRANCHES = "MULTI-INDEX OR"
_LOOP = re.compile(r"(SCAN|SEARCH) (?!CONSTANT ROW)")


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
    recorder = Recorder()
    with observed(contexts, recorder), ExitStack() as metered:

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
            steps=tuple(replace(step, actual=recorder.actual(step.number)) for step in told.steps),
            returned=returned,
            seconds=seconds,
            actual=Actual(1, _together([one.receipt() for one in meters])) if found.is_whole else None,
        )


@dataclass(frozen=True, slots=True)
class _Planning:
    """The lines of SQLite's plan by the number of the one above, and how else the statement may be run."""

    tree: Mapping[int, list[Line]]
    ways: tuple[Way, ...] = ()
    whole: WholeExplained | None = None

    @property
    def is_whole(self) -> bool:
        return self.whole is not None and bool(self.whole.documents)


def _together(receipts: list[Receipt]) -> Receipt:
    tables = (table for one in receipts for table in one.tables)
    return Receipt(tuple(tables), tuple(document for one in receipts for document in one.documents))


def _explanation(statement: str, found: _Planning, recorder: Recorder) -> Explanation:
    steps = tuple(_steps(found.tree, recorder, 0, 0, ()))
    return Explanation(statement.strip(), steps, jsonsql.remarks(statement), found.ways, whole=found.whole)


def _planning(
    connection: apsw.Connection, sql: str, bindings: Bindings, parameters: int, routing: Routing | None
) -> _Planning:
    """Return the plan of a statement as it would be run now, and how it would read its tables."""
    known = bindings if bindings is not None else (None,) * parameters
    statement = None if routing is None else routing.statement(connection, sql)
    if routing is None or statement is None:
        return _Planning(lines_of(connection, sql, known))
    with Snapshot(connection) as snapshot:
        route = routing.route(snapshot, statement, bindings, travels=False)
        whole = routing.wholes.explained(statement, route.whole)
        tree = {} if whole.documents else lines_of(connection, route.native.sql, known)
        return _Planning(tree, route.native.ways, whole)


def _steps(
    tree: Mapping[int, list[Line]], recorder: Recorder, above: int, depth: int, within: tuple[str, ...]
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


def _step(words: str, recorder: Recorder, depth: int, within: tuple[str, ...]) -> Step:
    found = VIRTUAL.match(words)
    number = int(found["number"]) if found else 0
    planned = recorder.plans.get(number)
    if found is None or planned is None:
        return Step(depth, words, within=within)
    scan = explained(planned.context, planned.table, planned.offer, planned.plan)
    return Step(depth, words, found["name"], within, scan, number)
