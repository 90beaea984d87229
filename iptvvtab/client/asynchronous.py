"""The client for programs that await. What it sends goes through the one conversation that this process has with the
portal, in its own thread and loop: limits, retries and session hold for all its clients and connections together.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias, TypeVar, overload

from iptvvtab.client.expressions import name_sql
from iptvvtab.client.opened import Found, Item, Opened, Outcome, call_of, item_of, settled
from iptvvtab.client.rows import Rows
from iptvvtab.client.statements import Query, Select
from iptvvtab.client.waiting import Waiting, in_threads
from iptvvtab.errors import Error, NoForm

if TYPE_CHECKING:
    from iptvvtab.client.language import Asks, Question
    from iptvvtab.jsonsql import Document, Parameters
    from iptvvtab.mirror import Synced
    from iptvvtab.remote import Came, Meter

T = TypeVar("T")
Execute: TypeAlias = Callable[[Select], Coroutine[Any, Any, Rows]]

LARGE = 64 * 1024
"""Bytes of a body that is decoded in a thread: the loop has others to serve meanwhile."""


class AsyncClient:
    """Client, to be awaited. Belongs to no event loop; may be used in several at once.

    Cancelling a task drops its request: a write that was sent by then may still happen, and is not sent again.
    """

    def __init__(self, *, profile: str | None = None, writes: bool = False, **settings: object) -> None:
        self._opened = Opened(profile, settings, may_write=writes)
        self._waiting = Waiting(self._opened.settings.concurrency)

    async def execute(self, statement: Asks, parameters: Parameters = None, *, all_rows: bool = False) -> Rows:
        """Ask, as `Client.execute`."""
        return await self._send(await self._question(statement, parameters, all_rows=all_rows))

    @overload
    async def execute_many(
        self, statements: Iterable[Item], *, all_rows: bool = False, return_errors: Literal[False] = False
    ) -> list[Rows]: ...
    @overload
    async def execute_many(
        self, statements: Iterable[Item], *, all_rows: bool = False, return_errors: Literal[True]
    ) -> list[Rows | Error]: ...
    async def execute_many(
        self, statements: Iterable[Item], *, all_rows: bool = False, return_errors: bool = False
    ) -> list[Any]:
        """Ask several statements, as `Client.execute_many`."""
        questions = [await self._question(*item_of(one), all_rows=all_rows) for one in statements]
        if len(questions) > 1 and await self._has_batches():
            return settled(await self._batch(questions), return_errors=return_errors)
        return [await (self._outcome(one) if return_errors else self._send(one)) for one in questions]

    def document(self, statement: Asks, parameters: Parameters = None) -> Document:
        """Return what `execute` would send, without asking the portal anything."""
        return self._opened.language.question(statement, parameters).document

    def table(self, name: str, *columns: str) -> AsyncTable:
        """Return a table: all of its columns that are no secret, or those that are named. Raises UnknownTable."""
        return AsyncTable(self._opened, self._waiting, self.execute, name, columns)

    def meter(self) -> Meter:
        """Return a meter of what this client asks from now on, as `Client.meter`."""
        return self._opened.meter()

    async def close(self) -> None:
        """Drop what is under way, and let go of the portal; a sync is waited for. May be called again."""
        await self._waiting.close()
        await asyncio.to_thread(self._opened.close)  # which waits for the portal's own thread

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _question(self, statement: Asks, parameters: Parameters, *, all_rows: bool) -> Question:
        was_known = self._opened.language.is_known
        try:
            return self._opened.guarded(statement, parameters, all_rows=all_rows)
        except NoForm:  # perhaps only because nobody had looked what this portal can do
            if was_known:
                raise
            await self._look()
        return self._opened.guarded(statement, parameters, all_rows=all_rows)

    async def _has_batches(self) -> bool:
        if not self._opened.language.is_known:
            await self._look()
        return self._opened.language.has_batches

    async def _look(self) -> None:
        await self._waiting.in_thread(lambda _: self._opened.language.look())

    async def _send(self, question: Question) -> Rows:
        document = question.document
        async with self._sending(question) as came:
            pending = self._opened.portal.client.submit(
                document.method, document.params, repeatable=not question.is_write
            )
            answer = await self._waiting.arrival(pending)
            return await self._decoded(lambda: self._opened.rows(question, answer, came), answer.body)

    @asynccontextmanager
    async def _sending(self, *questions: Question) -> AsyncIterator[Came]:
        """Let these be sent within, as one request; the shadow file is marked in a thread, which may wait for it."""
        async with AsyncExitStack() as stack:
            if any(one.is_write for one in questions):
                await stack.enter_async_context(in_threads(self._opened.writing(*questions)))
            yield stack.enter_context(self._opened.noted(*questions))

    async def _outcome(self, question: Question) -> Outcome:
        try:
            return await self._send(question)
        except Error as error:
            return error

    async def _batch(self, questions: list[Question]) -> list[Outcome]:
        is_repeatable = not any(one.is_write for one in questions)
        async with self._sending(*questions) as came:
            calls = list(map(call_of, questions))
            answer = await self._waiting.arrival(
                self._opened.portal.client.submit_batch(calls, repeatable=is_repeatable)
            )
            return await self._decoded(lambda: self._opened.outcomes(questions, answer.answers(), came), answer.body)

    async def _decoded(self, decode: Callable[[], T], body: object) -> T:
        is_large = isinstance(body, bytes) and len(body) > LARGE
        return await self._waiting.in_thread(lambda _: decode()) if is_large else decode()


class AsyncTable:
    """A table of an AsyncClient's portal."""

    def __init__(self, opened: Opened, waiting: Waiting, execute: Execute, name: str, columns: tuple[str, ...]) -> None:
        self._opened, self._waiting, self._execute = opened, waiting, execute
        self._subject = opened.subject(name, columns)

    async def get(self, **values: Any) -> Found:
        """Return the one row that has these values, as `Table.get`."""
        return await self._waiting.in_thread(lambda is_dropped: self._opened.get(self._subject, values, is_dropped))

    def query(self) -> Query[Coroutine[Any, Any, Rows]]:
        """Return a SELECT of this table to be narrowed, whose `rows()` is awaited."""
        return Query(name_sql(self._subject.table.name), ask=self._execute).columns(*self._subject.said)

    async def sync(self, *, max_age: float | None = None) -> Synced:
        """Copy the table into the shadow file, as `Table.sync`. Once begun it goes on, also when this is cancelled."""
        return await self._waiting.in_thread(lambda _: self._opened.sync(self._subject.table, max_age))
