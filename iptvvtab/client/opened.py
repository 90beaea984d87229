"""What both clients hold: a portal, shared with every connection of the process, and what they do with it."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

from iptvvtab.client.language import Asks, Language, Question
from iptvvtab.client.rows import Rows
from iptvvtab.config import load
from iptvvtab.connection import Refresher, freshness, shared_portal, ttl
from iptvvtab.errors import Error, PortalError, UsageError
from iptvvtab.jsonsql import Parameters, target_of
from iptvvtab.portal import Answer, Call
from iptvvtab.remote import Came, Journal, Meter, Op, Read, Term, convert, entry_of, noted, sent
from iptvvtab.types import Value

if TYPE_CHECKING:
    from iptvvtab.mirror import Synced
    from iptvvtab.schema import Column, Table

Item: TypeAlias = Asks | tuple[str, Parameters]
"""One of several statements: alone, or SQL with its parameters."""
Found: TypeAlias = dict[str, Value] | None
Outcome: TypeAlias = Rows | Error


@dataclass(frozen=True, slots=True)
class Subject:
    """A table, and the columns of it that are read."""

    table: Table
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names."""
        return tuple(one.name for one in self.columns)

    @property
    def said(self) -> tuple[str, ...]:
        """Those of them that a document can name."""
        return tuple(one.name for one in self.columns if one.remote_name is not None)


class Opened:
    """A portal in use by one client, until `close`. Thread-safe."""

    def __init__(self, profile: str | None, settings: Mapping[str, object], *, may_write: bool) -> None:
        self.settings = load(profile, settings)
        stack = ExitStack()
        self.portal = stack.enter_context(shared_portal(self.settings))
        self.language = Language(self.portal.client, self.portal.catalog, may_write=may_write)
        self._journal = Journal(kept=0)  # meters count; nobody can ask for the records
        self._refresher = Refresher(self.settings)
        self._release = weakref.finalize(self, stack.close)

    @property
    def is_open(self) -> bool:
        """Whether `close` was not called yet."""
        return self._release.alive

    def close(self) -> None:
        """Let go of the portal. May be called again."""
        self._release()

    def guarded(self, asks: Asks, parameters: Parameters, *, all_rows: bool) -> Question:
        """Return what may be sent. Raises UsageError after `close`, and what Language raises."""
        if not self.is_open:
            raise UsageError("this client is closed")
        return self.language.guard(self.language.question(asks, parameters), all_rows=all_rows)

    def meter(self) -> Meter:
        """Return a meter of what is asked from now on."""
        return self._journal.meter()

    def noted(self, *questions: Question) -> AbstractContextManager[Came]:
        """Return a context in which these are sent, as one request, which is counted."""
        return noted(self._journal, entry_of([one.document for one in questions], self.portal.catalog))

    @contextmanager
    def writing(self, *questions: Question) -> Iterator[None]:
        """Let these be sent within: of tables that they write to no older row is fresh afterwards, in any process.

        In this one nothing is remembered at all. Raises MirrorUnusable when it is entered.
        """
        targets = [target_of(one.document.method, one.document.params) for one in questions]
        tables = [one.name for one in self.portal.catalog.values() if one.remote_name in targets]
        if not any(targets):
            yield
            return
        with self.portal.mirror.writing(tables):
            try:
                yield
            finally:
                self.portal.source.forget()

    def outcomes(
        self, questions: Sequence[Question], answers: Sequence[Answer | PortalError], came: Came
    ) -> list[Outcome]:
        """Return what came of each statement of a batch; `came` is told of all together."""
        came.cost = next((one.cost for one in answers if isinstance(one, Answer)), None)
        found = [self._outcome(*pair) for pair in zip(questions, answers, strict=True)]
        came.rows = sum(len(one) for one in found if isinstance(one, Rows))
        came.error = next((type(one).__name__ for one in found if isinstance(one, Error)), None)
        return found

    def rows(self, question: Question, answer: Answer, came: Came) -> Rows:
        """Return the rows of an answer; `came` is told of them. Raises what Language raises."""
        came.cost = answer.cost
        found = self.language.rows(question, answer)
        came.rows = len(found)
        return found

    def _outcome(self, question: Question, answer: Answer | PortalError) -> Outcome:
        if isinstance(answer, PortalError):
            return answer
        try:
            return self.language.rows(question, answer)
        except Error as error:
            return error

    def subject(self, table: str, columns: Sequence[str]) -> Subject:
        """Return a table and its columns: those that are named, else all that are no secret.

        Raises UnknownTable, UnknownColumn.
        """
        known = self.portal.catalog[table]
        named = tuple(known.column(one) for one in columns)
        return Subject(known, named or tuple(one for one in known.columns if not one.sensitive))

    def get(self, subject: Subject, values: Mapping[str, Any], interrupted: Callable[[], bool] | None = None) -> Found:
        """Return the one row whose columns have these values, from memory, mirror or portal in turn; None without any.

        Raises UsageError for values that no such column has, and where several rows have them.
        """
        if not self.is_open:
            raise UsageError("this client is closed")
        if not values:
            raise UsageError("get wants the value of a column: get(id=123)")
        table = subject.table
        wanted = {table.column(name).name: _canonical(table.column(name), value) for name, value in values.items()}
        columns = tuple(dict.fromkeys((*subject.names, *wanted)))
        read = Read(table.name, columns, tuple(_term(table.column(name), value) for name, value in wanted.items()))
        rows = self._rows(read, table, interrupted)
        with closing(rows):
            found = list(islice((row for row in rows if wanted.items() <= row.items()), 2))
        if len(found) > 1:
            raise UsageError(f"several rows of {table.name!r} have these values; query() gives them all")
        return {name: found[0][name] for name in subject.names} if found else None

    def _rows(
        self, read: Read, table: Table, interrupted: Callable[[], bool] | None
    ) -> Generator[dict[str, Value], None, None]:
        """Yield rows of a Read as long as somebody wants them."""
        view = self.portal.mirror.view(self._refresher.want)
        with closing(view):
            accepted = freshness(self.settings, table)
            rows = self.portal.source.open(read, accepted, self._journal, interrupted, None, view)
            with closing(rows):
                for page in rows:
                    yield from (dict(zip(read.columns, row, strict=True)) for row in page)

    def sync(self, table: Table, max_age: float | None) -> Synced:
        """Copy a table into the shadow file, unless it is younger there than `max_age` seconds, by default its ttl.

        Raises what the sync failed with.
        """
        if not self.is_open:
            raise UsageError("this client is closed")
        limit = ttl(self.settings, table) if max_age is None else max_age
        done = self.portal.mirror.sync(table.name, limit, self._journal)
        if done.error is not None:
            raise done.error
        return done


def call_of(question: Question) -> Call:
    """Return a question as a batch has it."""
    return Call(question.document.method, question.document.params)


def item_of(item: Item) -> tuple[Asks, Parameters]:
    """Return one of several statements, and its parameters."""
    return item if isinstance(item, tuple) else (item, None)


def settled(outcomes: Sequence[Outcome], *, return_errors: bool) -> list[Any]:
    """Return what came of several statements. Raises the first error, which tells of the others, unless they return."""
    failed = [number for number, one in enumerate(outcomes, start=1) if isinstance(one, Error)]
    if failed and not return_errors:
        error = outcomes[failed[0] - 1]
        assert isinstance(error, Error)
        rest = "all others were answered" if len(failed) == 1 else f"so failed {', '.join(map(str, failed[1:]))}"
        error.add_note(f"statement {failed[0]} of {len(outcomes)} in one batch; {rest}")
        raise error
    return list(outcomes)


def _term(column: Column, value: Value) -> Term:
    if value is None:
        return Term(column.name, Op.IS_NULL)
    return Term(column.name, Op.EQ, (sent(column, value),))


def _canonical(column: Column, value: Any) -> Value:
    plain = str(value) if isinstance(value, date | UUID) else value
    try:
        return convert(column.type, plain)
    except ValueError:
        raise UsageError(f"column {column.name!r} holds values of type {column.type}, of which this is none") from None
