"""A shadow file as one more database of a connection that is not ours, for statements that read its tables natively."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import apsw

from iptvvtab.errors import MirrorUnusable
from iptvvtab.mirror.ddl import hash_of, hashed, is_mirrorable, mirrored, quoted
from iptvvtab.mirror.file import open_to_read
from iptvvtab.mirror.keys import STRATEGY
from iptvvtab.mirror.state import Published, age_of, standing_sql
from iptvvtab.schema import Table


@dataclass(slots=True)
class Snapshot:
    """Holds one moment of attached files open until `let_go`: all statements of a connection read the same one."""

    connection: apsw.Connection
    _cursors: list[apsw.Cursor] = field(default_factory=list)

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go()

    def first(self, sql: str, *bindings: str) -> tuple[object, ...] | None:
        """Return the first row of a statement, which stays open: as long as it does, what it reads does not change."""
        cursor = apsw.Cursor(self.connection)  # not of the connection's factory, which may be ours
        row: tuple[object, ...] | None = next(cursor.execute(sql, bindings), None)
        if row is None:
            cursor.close(True)
        else:
            self._cursors.append(cursor)
        return row

    def let_go(self) -> None:
        """End the snapshot, but for statements that read it."""
        for cursor in self._cursors:
            cursor.close(True)
        self._cursors.clear()


@dataclass(frozen=True, slots=True)
class Standing:
    """How a table stands in an attached file: its age in seconds, if its rows may be used; `reason`: why only there.

    `is_whole`: its table has all rows, and the columns that a mirror of it has.
    """

    age: float | None
    is_whole: bool
    reason: str


class Attached:
    """A shadow file under the name `name` on a connection: read-only, from when it is there until somebody detaches it.

    `portal`: whose rows it must hold; `now`: seconds since 1970.
    """

    def __init__(self, path: Path, portal: str, name: str, now: Callable[[], float] = time.time) -> None:
        self.name, self.now = name, now
        self._path, self._portal = path, portal
        self._is_attached = False
        self._refused: tuple[int, int] | None = None
        self._state = standing_sql(quoted(name))
        self._any = f"SELECT 1 FROM {quoted(name)}._mirror_about"
        self._version = f"PRAGMA {quoted(name)}.schema_version"
        self._data_version = f"PRAGMA {quoted(name)}.data_version"
        self._as_declared: dict[tuple[object, str], bool] = {}

    def attach(self, connection: apsw.Connection) -> bool:
        """Return whether the file is there and attached. Raises apsw.Error and MirrorUnusable where it cannot be."""
        if self._is_attached:
            return True
        signature = self._signature()
        if signature is None or signature == self._refused or _is_exclusive(connection):
            return False
        try:
            checked = open_to_read(self._path, self._portal)
            if checked is None:
                return False
            checked.close()
            uri = f"{self._path.absolute().as_uri()}?mode=ro"
            apsw.Cursor(connection).execute(f"ATTACH ? AS {quoted(self.name)}", (uri,))
        except (MirrorUnusable, apsw.Error):
            self._refused = signature  # until the file changes: each try would open it
            raise
        self._is_attached = True
        return True

    def detach(self, connection: apsw.Connection) -> None:
        """Take the file off, unless a statement reads it."""
        if not self._is_attached:
            return
        try:
            apsw.Cursor(connection).execute(f"DETACH {quoted(self.name)}")
        except apsw.Error:
            return
        self._is_attached = False
        self._as_declared.clear()

    def begin(self, snapshot: Snapshot) -> object:
        """Begin the snapshot; return what is another number after each change of the file, until it is detached."""
        snapshot.first(self._any)
        return apsw.Cursor(snapshot.connection).execute(self._data_version).get

    def version(self, snapshot: Snapshot) -> object:
        """Return what is another number after each change of the definitions of the file's tables."""
        return apsw.Cursor(snapshot.connection).execute(self._version).get

    def standing(self, snapshot: Snapshot, table: Table) -> Standing:
        """Return how a table stands in the file at this moment."""
        row = snapshot.first(self._state, table.name)
        if row is None:
            return Standing(None, is_whole=False, reason="it is not in the shadow file")
        state = Published(*row)  # type: ignore[arg-type]  # as the file's format has it
        if state.is_closed:
            return Standing(None, is_whole=False, reason="the portal says that it may not be read any more")
        if state.lacks_writes:
            return Standing(None, is_whole=False, reason="it was written to since it was synced")
        age = age_of(state, table, self.now())
        if age is None:
            return Standing(None, is_whole=False, reason="its schema changed since it was synced, or a clock was moved")
        reason = self._incomplete(snapshot, table, state)
        return Standing(age, is_whole=not reason, reason=reason)

    def _incomplete(self, snapshot: Snapshot, table: Table, state: Published) -> str:
        if state.strategy == STRATEGY:
            return "its rows are kept on demand"
        if table.policy.where or table.policy.limit or not is_mirrorable(table):
            return "the shadow file keeps a part of it"
        version = self.version(snapshot)
        key = version, table.name
        if key not in self._as_declared:
            self._as_declared[key] = self._columns(snapshot, table) == _declared(table)
        return "" if self._as_declared[key] else "its table in the shadow file is not as a sync makes it"

    def _columns(self, snapshot: Snapshot, table: Table) -> list[tuple[str, str]]:
        sql = f"SELECT name, type FROM pragma_table_xinfo({_text(table.name)}, {_text(self.name)})"
        return [(str(name), str(kind)) for name, kind in apsw.Cursor(snapshot.connection).execute(sql)]

    def _signature(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns


def _is_exclusive(connection: apsw.Connection) -> bool:
    """Return whether a connection would lock any file that it attaches for itself."""
    return bool(apsw.Cursor(connection).execute("PRAGMA locking_mode").get != "normal")


def strangers(table: Table) -> frozenset[str]:
    """Return the columns, in small letters, that either the table of a shadow file lacks or the portal's does."""
    kept = set(mirrored(table))
    lacking = {column.name.lower() for column in table.columns if column not in kept}
    return frozenset(lacking | {hash_of(column).lower() for column in hashed(table)})


def _declared(table: Table) -> list[tuple[str, str]]:
    kept = [(column.name, column.type.declaration) for column in mirrored(table)]
    return kept + [(hash_of(column), "TEXT") for column in hashed(table)]


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
