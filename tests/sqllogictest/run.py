"""One file through both sides: what each record came to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from iptvvtab.schema import Catalog, load_catalog
from tests.differential.oracle import is_ordered
from tests.sqllogictest.portal import Portal
from tests.sqllogictest.scratch import Outcome, Scratch
from tests.sqllogictest.script import Halt, HashThreshold, Malformed, Query, Record, Statement, applies, parse
from tests.sqllogictest.served import Served, refusal, serve
from tests.sqllogictest.values import WrongWidth, agrees, hashed, laid_out

DATABASE = "sqlite"
OTHER_DATABASES, NOT_SAMPLED = "for other databases", "not in the sample"
OPEN_ORDER = "the same values in another order, which the SQL leaves open"
_READS_ONLY = re.compile(r"\s*(SELECT|VALUES)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Failure:
    """A record that did not hold: where, what was asked, expected and got, here and by plain SQLite if that differs."""

    file: str
    line: int
    sql: str
    expected: Sequence[str]
    got: Sequence[str]
    plain: Sequence[str] | None = None


@dataclass
class Tally:
    """What the records of files came to. `outdated`: what plain SQLite of our version does not give either."""

    files: int = 0
    records: int = 0
    passed: int = 0
    failures: list[Failure] = field(default_factory=list)
    outdated: list[Failure] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    queries: int = 0
    requests: int = 0


@dataclass(frozen=True)
class Plan:
    """How files are run. `sample`: every n-th query; `stops`: at the first failure; `told`: after each record.

    `is_strict`: what plain SQLite does not give either fails, too.
    """

    sample: int = 1
    stops: bool = False
    is_strict: bool = False
    told: Callable[[str, Tally], None] = lambda file, tally: None


def run_file(path: Path, portal: Portal, tally: Tally, plan: Plan) -> None:
    """Run a file and add to a tally. A malformed file is a failure of its own, and nothing of it is run."""
    file = str(path)
    tally.files += 1
    try:
        records = parse(path.read_text(encoding="utf-8", errors="replace"), file)
    except Malformed as error:
        tally.failures.append(Failure(file, error.line, "", ["a record of the format"], [error.reason]))
        return
    with Scratch() as scratch:
        run = _Run(file, scratch, portal, tally, plan)
        for record in records:
            if isinstance(record, Halt) and applies(record, DATABASE):
                break
            run.record(record)
            plan.told(file, tally)
            if plan.stops and tally.failures:
                break


class _Run:
    """What a file remembers from record to record: tables, labels, how many queries there were."""

    def __init__(self, file: str, scratch: Scratch, portal: Portal, tally: Tally, plan: Plan) -> None:
        self._file, self._scratch, self._portal, self._tally, self._plan = file, scratch, portal, tally, plan
        self._packaged: Catalog = load_catalog()
        self._served: list[Served] = []
        self._virtual: set[str] = set()
        self._has_changed, self._seen = True, 0
        self._labels: dict[str, tuple[str, int]] = {}

    def record(self, record: Record) -> None:
        """Run one record."""
        if isinstance(record, (Halt, HashThreshold)):
            return
        self._tally.records += 1
        if not applies(record, DATABASE):
            self._tally.skipped[OTHER_DATABASES] += 1
        elif isinstance(record, Statement):
            self._statement(record)
        else:
            self._seen += 1
            if (self._seen - 1) % self._plan.sample:
                self._tally.skipped[NOT_SAMPLED] += 1
            else:
                self._query(record)

    def _statement(self, statement: Statement) -> None:
        """A statement changes the scratch side; one that only reads must end alike on both."""
        expected = ["an error"] if statement.fails else ["no error"]
        truth = self._scratch.run(statement.sql)
        if (truth.error is not None) is not statement.fails:
            self._outdated(self._failure(statement, expected, truth.error or "no error"))
        elif not _READS_ONLY.match(statement.sql):
            self._has_changed = True
            self._tally.passed += 1
        elif (got := self._ask(statement.sql, truth)) is not None:
            if (got.error is not None) is statement.fails:
                self._tally.passed += 1
            else:
                self._tally.failures.append(self._failure(statement, expected, got.error or "no error"))

    def _query(self, query: Query) -> None:
        truth = self._scratch.run(query.sql)
        got = self._ask(query.sql, truth)
        if got is None:
            return
        plain, ours = _values(query, truth), _values(query, got)
        if agrees(query.expected, ours):
            self._labelled(query, ours)
        elif not agrees(query.expected, plain):
            differs = ours != plain if is_ordered(query.sql) else sorted(ours) != sorted(plain)
            failure = self._failure(query, query.expected, ours)
            self._outdated(replace(failure, plain=plain if differs else None))
        elif sorted(ours) == sorted(plain) and query.sort == "nosort" and not is_ordered(query.sql):
            self._tally.skipped[OPEN_ORDER] += 1
        else:
            self._tally.failures.append(self._failure(query, plain, ours))

    def _outdated(self, failure: Failure) -> None:
        (self._tally.failures if self._plan.is_strict else self._tally.outdated).append(failure)

    def _labelled(self, query: Query, values: Sequence[str]) -> None:
        """A result that the file expects must be that of the label's other queries, too."""
        digest = hashed(values)
        first, line = self._labels.setdefault(query.label or f"line {query.line}", (digest, query.line))
        if first == digest:
            self._tally.passed += 1
        else:
            expected = [f"what label {query.label} gave in line {line}: {first}"]
            self._tally.failures.append(self._failure(query, expected, digest))

    def _ask(self, sql: str, truth: Outcome) -> Outcome | None:
        """Ask the portal what was asked of the scratch side; None, and counted, where it cannot be asked."""
        if self._has_changed:
            self._has_changed = False
            self._served = [serve(declared, rows, self._packaged) for declared, rows in self._scratch.tables()]
            self._virtual = self._scratch.virtual()
            self._portal.update(self._served, self._scratch.views())
        if reason := refusal(truth.reads, self._served, self._virtual):
            self._tally.skipped[reason] += 1
            return None
        return self._portal.run(sql)

    def _failure(self, record: Statement | Query, expected: Sequence[str], got: Sequence[str] | str) -> Failure:
        return Failure(self._file, record.line, record.sql, expected, [got] if isinstance(got, str) else got)


def _values(query: Query, outcome: Outcome) -> list[str]:
    """Return a result as the file would list it, or the words of the error."""
    if outcome.error is not None:
        return [outcome.error]
    try:
        return laid_out(outcome.rows, query.types, query.sort)
    except WrongWidth as error:
        return [str(error)]
