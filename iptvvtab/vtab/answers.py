"""Rows that are known once a statement runs, as a table that is there without being created."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any, cast

import apsw

from iptvvtab.errors import Interrupted, UsageError
from iptvvtab.jsonsql import Affinity, Answering, taken
from iptvvtab.types import Value

MOST_COLUMNS = 666
"""Columns of an answer, at most: each is there for every affinity, and SQLite allows a table 2,000 by default."""

ROWS = 1000
"""Rows of an answer, as SQLite is told, which has to choose an order of joins before anybody knows."""

_MODULE = "iptvvtab_answer"
_DECLARED = {Affinity.BLOB: "", Affinity.NUMERIC: " NUMERIC", Affinity.TEXT: " TEXT"}
_ASKING = MOST_COLUMNS * len(_DECLARED)

Answer = Callable[[], Sequence[Sequence[Value]]]
"""Gives the rows, all of one width, as often as it is called. What it raises ends the statement."""


def install_answers(connection: apsw.Connection) -> None:
    """Give a connection the table that `answer_sql` reads."""
    complete = cast("Any", AnswerModule())  # APSW's protocol lists every method there is; readers need four
    connection.create_module(
        _MODULE, complete, use_bestindex_object=True, eponymous_only=True, iVersion=2, read_only=True
    )


def answer_sql(answering: Answering, *, named: bool = False) -> str:
    """Return a statement that shows the rows of an `Answer`, which is bound to it as an apsw.pyobject.

    `named`: its columns have their names; without, somebody else says them.
    """
    distinct = "DISTINCT " if answering.is_thinned else ""
    shown = (f"{one.sql} AS {_quoted(one.name)}" if named else one.sql for one in answering.shown)
    return f"SELECT {distinct}{', '.join(shown)} FROM {_MODULE}(?){answering.tail}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _columns() -> Iterator[str]:
    for affinity, declared in _DECLARED.items():
        yield from (f"{taken(at, affinity)}{declared}" for at in range(MOST_COLUMNS))


class AnswerModule:
    """The module that SQLite makes the table from; there is one to a connection."""

    def Connect(  # noqa: N802 -- APSW's name
        self, connection: apsw.Connection, module: str, schema: str, name: str, *arguments: str
    ) -> tuple[str, AnswerTable]:
        """Return the table and its declaration. No type changes a value: it says how SQLite compares it."""
        return f"CREATE TABLE x ({', '.join(_columns())}, asking HIDDEN)", AnswerTable()

    Create = Connect


class AnswerTable:
    """The table of all answers: which one is read says its hidden column."""

    def BestIndexObject(self, index: apsw.IndexInfo) -> bool:  # noqa: N802 -- APSW's name
        """Take the answer; without one no plan is possible."""
        for number in range(index.nConstraint):
            is_answer = index.get_aConstraint_iColumn(number) == _ASKING
            if is_answer and index.get_aConstraint_op(number) == apsw.SQLITE_INDEX_CONSTRAINT_EQ:
                index.set_aConstraintUsage_argvIndex(number, 1)
                index.set_aConstraintUsage_omit(number, True)
                index.estimatedCost = index.estimatedRows = ROWS
                return index.get_aConstraint_usable(number)
        return False

    def Open(self) -> AnswerCursor:  # noqa: N802 -- APSW's name
        """Return a cursor."""
        return AnswerCursor()

    def Disconnect(self) -> None:  # noqa: N802 -- APSW's name
        """SQLite lets go of the table."""

    Destroy = Disconnect


class AnswerCursor:
    """Walks the rows of an answer. Hot: `Next`, `Eof` and `Column` are all that a row costs in Python."""

    __slots__ = ("Eof", "_next", "_numbers", "_over", "_row")

    def __init__(self) -> None:
        self._next: Iterator[Sequence[Value]] = iter(())
        self._numbers = count()
        self._row: Sequence[Value] | None = None
        self._over: list[None] = []
        self.Eof = self._over.__len__  # in C, as that of Cursor

    def Filter(self, number: int, plan: str | None, arguments: tuple[Any, ...]) -> None:  # noqa: N802 -- APSW's name
        """Ask for the rows. Raises what the answer raises, apsw.InterruptError if the wait for it was interrupted."""
        (answer,) = arguments
        if not callable(answer):
            raise UsageError(f"{_MODULE} is read by iptvvtab itself; nothing else can be bound to it")
        self._over.clear()  # SQLite may begin anew, in a loop
        try:
            self._next = iter(answer())
        except Interrupted as interrupted:
            raise apsw.InterruptError(str(interrupted)) from None
        self.Next()

    def Next(self) -> None:  # noqa: N802 -- APSW's name
        """Go to the next row."""
        self._row = next(self._next, None)
        if self._row is None:
            self._over.append(None)

    def Column(self, number: int) -> Value:  # noqa: N802 -- APSW's name
        """Return a value of the current row."""
        return self._row[number % MOST_COLUMNS]  # type: ignore[index]  # SQLite asks only for rows that are there

    def Rowid(self) -> int:  # noqa: N802 -- APSW's name
        """Return a number that no row before had."""
        return next(self._numbers)

    def Close(self) -> None:  # noqa: N802 -- APSW's name
        """Let go of the rows."""
        self._next, self._row = iter(()), None
