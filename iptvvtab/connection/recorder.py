"""What SQLite plans for the tables of portals, seen while it compiles a statement."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import apsw

from iptvvtab.remote import Journal, Meter, Receipt
from iptvvtab.schema import Table
from iptvvtab.types import Value
from iptvvtab.vtab import Context, Offer, Plan, Scan

Bindings: TypeAlias = Any
"""What APSW takes: a sequence, a mapping, or None."""

VIRTUAL = re.compile(r"(SCAN|SEARCH) (?P<name>.+?) VIRTUAL TABLE INDEX (?P<number>\d+):")
"""What EXPLAIN QUERY PLAN says of a scan by a numbered plan."""

Line: TypeAlias = tuple[int, str]
"""Number and words of a line of EXPLAIN QUERY PLAN."""


@dataclass(frozen=True, slots=True)
class Actual:
    """What a scan took: how often SQLite began it, and what travelled for it."""

    passes: int
    receipt: Receipt


@dataclass(slots=True)
class Planned:
    """A plan that SQLite was offered, and what came of it."""

    context: Context
    table: Table
    offer: Offer
    plan: Plan
    journal: Journal
    meter: Meter
    passes: int = 0


class Recorder:
    """Numbers the plans of all tables on a connection: equal ones alike, whenever the statement is prepared again."""

    def __init__(self) -> None:
        self.plans: dict[int, Planned] = {}
        self._numbers: dict[tuple[object, ...], int] = {}

    def meet_portals(self) -> bool:
        """Make the first contact with the portals of all plans; return whether there are any."""
        for context in {id(one.context): one.context for one in self.plans.values()}.values():
            _ = context.source.remote.capabilities
        return bool(self.plans)

    def actual(self, number: int) -> Actual | None:
        """Return what the scan by a plan took so far."""
        planned = self.plans.get(number)
        return Actual(planned.passes, planned.meter.receipt()) if planned else None

    def observer(self, context: Context) -> Observer:
        """Return what hears of the plans for a schema."""
        return Observer(self, context)

    def number(self, context: Context, table: Table, offer: Offer, made: Plan) -> int:
        """Return the number of a plan."""
        literals: list[Value] = [one.value for one in offer.constraints] + [one.value for one in offer.bounds]
        key = (id(context), made.recipe, *map(repr, literals))
        number = self._numbers.setdefault(key, len(self._numbers) + 1)
        if number not in self.plans:
            journal = Journal(context.journal)
            self.plans[number] = Planned(context, table, offer, made, journal, journal.meter())
        return number


@dataclass(frozen=True, slots=True)
class Observer:
    """Looks on at the tables of one schema."""

    recorder: Recorder
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


@contextmanager
def observed(contexts: Sequence[Context], recorder: Recorder) -> Iterator[None]:
    """Have a recorder hear of what is planned for these schemas, and read."""
    before = [context.observed.by for context in contexts]
    for context in contexts:
        context.observed.by = recorder.observer(context)
    try:
        yield
    finally:
        for context, observer in zip(contexts, before, strict=True):
            context.observed.by = observer


def lines_of(connection: apsw.Connection, statement: str, bindings: Bindings) -> dict[int, list[Line]]:
    """Return the lines of a statement's plan by the number of the one above.

    A statement that was prepared before would not be planned again, and its plans not be known.
    """
    below: dict[int, list[Line]] = defaultdict(list)
    cursor = apsw.Cursor(connection)  # not of the connection's factory, which is ours
    for number, parent, _, words in cursor.execute(f"EXPLAIN QUERY PLAN {statement}", bindings, can_cache=False):
        below[parent].append((number, words))
    return below


def planned_for(
    connection: apsw.Connection, context: Context, sql: str, bindings: Bindings = None
) -> dict[str, list[Planned]]:
    """Return what SQLite chose for the tables of a schema, by what the statement calls them. Nothing travels."""
    recorder = Recorder()
    found: dict[str, list[Planned]] = defaultdict(list)
    with observed((context,), recorder):
        for listed in lines_of(connection, sql, bindings).values():
            for match in filter(None, (VIRTUAL.match(words) for _, words in listed)):
                planned = recorder.plans.get(int(match["number"]))
                if planned is not None:
                    found[match["name"].lower()].append(planned)
    return found
