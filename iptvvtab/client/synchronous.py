"""The client for programs that wait."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, Self, overload

from iptvvtab.client.expressions import name_sql
from iptvvtab.client.opened import Found, Item, Opened, Outcome, call_of, item_of, settled
from iptvvtab.client.rows import Rows
from iptvvtab.client.statements import Query
from iptvvtab.errors import Error, NoForm

if TYPE_CHECKING:
    from iptvvtab.client.language import Asks, Question
    from iptvvtab.jsonsql import Document, Parameters
    from iptvvtab.mirror import Synced
    from iptvvtab.remote import Meter


class Client:
    """A portal asked in whole statements. `settings` are those of docs/settings.md, by name, as for `connect`.

    It shares session, limits and memory with every connection of the process to the same portal. Thread-safe.
    `writes`: whether it may change rows. Nothing travels before the first statement. Raises ConfigError, SchemaError.
    """

    def __init__(self, *, profile: str | None = None, writes: bool = False, **settings: object) -> None:
        self._opened = Opened(profile, settings, may_write=writes)

    def execute(self, statement: Asks, parameters: Parameters = None, *, all_rows: bool = False) -> Rows:
        """Ask SQL, a document or a statement that was built, in one request, and return its rows.

        SQL means what the portal's PostgreSQL makes of it. `parameters`: values for `?` or `:name`. A write is sent
        once. `all_rows`: an update or delete may meet every row of a table. Raises StatementRefused and DecodeError for
        what is not understood, WriteNotAllowed and EveryRow for what must not be sent, PortalError.
        """
        return self._send(self._question(statement, parameters, all_rows=all_rows))

    @overload
    def execute_many(
        self, statements: Iterable[Item], *, all_rows: bool = False, return_errors: Literal[False] = False
    ) -> list[Rows]: ...
    @overload
    def execute_many(
        self, statements: Iterable[Item], *, all_rows: bool = False, return_errors: Literal[True]
    ) -> list[Rows | Error]: ...
    def execute_many(
        self, statements: Iterable[Item], *, all_rows: bool = False, return_errors: bool = False
    ) -> list[Any]:
        """Ask several statements and return the rows of each: in one request where the portal takes batches.

        Else one goes after another, until one fails. Each is `execute`'s, or SQL with its parameters in a tuple.
        Nothing is sent if one of them must not be. No transaction holds them together: of a batch in which one fails
        the others are done. `return_errors`: errors of the portal stand in place of rows, and nothing is left out.
        """
        questions = [self._question(*item_of(one), all_rows=all_rows) for one in statements]
        if len(questions) > 1 and self._has_batches():
            return settled(self._batch(questions), return_errors=return_errors)
        return [self._outcome(one) if return_errors else self._send(one) for one in questions]

    def document(self, statement: Asks, parameters: Parameters = None) -> Document:
        """Return what `execute` would send, without asking the portal anything."""
        return self._opened.language.question(statement, parameters).document

    def table(self, name: str, *columns: str) -> Table:
        """Return a table: all of its columns that are no secret, or those that are named. Raises UnknownTable."""
        return Table(self._opened, self, name, columns)

    def meter(self) -> Meter:
        """Return a meter of what this client asks from now on; close it, or use `with`.

        `meter.receipt()` has requests, rows, bytes and seconds, in sum and by what one request was about: a table, or
        several together.
        """
        return self._opened.meter()

    def close(self) -> None:
        """Let go of the portal. May be called again."""
        self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _question(self, statement: Asks, parameters: Parameters, *, all_rows: bool) -> Question:
        was_known = self._opened.language.is_known
        try:
            return self._opened.guarded(statement, parameters, all_rows=all_rows)
        except NoForm:  # perhaps only because nobody had looked what this portal can do
            if was_known:
                raise
            self._opened.language.look()
        return self._opened.guarded(statement, parameters, all_rows=all_rows)

    def _has_batches(self) -> bool:
        if not self._opened.language.is_known:
            self._opened.language.look()
        return self._opened.language.has_batches

    def _send(self, question: Question) -> Rows:
        document = question.document
        with self._opened.writing(question), self._opened.noted(question) as came:
            answer = self._opened.portal.client.call(document.method, document.params, repeatable=not question.is_write)
            return self._opened.rows(question, answer, came)

    def _outcome(self, question: Question) -> Outcome:
        try:
            return self._send(question)
        except Error as error:
            return error

    def _batch(self, questions: list[Question]) -> list[Outcome]:
        is_repeatable = not any(one.is_write for one in questions)
        with self._opened.writing(*questions), self._opened.noted(*questions) as came:
            answers = self._opened.portal.client.batch(list(map(call_of, questions)), repeatable=is_repeatable)
            return self._opened.outcomes(questions, answers, came)


class Table:
    """A table of a client's portal."""

    def __init__(self, opened: Opened, client: Client, name: str, columns: tuple[str, ...]) -> None:
        self._opened, self._client = opened, client
        self._subject = opened.subject(name, columns)

    def get(self, **values: Any) -> Found:
        """Return the one row that has these values, by column, or None: from memory, mirror or portal in turn.

        Which of them may answer, and how old, is what settings and schema say, as for a connection. Raises UsageError
        where several rows have them, UnknownColumn.
        """
        return self._opened.get(self._subject, values)

    def query(self) -> Query[Rows]:
        """Return a SELECT of this table to be narrowed, whose `rows()` asks the portal."""
        return Query(name_sql(self._subject.table.name), ask=self._client.execute).columns(*self._subject.said)

    def sync(self, *, max_age: float | None = None) -> Synced:
        """Copy the table into the shadow file, unless it is younger there than `max_age` seconds, by default its ttl.

        Raises what it failed with.
        """
        return self._opened.sync(self._subject.table, max_age)
