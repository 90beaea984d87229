"""Which way a statement of a connection takes: in the shadow file, as one request, or over virtual tables.

The virtual tables stay the meaning. Whatever is not certain, and whatever fails, is left to them.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import apsw

from iptvvtab.connection.recorder import Bindings
from iptvvtab.connection.redirect import UNUSABLE, Native, Redirect
from iptvvtab.connection.statements import Schema, Statement, Statements
from iptvvtab.connection.wholes import Verdict, Wholes
from iptvvtab.errors import CircuitOpen, PortalError, RateLimited, TlsFailed, UnprovenAnswer, Unreachable
from iptvvtab.mirror import Attached, Snapshot

if TYPE_CHECKING:
    from iptvvtab.remote import Whole

_NOWHERE = (Unreachable, TlsFailed, CircuitOpen, RateLimited)
"""Ways to fail that asking otherwise does not change."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Route:
    """How a statement is run: natively if any of its tables is, else whole if that was found, else by virtual tables.

    `whole` says why not where the statement was not looked at: it is native.
    """

    native: Native
    whole: Verdict


class Routing:
    """Decides for one connection, statement by statement. Holds no reference to it."""

    def __init__(self) -> None:
        self._statements = Statements()
        self.redirect = Redirect(self._statements)
        self.wholes = Wholes(self._statements)

    def add(self, schema: Schema, attached: Attached | None) -> None:
        """Find ways for statements over the tables of a schema. `attached`: its shadow file, if SQLite may read it."""
        self._statements.add(schema)
        self.wholes.forget()
        if attached is not None:
            self.redirect.add(schema.name, attached)

    def statement(self, connection: apsw.Connection, sql: str) -> Statement | None:
        """Return a text that is a query which may name tables of a portal, else None.

        Before anything that is neither a query nor a change of rows the files are detached: ANALYZE, PRAGMA and others
        are about all databases of a connection, and none may touch these.
        """
        statement = self._statements.of(sql)
        if not statement.text.is_quiet:
            self.leave(connection)
        return statement if statement.text.mentions else None

    def leave(self, connection: apsw.Connection) -> None:
        """Detach the files, as far as no statement reads them, and forget what was found out with them."""
        self.redirect.leave(connection)
        self.wholes.forget()

    def route(self, snapshot: Snapshot, statement: Statement, bindings: Bindings, *, travels: bool = True) -> Route:
        """Return the route of a statement, which must be started in this snapshot: then it reads what was judged."""
        native = self.redirect.route(snapshot, statement)
        if any(schema.is_gone() for schema in self._statements.schemas(statement)):
            return Route(Native(statement.sql, ()), Verdict(None, "its tables are no longer those of a portal"))
        if native.is_native:
            return Route(native, Verdict(None, "its tables are read in the shadow file"))
        try:
            return Route(native, self.wholes.verdict(snapshot.connection, statement, bindings, travels=travels))
        except apsw.Error:  # SQLite shall say so of the statement itself
            return Route(native, Verdict(None, "SQLite refuses it"))


class RoutedCursor(apsw.Cursor):
    """A cursor of a connection whose statements may take other ways than over virtual tables."""

    def __init__(self, connection: apsw.Connection, routing: Routing) -> None:
        super().__init__(connection)
        self._routing = routing
        self._described: tuple[tuple[str, str], ...] | None = None

    def execute(self, statements: str, bindings: Any = None, **options: Any) -> apsw.Cursor:
        """Run statements, as APSW's cursors do."""
        self._described = None
        routing, connection = self._routing, self.connection
        statement = routing.statement(connection, statements)
        is_traced = self.exec_trace is not None or connection.exec_trace is not None
        if statement is None or is_traced or "explain" in options:
            return super().execute(statements, bindings, **options)
        super().execute("")  # ends the statement before: the moment that it reads would be that of this one too
        with Snapshot(connection) as snapshot:
            route = routing.route(snapshot, statement, bindings)
            begun = None
            if route.native.is_native:
                begun = self._natively(route.native, bindings, options)
            elif route.whole.asked is not None:
                begun = self._wholly(statement, route.whole, route.whole.asked, bindings, options)
            return begun or super().execute(statements, bindings, **options)

    def executemany(self, statements: str, sequenceofbindings: Any, **options: Any) -> apsw.Cursor:
        """Run statements with one set of values after another; each begins at a moment of its own: never natively."""
        self._described = None
        self._routing.statement(self.connection, statements)
        return super().executemany(statements, sequenceofbindings, **options)

    def getdescription(self) -> Any:
        """Return names and declared types of the columns, of the statement as it was given."""
        found = super().getdescription()
        return found if self._described is None else self._described

    @property
    def description(self) -> Any:  # type: ignore[override]  # APSW's is read-only, too
        """The same as PEP 249 wants it."""
        found, described = super().description, self._described
        return found if described is None else tuple((*one, *[None] * 5) for one in described)

    def _natively(self, native: Native, bindings: Any, options: dict[str, Any]) -> apsw.Cursor | None:
        try:
            begun = super().execute(native.sql, bindings, **options)
        except UNUSABLE as error:
            _log.debug("a statement is left to the virtual tables: %s", error)
            return None
        self._routing.redirect.started(native)
        return begun

    def _wholly(
        self, statement: Statement, verdict: Verdict, asked: Whole, bindings: Any, options: dict[str, Any]
    ) -> apsw.Cursor | None:
        wholes = self._routing.wholes
        answers = tuple(map(apsw.pyobject, wholes.answers(self.connection, statement, asked)))
        self._described = verdict.description
        try:
            return super().execute(verdict.sql, answers, **options)
        except (PortalError, UnprovenAnswer) as error:
            self._described = None
            if isinstance(error, _NOWHERE) and not wholes.has_stand_in(statement):
                raise
            wholes.failed(statement, bindings, error)
            return None
