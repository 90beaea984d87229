"""One document out, one page of raw rows in; each is written into the journal."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from iptvvtab.errors import BadAnswer, PortalError, Refused
from iptvvtab.portal import Call
from iptvvtab.remote.collector import collector_paused
from iptvvtab.trace import Fetched
from iptvvtab.types import Json

if TYPE_CHECKING:
    from iptvvtab.portal import Client, Cost, Pending
    from iptvvtab.remote.journal import Journal
    from iptvvtab.trace import Sink

Interrupted = Callable[[], bool] | None
"""Polled while waiting: true ends the wait with errors.Interrupted."""


DROPPED = "Dropped"
"""What the journal says of a page that was asked for early and not needed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A document under way. `shown` is what journals may show of it."""

    table: str
    shown: str
    pending: Pending
    started: float


@dataclass(frozen=True, slots=True)
class Raw:
    """Rows as JSON said them, the size of the body they came in, and the seconds that its exchange took."""

    rows: list[list[Json]]
    bytes: int
    seconds: float


class Wire:
    """The way of selects to one portal, from one schema of one connection."""

    def __init__(self, client: Client, journal: Journal, trace: Sink) -> None:
        self.client, self._journal, self._trace = client, journal, trace

    @property
    def portal(self) -> str:
        """The portal's name in errors."""
        return self.client.portal_id

    def ask(self, table: str, document: dict[str, Json], shown: dict[str, Json]) -> Asked:
        """Send a select; its answer is on the way while we go on."""
        pending = self.client.submit("select", document, repeatable=True)
        return Asked(table, orjson.dumps(shown).decode(), pending, time.time())

    def receive(self, asked: Asked, interrupted: Interrupted) -> Raw:
        """Wait for an answer and decode it here, in the thread that asks (docs/architecture.md says why).

        Raises what the portal and the way to it raise, BadAnswer when the result is no list of lists.
        """
        try:
            answer = asked.pending.result(interrupted)
        except PortalError as error:
            self._note(asked, None, 0, type(error).__name__)
            raise self._named(error, asked.table) from error.__cause__
        try:
            with collector_paused():
                rows = self._rows(answer.result(), asked.table)
        except PortalError as error:
            self._note(asked, answer.cost, 0, type(error).__name__)
            raise self._named(error, asked.table) from error.__cause__
        self._note(asked, answer.cost, len(rows), None)
        return Raw(rows, len(answer.body), answer.cost.seconds / max(answer.cost.attempts, 1))

    def together(self, table: str, documents: Sequence[dict[str, Json]]) -> list[list[list[Json]]]:
        """Ask several selects in one request and return the rows of each. Raises as `receive`."""
        shown, started = orjson.dumps(documents).decode(), time.time()
        cost: Cost | None = None
        results: list[list[list[Json]]] = []
        try:
            answers = self.client.batch([Call("select", one) for one in documents], repeatable=True)
            for answer in answers:
                if isinstance(answer, PortalError):
                    raise answer
                cost = cost or answer.cost
                results.append(self._rows(answer.result(), table))
        except PortalError as error:
            self._journalled(table, shown, started, cost, 0, type(error).__name__)
            raise self._named(error, table) from error.__cause__
        self._journalled(table, shown, started, cost, sum(map(len, results)), None)
        return results

    def drop(self, asked: Asked) -> None:
        """Give up a document under way. It has cost the portal a request all the same, and is recorded as one."""
        asked.pending.cancel()
        self._note(asked, None, 0, DROPPED)

    def _rows(self, result: Json, table: str) -> list[list[Json]]:
        if not isinstance(result, list) or not set(map(type, result)) <= {list}:
            raise BadAnswer(self.portal, f"table {table!r} answered something else than a list of rows")
        return result

    def _named(self, error: PortalError, table: str) -> PortalError:
        if isinstance(error, Refused) and error.table is None:
            return type(error)(error.portal, error.message, code=error.code, table=table)
        return error

    def _note(self, asked: Asked, cost: Cost | None, rows: int, error: str | None) -> None:
        self._journalled(asked.table, asked.shown, asked.started, cost, rows, error)

    def _journalled(
        self, table: str, shown: str, started: float, cost: Cost | None, rows: int, error: str | None
    ) -> None:
        seconds = cost.seconds if cost else time.time() - started
        self._trace(Fetched(self.portal, table, shown, rows, seconds))
        self._journal.travelled(table, shown, cost, rows, started, error)
