"""The side under test: a demo portal that holds the scratch side's tables, and an iptvvtab connection over it."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

import iptvvtab
from iptvvtab.demo import DemoProcess, DemoTable
from iptvvtab.mirror import quoted
from iptvvtab.remote import Meter
from tests.sqllogictest.scratch import Outcome
from tests.sqllogictest.served import Served

SCHEMA = "portal"
_VIEW = "CREATE VIEW "
_INSTRUCTIONS_PER_CHECK = 10_000
_LOG_KEPT = 1000
"""Queries after which the demo portal forgets its log: a long run would fill its memory."""


@dataclass(frozen=True)
class Choices:
    """How the portal is asked. `seconds`: after which a query is ended, and has failed."""

    source: str = "live"
    first_page_rows: int = 7
    page_rows: int = 40
    seconds: float = 60.0


@dataclass
class Portal:
    """One connection, for one file. A context manager that closes it; `folder` holds its schema file and session."""

    demo: DemoProcess
    folder: Path
    choices: Choices
    requests: int = 0
    queries: int = 0
    # A statement kept for reuse would hold its tables, and their portal, beyond DETACH.
    _connection: apsw.Connection = field(default_factory=lambda: apsw.Connection(":memory:", statementcachesize=0))
    _deadline: float = math.inf
    _meter: Meter | None = None
    _entries: dict[str, Any] = field(default_factory=dict)
    _tables: dict[str, tuple[DemoTable, list[list[Any]]]] = field(default_factory=dict)
    _views: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> Portal:
        self._connection.set_progress_handler(lambda: time.monotonic() > self._deadline, _INSTRUCTIONS_PER_CHECK)
        self._attach()
        return self

    def __exit__(self, *_: object) -> None:
        self._settle()
        self._connection.close()

    def update(self, served: Sequence[Served], views: Mapping[str, str]) -> None:
        """Hold these tables and views; what is as it was stays untouched."""
        possible = [one for one in served if one.table.columns]
        changed = [one for one in possible if self._tables.get(one.table.name) != (one.table, one.rows)]
        self.demo.put_tables((one.table, one.rows) for one in changed)
        self._tables = {one.table.name: (one.table, one.rows) for one in possible}
        entries = {one.table.name: one.entry for one in possible}
        # Rows that are remembered would outlive the change: a new portal remembers nothing.
        if entries != self._entries or (changed and self.choices.source != "live"):
            self._entries = entries
            self._settle()
            self._connection.execute(f"DETACH {SCHEMA}")
            self._attach()
        self._show(views)

    def run(self, sql: str) -> Outcome:
        """Run a query to its end."""
        self.queries += 1
        if self.queries % _LOG_KEPT == 0:
            self.demo.reset()
        self._deadline = time.monotonic() + self.choices.seconds
        try:
            return Outcome(tuple(self._connection.execute(sql)))
        except apsw.InterruptError:
            return Outcome(error=f"took longer than {self.choices.seconds:g} seconds")
        except Exception as error:  # noqa: BLE001 -- whatever the product raises is what the query came to
            return Outcome(error=f"{type(error).__name__}: {error}")
        finally:
            self._deadline = math.inf

    def _attach(self) -> None:
        file = self.folder / "schemas.yaml"
        counted = {
            name: entry | {"metadata": {"row_count": len(self._tables[name][1])}}
            for name, entry in self._entries.items()
        }
        file.write_text(json.dumps({"schemas": counted}), encoding="utf-8")  # JSON is YAML
        environment = self.demo.environment
        iptvvtab.register(
            self._connection,
            schema=SCHEMA,
            api_url=environment["IPTVPORTAL_API_URL"],
            auth_url=environment["IPTVPORTAL_AUTH_URL"],
            username=environment["IPTVPORTAL_USERNAME"],
            password=environment["IPTVPORTAL_PASSWORD"],
            schemas=file,
            state_folder=self.folder,
            rate=0,
            source=self.choices.source,
            first_page_rows=self.choices.first_page_rows,
            page_rows=self.choices.page_rows,
        )
        self._meter = iptvvtab.meter(self._connection, SCHEMA)

    def _settle(self) -> None:
        """Add up what the schema cost before it goes."""
        if self._meter is not None:
            self.requests += self._meter.receipt().requests
            self._meter.close()
            self._meter = None

    def _show(self, views: Mapping[str, str]) -> None:
        """Views over a portal are temporary: no file stores its tables."""
        for name in [name for name, sql in self._views.items() if views.get(name) != sql]:
            self._connection.execute(f"DROP VIEW temp.{quoted(name)}")
        for name, sql in views.items():
            if self._views.get(name) != sql:
                self._connection.execute(f"CREATE TEMP VIEW {sql.removeprefix(_VIEW)}")
        self._views = dict(views)
