"""Documents out, pages of raw rows in; each request is written into the journal."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import orjson

from iptvvtab.errors import BadAnswer, PortalError, Refused
from iptvvtab.portal import Call
from iptvvtab.remote.collector import collector_paused
from iptvvtab.trace import Fetched
from iptvvtab.types import Json

if TYPE_CHECKING:
    from iptvvtab.portal import BatchAnswer, Client, Cost, Pending, UnderWay
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
class Batch:
    """Several documents under way in one request. `shown` is what journals may show of them."""

    table: str
    shown: str
    pending: UnderWay[BatchAnswer]
    started: float


Several: TypeAlias = Batch | tuple[Asked, ...]
"""Documents under way: in one request, or in one each."""


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

    def ask_all(self, table: str, documents: Sequence[dict[str, Json]], *, is_batched: bool) -> Several:
        """Send several selects, in one request if the portal takes batches; their answers are on the way."""
        if len(documents) == 1 or not is_batched:
            return tuple(self.ask(table, one, one) for one in documents)
        pending = self.client.submit_batch([Call("select", one) for one in documents], repeatable=True)
        return Batch(table, orjson.dumps(documents).decode(), pending, time.time())

    def receive_all(self, asked: Several, interrupted: Interrupted) -> list[Raw]:
        """Wait for several answers. The size and the time of a batch stand on its first one. Raises as `receive`."""
        if not isinstance(asked, Batch):
            return self._each(asked, interrupted)
        cost: Cost | None = None
        raws: list[Raw] = []
        try:
            batch = asked.pending.result(interrupted)
            cost = batch.cost
            size, seconds = len(batch.body), cost.seconds / max(cost.attempts, 1)
            with collector_paused():
                for answer in batch.answers():
                    if isinstance(answer, PortalError):
                        raise answer
                    raws.append(Raw(self._rows(answer.result(), asked.table), size, seconds))
                    size, seconds = 0, 0.0
        except PortalError as error:
            self._note(asked, cost, 0, type(error).__name__)
            raise self._named(error, asked.table) from error.__cause__
        self._note(asked, cost, sum(len(one.rows) for one in raws), None)
        return raws

    def _each(self, asked: Sequence[Asked], interrupted: Interrupted) -> list[Raw]:
        """Wait for answers that come by themselves; once one fails the others are given up."""
        waiting = deque(asked)
        try:
            return [self.receive(waiting.popleft(), interrupted) for _ in asked]
        except BaseException:
            self.drop(tuple(waiting))
            raise

    def together(self, table: str, documents: Sequence[dict[str, Json]]) -> list[list[list[Json]]]:
        """Ask several selects in one request and return the rows of each. Raises as `receive`."""
        return [one.rows for one in self.receive_all(self.ask_all(table, documents, is_batched=True), None)]

    def drop(self, asked: Asked | Several) -> None:
        """Give up documents under way. They have cost the portal requests all the same, and are recorded as such."""
        for one in asked if isinstance(asked, tuple) else (asked,):
            one.pending.cancel()
            self._note(one, None, 0, DROPPED)

    def _rows(self, result: Json, table: str) -> list[list[Json]]:
        if not isinstance(result, list) or not set(map(type, result)) <= {list}:
            raise BadAnswer(self.portal, f"table {table!r} answered something else than a list of rows")
        return result

    def _named(self, error: PortalError, table: str) -> PortalError:
        if isinstance(error, Refused) and error.table is None:
            return type(error)(error.portal, error.message, code=error.code, table=table)
        return error

    def _note(self, asked: Asked | Batch, cost: Cost | None, rows: int, error: str | None) -> None:
        seconds = cost.seconds if cost else time.time() - asked.started
        self._trace(Fetched(self.portal, asked.table, asked.shown, rows, seconds))
        self._journal.travelled(asked.table, asked.shown, cost, rows, asked.started, error)
