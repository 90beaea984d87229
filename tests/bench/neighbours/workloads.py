"""The ten workloads, what an engine makes of one, and the answer that all must give."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw
import yaml

from iptvvtab.demo import DemoProcess
from iptvvtab.schema import load_catalog
from tests.bench.scans import TABLE
from tests.differential.oracle import Row, exact, is_ordered, plain_tables

STATEMENTS: dict[str, str | None] = {
    one["name"]: one.get("sql")
    for one in yaml.safe_load((Path(__file__).parent / "workloads.yaml").read_text(encoding="utf-8"))
}
REPEAT, SYNC = "repeat from cache", "sync"
MANY, FEW = 4, 40
"""Such a part of the subscribers is looked up by a join: 10,000 and 1,000 of 40,000."""


@dataclass(frozen=True)
class Given:
    """One workload for one engine: the portal's variables, and how many subscribers it has.

    `folder`: the shadow file, sessions, what the portal was seen to do; `own`: for files of this run alone.
    """

    workload: str
    environment: Mapping[str, str]
    folder: Path
    own: Path
    subscribers: int

    @property
    def many(self) -> int:
        """The last key of those that the large join looks up."""
        return _last_key(self.subscribers // MANY)

    @property
    def few(self) -> int:
        """The last key of those that the join of three tables looks up."""
        return _last_key(self.subscribers // FEW)

    @property
    def sql(self) -> str:
        """The statement."""
        text = STATEMENTS[self.workload]
        assert text is not None
        return text.format(many=self.many, few=self.few)


@dataclass(frozen=True)
class Task:
    """What is measured, and the rows that it found. `is_local`: nothing travels, so that it can run many times."""

    run: Callable[[], Any]
    rows: Callable[[Any], Iterable[Row]] = lambda found: found
    is_local: bool = False


def answers(demo: DemoProcess, folder: Path, subscribers: int) -> dict[str, str]:
    """The digest of the right answer to each workload, from plain tables that were read without any engine."""
    plain = plain_tables(demo, load_catalog())
    try:
        return {name: _answer(plain, Given(name, demo.environment, folder, folder, subscribers)) for name in STATEMENTS}
    finally:
        plain.close()


def _answer(plain: apsw.Connection, given: Given) -> str:
    sql = f"SELECT * FROM portal.{TABLE}" if given.workload == SYNC else given.sql
    return digest(given.workload, plain.execute(sql))


def digest(workload: str, rows: Iterable[Row]) -> str:
    """The number of rows, and a hash of them all by value and type, in their order where the statement fixes one.

    A flag is 1 or 0, as some engines say True and False.
    """
    lines = [repr(exact(tuple(int(one) if isinstance(one, bool) else one for one in row))) for row in rows]
    if not is_ordered(STATEMENTS[workload] or ""):
        lines.sort()
    return f"{len(lines)} rows, {hashlib.sha256(repr(lines).encode()).hexdigest()[:16]}"


def _last_key(subscribers: int) -> int:
    """The key of that subscriber: there is a gap after every ninth."""
    return subscribers + (subscribers - 1) // 9
