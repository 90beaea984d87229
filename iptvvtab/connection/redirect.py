"""Reads fresh tables where they are: a statement's `portal.x` becomes the table of the attached shadow file.

The virtual table stays the meaning. Whatever is not certain, and whatever fails, is left to it.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import apsw

from iptvvtab.connection.mentions import Text, renamed
from iptvvtab.connection.same import tables_left
from iptvvtab.connection.statements import KEPT_TEXTS, Named, Schema, Statement, Statements
from iptvvtab.errors import MirrorUnusable
from iptvvtab.mirror import Attached, Snapshot, Standing, strangers
from iptvvtab.schema import Table
from iptvvtab.source import Freshness, Origin

UNUSABLE = (
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

_LIVE = "source is live"
_BESIDE = "another table of the statement is not, and joins look ahead in virtual tables"
_NATURAL = "natural"
_NO_TEXT = Text("", is_query=True, is_quiet=True)
_log = logging.getLogger(__name__)


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
class Native:
    """A statement as which text, and how each table that it names is read. `later`: seconds since then."""

    sql: str
    ways: tuple[Way, ...]
    later: float = 0.0

    @property
    def is_native(self) -> bool:
        """Whether any of its tables is read natively."""
        return any(one.age is not None for one in self.ways)


@dataclass(frozen=True, slots=True)
class _Verified:
    """What came of compiling both texts. `left`: what virtual tables still read; None if they do not mean the same."""

    sql: str
    left: frozenset[Named] | None


@dataclass(frozen=True, slots=True)
class _Settled:
    """What holds from `at` until `until` (seconds since 1970), as long as files and policies stay the same."""

    native: Native
    files: tuple[Attached, ...]
    moments: tuple[object, ...]
    accepted: tuple[tuple[Schema, str, Freshness], ...]
    at: float
    until: float


@dataclass(slots=True)
class _Known:
    """What was found out of a statement."""

    verified: dict[object, _Verified] = field(default_factory=dict)
    settled: _Settled | None = None


@dataclass(frozen=True, slots=True)
class _Judged:
    """How a table stands, and whether its reader accepts that. `reason`: why it is not read natively."""

    schema: Schema
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

    def __init__(self, statements: Statements) -> None:
        self._statements = statements
        self._files: dict[str, Attached] = {}
        self._known: dict[str, _Known] = {}

    def add(self, schema: str, attached: Attached) -> None:
        """Have the tables of a schema read natively where they may be."""
        self._files[schema.lower()] = attached
        self._known.clear()

    def leave(self, connection: apsw.Connection) -> None:
        """Detach the files, as far as no statement reads them, and forget what was found out with them."""
        for file in self._files.values():
            file.detach(connection)
        self._known.clear()

    def route(self, snapshot: Snapshot, statement: Statement) -> Native:
        """Return how a statement is run, which must be started in this snapshot: then it reads what was judged."""
        refusal = self._refusal(snapshot.connection, statement)
        if refusal or not statement.named:
            return self._refused(statement, refusal)
        try:
            return self._again(snapshot, statement) or self._judge(snapshot, statement)
        except (apsw.Error, MirrorUnusable) as error:
            _log.debug("a statement is left to the virtual tables: %s", error)
            return self._refused(statement, "the shadow file cannot be attached and read on this connection")

    def started(self, native: Native) -> None:
        """Write into journals where the rows of a statement came from; have syncs begin that its policies ask for."""
        for way in native.ways:
            if way.age is None:
                continue
            context = self._statements.schema(way.schema).context
            age, limit = way.age + native.later, context.freshness(way.table).in_mirror
            if limit is not None and age >= limit and context.mirror is not None:
                context.mirror.want(way.table)
            context.journal.answered(way.table, "mirror", age)

    def _of(self, statement: Statement) -> _Known:
        if statement.sql not in self._known and len(self._known) >= KEPT_TEXTS:
            self._known.clear()
        return self._known.setdefault(statement.sql, _Known())

    def _again(self, snapshot: Snapshot, statement: Statement) -> Native | None:
        """Return what was found the last time, if it still holds at this moment."""
        settled = self._of(statement).settled
        if settled is None:
            return None
        now = settled.files[0].now()
        is_same = (
            settled.at <= now < settled.until
            and all(schema.context.freshness(table) == kept for schema, table, kept in settled.accepted)
            and tuple(file.begin(snapshot) for file in settled.files) == settled.moments
        )
        return Native(settled.native.sql, settled.native.ways, now - settled.at) if is_same else None

    def _judge(self, snapshot: Snapshot, statement: Statement) -> Native:
        """Find how a statement is run, and keep it if anything is read natively."""
        files = tuple(self._files[name] for name in dict.fromkeys(schema for schema, _ in statement.named))
        if not all(file.attach(snapshot.connection) for file in files):
            return self._refused(statement, "there is no shadow file")
        at = files[0].now()
        moments = tuple(file.begin(snapshot) for file in files)
        judged = [self._judged(snapshot, statement.text, one) for one in statement.named]
        native = self._decided(snapshot, statement, judged)
        if native.is_native:
            accepted = tuple((one.schema, one.table.name, one.freshness) for one in judged)
            until = min((at + one.remaining for one in judged if one.is_accepted), default=math.inf)
            self._of(statement).settled = _Settled(native, files, moments, accepted, at, until)
        return native

    def _refusal(self, connection: apsw.Connection, statement: Statement) -> str:
        """Return why no table of a statement is read natively, if there is a reason before any file is looked at."""
        if not all(schema in self._files for schema, _ in statement.named):
            return "redirect is off"
        if all(self._statements.freshness(one).origin is Origin.LIVE for one in statement.named):
            return _LIVE
        if connection.in_transaction:
            return "a transaction is open"
        if connection.authorizer is not None or connection.exec_trace is not None:
            return "the connection has an authorizer or a tracer, which shall see the statement as it is"
        return ""

    def _refused(self, statement: Statement, reason: str) -> Native:
        named = ((self._statements.schema(one[0]), self._statements.table(one)) for one in statement.named)
        ways = tuple(Way(schema.name, table.name, None, reason) for schema, table in named if table is not None)
        return Native(statement.sql, ways)

    def _decided(self, snapshot: Snapshot, statement: Statement, judged: list[_Judged]) -> Native:
        native = [one for one in judged if not one.reason]
        if not native:
            return Native(statement.sql, tuple(one.way for one in judged))
        if len(native) < len(judged):  # keys of a join are seen in the rows of a virtual table alone
            return Native(statement.sql, tuple(replace(one, reason=one.reason or _BESIDE).way for one in judged))
        verified = self._verified(snapshot, statement, native)
        refusal = ""
        if verified.left is None:
            refusal = "SQLite does not read the same of the shadow file by these words"
        elif any(self._is_kept(snapshot, judged, one) for one in verified.left):
            refusal = "the statement reads the shadow file through a virtual table too, at another moment"
        if refusal:
            return Native(statement.sql, tuple(replace(one, reason=one.reason or refusal).way for one in judged))
        return Native(verified.sql, tuple(one.way for one in judged))

    def _judged(self, snapshot: Snapshot, text: Text, named: Named) -> _Judged:
        schema, table = self._statements.schema(named[0]), self._statements.table(named)
        assert table is not None
        freshness = schema.context.freshness(table.name)
        judged = _Judged(schema, table, freshness, self._files[named[0]].standing(snapshot, table), "")
        return replace(judged, reason=_reason(text, judged))

    def _verified(self, snapshot: Snapshot, statement: Statement, native: list[_Judged]) -> _Verified:
        """Compile the statement as it is and as it would be run, once in each state of the files."""
        tables = tuple((one.schema.name.lower(), one.table.name.lower()) for one in native)
        files = {schema: self._files[schema] for schema, _ in tables}
        key = tables, tuple(one.version(snapshot) for one in files.values())
        verified = self._of(statement).verified
        if key not in verified:
            sql = renamed(statement.text, {one: files[one[0]].name for one in tables})
            schemas = {file.name: self._statements.schema(name).name for name, file in files.items()}
            verified[key] = _Verified(sql, _left(snapshot.connection, statement.sql, sql, schemas))
        return verified[key]

    def _is_kept(self, snapshot: Snapshot, judged: list[_Judged], named: Named) -> bool:
        """Return whether a virtual table may give rows of the file, or tells of it, beside tables read natively."""
        if self._statements.table(named) is None:
            return True
        for one in judged:
            if (one.schema.name.lower(), one.table.name.lower()) == named:
                return one.is_accepted
        return self._judged(snapshot, _NO_TEXT, named).is_accepted


def _left(connection: apsw.Connection, before: str, after: str, schemas: Mapping[str, str]) -> frozenset[Named] | None:
    try:
        return tables_left(connection, before, after, schemas)
    except UNUSABLE:
        raise
    except apsw.Error:  # such as of a column that is looked for in an alias named like the schema
        return None


def _reason(text: Text, judged: _Judged) -> str:
    """Return why a table is not read natively in a statement; empty if it may be."""
    if judged.freshness.origin is Origin.LIVE:
        return _LIVE
    if judged.standing.reason:
        return judged.standing.reason
    if not judged.is_accepted:
        return "its rows in the shadow file are too old"
    unlike = strangers(judged.table)
    if unlike and (_NATURAL in text.words or not unlike.isdisjoint(text.words)):
        return "the statement names a column that is not in the shadow file"
    return ""
