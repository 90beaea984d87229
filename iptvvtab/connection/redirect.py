"""Reads fresh tables where they are: a statement's `portal.x` becomes the table of the attached shadow file.

The virtual table stays the meaning. Whatever is not certain, and whatever fails, is left to it.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import apsw

from iptvvtab.connection.mentions import Text, looked_into, renamed
from iptvvtab.connection.same import tables_left
from iptvvtab.errors import MirrorUnusable
from iptvvtab.mirror import Attached, Snapshot, Standing, strangers
from iptvvtab.schema import Table
from iptvvtab.source import Freshness, Origin
from iptvvtab.vtab import Context

KEPT_TEXTS = 1000
"""Texts of which it is remembered what they say; then all are forgotten, which costs a compilation each."""

_UNUSABLE = (
    apsw.BusyError,
    apsw.CantOpenError,
    apsw.CorruptError,
    apsw.IOError,
    apsw.LockedError,
    apsw.NotADBError,
    apsw.ReadOnlyError,
    apsw.SchemaChangeError,
)
"""What a statement may meet at its first step in a file, and not in a virtual table."""

_BESIDE = "another table of the statement is not, and joins look ahead in virtual tables"
_NATURAL = "natural"
_NO_TEXT = Text("", is_query=True, is_quiet=True)
_log = logging.getLogger(__name__)

Named = tuple[str, str]
"""A schema and a table in small letters."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a table that a statement names is read: natively, its rows being of that `age`, or why it is not.

    `is_near`: a shadow file is there, and the reader accepts its rows.
    """

    schema: str
    table: str
    age: float | None
    reason: str = ""
    is_near: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """How a statement is run: as which text, and how each table that it names is read. `later`: seconds since then."""

    sql: str
    ways: tuple[Way, ...]
    later: float = 0.0

    @property
    def is_native(self) -> bool:
        """Whether any of its tables is read natively."""
        return any(one.age is not None for one in self.ways)


@dataclass(frozen=True, slots=True)
class _Schema:
    """The tables of a portal under one name, and their shadow file."""

    name: str
    context: Context
    attached: Attached
    tables: Mapping[str, Table]


@dataclass(frozen=True, slots=True)
class _Verified:
    """What came of compiling both texts. `left`: what virtual tables still read; None if they do not mean the same."""

    sql: str
    left: frozenset[Named] | None


@dataclass(frozen=True, slots=True)
class _Settled:
    """A route that holds from `at` until `until` (seconds since 1970), as long as files and policies stay the same."""

    route: Route
    schemas: tuple[_Schema, ...]
    moments: tuple[object, ...]
    accepted: tuple[tuple[_Schema, str, Freshness], ...]
    at: float
    until: float


@dataclass(slots=True)
class _Known:
    """What is known of a text. `named`: the tables of portals that it names, each once, in its order."""

    text: Text
    named: list[Named]
    verified: dict[object, _Verified] = field(default_factory=dict)
    settled: _Settled | None = None


@dataclass(frozen=True, slots=True)
class _Judged:
    """How a table stands, and whether its reader accepts that. `reason`: why it is not read natively."""

    schema: _Schema
    table: Table
    freshness: Freshness
    standing: Standing
    reason: str

    @property
    def way(self) -> Way:
        age = None if self.reason else self.standing.age
        return Way(self.schema.name, self.table.name, age, self.reason, self.is_accepted)

    @property
    def is_accepted(self) -> bool:
        """Whether rows of the file may be given, by whichever way."""
        if self.standing.age is None or self.freshness.origin is Origin.LIVE:
            return False
        return self.remaining > 0

    @property
    def remaining(self) -> float:
        """Seconds until the rows are too old, not positive if they are."""
        limit, age = self.freshness.while_refreshed, self.standing.age
        return math.inf if limit is None or age is None else limit - age


class Redirect:
    """Decides for one connection, statement by statement, which tables are read natively. Holds no reference to it."""

    def __init__(self) -> None:
        self._schemas: dict[str, _Schema] = {}
        self._known: dict[str, _Known] = {}

    def add(self, name: str, context: Context, attached: Attached) -> None:
        """Have the tables of a schema read natively where they may be."""
        tables = {table.name.lower(): table for table in context.catalog.values()}
        self._schemas[name.lower()] = _Schema(name, context, attached, tables)
        self._known.clear()

    def concerns(self, connection: apsw.Connection, sql: str) -> bool:
        """Return whether a text is a query that may name tables of a portal.

        Before anything that is neither a query nor a change of rows the files are detached: ANALYZE, PRAGMA and others
        are about all databases of a connection, and none may touch these.
        """
        text = self._text(sql).text
        if not text.is_quiet:
            self.leave(connection)
        return bool(text.mentions)

    def leave(self, connection: apsw.Connection) -> None:
        """Detach the files, as far as no statement reads them, and forget what was found out with them."""
        for schema in self._schemas.values():
            schema.attached.detach(connection)
        self._known.clear()

    def route(self, snapshot: Snapshot, sql: str) -> Route:
        """Return the route of a statement, which must be started in this snapshot: then it reads what was judged."""
        known = self._text(sql)
        refusal = _refusal(snapshot.connection)
        if refusal or not known.named:
            return self._refused(known, refusal)
        try:
            return self._again(snapshot, known) or self._judge(snapshot, known)
        except (apsw.Error, MirrorUnusable) as error:
            _log.debug("a statement is left to the virtual tables: %s", error)
            return self._refused(known, "the shadow file cannot be attached and read on this connection")

    def started(self, route: Route) -> None:
        """Write into journals where the rows of a statement came from; have syncs begin that its policies ask for."""
        for way in route.ways:
            if way.age is None:
                continue
            context = self._schemas[way.schema.lower()].context
            age, limit = way.age + route.later, context.freshness(way.table).in_mirror
            if limit is not None and age >= limit and context.mirror is not None:
                context.mirror.want(way.table)
            context.journal.answered(way.table, "mirror", age)

    def _text(self, sql: str) -> _Known:
        known = self._known.get(sql)
        if known is None:
            if len(self._known) >= KEPT_TEXTS:
                self._known.clear()
            text = looked_into(sql, self._schemas)
            known = self._known[sql] = _Known(text, self._named(text))
        return known

    def _again(self, snapshot: Snapshot, known: _Known) -> Route | None:
        """Return the route that was found the last time, if it still holds at this moment."""
        settled = known.settled
        if settled is None:
            return None
        now = settled.schemas[0].attached.now()
        is_same = (
            settled.at <= now < settled.until
            and all(schema.context.freshness(table) == kept for schema, table, kept in settled.accepted)
            and tuple(schema.attached.begin(snapshot) for schema in settled.schemas) == settled.moments
        )
        return Route(settled.route.sql, settled.route.ways, now - settled.at) if is_same else None

    def _judge(self, snapshot: Snapshot, known: _Known) -> Route:
        """Find a route, and keep it if anything is read natively by it."""
        schemas = tuple(self._schemas[name] for name in dict.fromkeys(schema for schema, _ in known.named))
        if not all(schema.attached.attach(snapshot.connection) for schema in schemas):
            return self._refused(known, "there is no shadow file")
        at = schemas[0].attached.now()
        moments = tuple(schema.attached.begin(snapshot) for schema in schemas)
        judged = [self._judged(snapshot, known.text, one) for one in known.named]
        route = self._decided(snapshot, known, judged)
        if route.is_native:
            accepted = tuple((one.schema, one.table.name, one.freshness) for one in judged)
            until = min((at + one.remaining for one in judged if one.is_accepted), default=math.inf)
            known.settled = _Settled(route, schemas, moments, accepted, at, until)
        return route

    def _named(self, text: Text) -> list[Named]:
        """Return the tables that a text names, each once, in its order."""
        named = dict.fromkeys((one.schema, one.table) for one in text.mentions)
        return [(schema, table) for schema, table in named if table in self._schemas[schema].tables]

    def _refused(self, known: _Known, reason: str) -> Route:
        schemas = ((self._schemas[schema], table) for schema, table in known.named)
        return Route(
            known.text.sql, tuple(Way(one.name, one.tables[table].name, None, reason) for one, table in schemas)
        )

    def _decided(self, snapshot: Snapshot, known: _Known, judged: list[_Judged]) -> Route:
        native = [one for one in judged if not one.reason]
        if not native:
            return Route(known.text.sql, tuple(one.way for one in judged))
        if len(native) < len(judged):  # keys of a join are seen in the rows of a virtual table alone
            return Route(known.text.sql, tuple(replace(one, reason=one.reason or _BESIDE).way for one in judged))
        verified = self._verified(snapshot, known, native)
        refusal = ""
        if verified.left is None:
            refusal = "SQLite does not read the same of the shadow file by these words"
        elif any(self._is_kept(snapshot, judged, one) for one in verified.left):
            refusal = "the statement reads the shadow file through a virtual table too, at another moment"
        if refusal:
            return Route(known.text.sql, tuple(replace(one, reason=one.reason or refusal).way for one in judged))
        return Route(verified.sql, tuple(one.way for one in judged))

    def _judged(self, snapshot: Snapshot, text: Text, named: Named) -> _Judged:
        schema = self._schemas[named[0]]
        table = schema.tables[named[1]]
        freshness = schema.context.freshness(table.name)
        judged = _Judged(schema, table, freshness, schema.attached.standing(snapshot, table), "")
        return replace(judged, reason=_reason(text, judged))

    def _verified(self, snapshot: Snapshot, known: _Known, native: list[_Judged]) -> _Verified:
        """Compile the statement as it is and as it would be run, once in each state of the files."""
        attached = {one.schema.name: one.schema.attached for one in native}
        tables = tuple((one.schema.name.lower(), one.table.name.lower()) for one in native)
        key = tables, tuple(one.version(snapshot) for one in attached.values())
        if key not in known.verified:
            sql = renamed(known.text, {one: self._schemas[one[0]].attached.name for one in tables})
            schemas = {one.name: name for name, one in attached.items()}
            known.verified[key] = _Verified(sql, _left(snapshot.connection, known.text.sql, sql, schemas))
        return known.verified[key]

    def _is_kept(self, snapshot: Snapshot, judged: list[_Judged], named: Named) -> bool:
        """Return whether a virtual table may give rows of the file, or tells of it, beside tables read natively."""
        schema, table = named
        if table not in self._schemas[schema].tables:
            return True
        for one in judged:
            if (one.schema.name.lower(), one.table.name.lower()) == (schema, table):
                return one.is_accepted
        return self._judged(snapshot, _NO_TEXT, (schema, table)).is_accepted


def _refusal(connection: apsw.Connection) -> str:
    """Return why no table of a statement is read natively, if there is a reason before any file is looked at."""
    if connection.in_transaction:
        return "a transaction is open"
    if connection.authorizer is not None or connection.exec_trace is not None:
        return "the connection has an authorizer or a tracer, which shall see the statement as it is"
    return ""


def _left(connection: apsw.Connection, before: str, after: str, schemas: Mapping[str, str]) -> frozenset[Named] | None:
    try:
        return tables_left(connection, before, after, schemas)
    except _UNUSABLE:
        raise
    except apsw.Error:  # such as of a column that is looked for in an alias named like the schema
        return None


def _reason(text: Text, judged: _Judged) -> str:
    """Return why a table is not read natively in a statement; empty if it may be."""
    if judged.freshness.origin is Origin.LIVE:
        return "source is live"
    if judged.standing.reason:
        return judged.standing.reason
    if not judged.is_accepted:
        return "its rows in the shadow file are too old"
    unlike = strangers(judged.table)
    if unlike and (_NATURAL in text.words or not unlike.isdisjoint(text.words)):
        return "the statement names a column that is not in the shadow file"
    return ""


class RedirectedCursor(apsw.Cursor):
    """A cursor of a connection whose portals are read natively where they may be."""

    def __init__(self, connection: apsw.Connection, redirect: Redirect) -> None:
        super().__init__(connection)
        self._redirect = redirect

    def execute(self, statements: str, bindings: Any = None, **options: Any) -> apsw.Cursor:
        """Run statements, as APSW's cursors do."""
        redirect, connection = self._redirect, self.connection
        is_traced = self.exec_trace is not None or connection.exec_trace is not None
        if not redirect.concerns(connection, statements) or is_traced or "explain" in options:
            return super().execute(statements, bindings, **options)
        super().execute("")  # ends the statement before: the moment that it reads would be that of this one too
        with Snapshot(connection) as snapshot:
            route = redirect.route(snapshot, statements)
            if not route.is_native:
                return super().execute(statements, bindings, **options)
            try:
                begun = super().execute(route.sql, bindings, **options)
            except _UNUSABLE as error:
                _log.debug("a statement is left to the virtual tables: %s", error)
                return super().execute(statements, bindings, **options)
            redirect.started(route)
            return begun

    def executemany(self, statements: str, sequenceofbindings: Any, **options: Any) -> apsw.Cursor:
        """Run statements with one set of values after another; each begins at a moment of its own: never natively."""
        self._redirect.concerns(self.connection, statements)
        return super().executemany(statements, sequenceofbindings, **options)
