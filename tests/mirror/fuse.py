"""What kills this process, as kill -9 does, at its n-th SQL statement or in the midst of its n-th write to a file."""

from __future__ import annotations

import os
import signal
from collections import Counter
from typing import Any

import apsw

KINDS = ("statement", "write")


class Fuse:
    """Counts statements and writes of every connection that is opened from now on, and kills at one of them.

    A statement that is run for many rows is one. Of the write that kills half of the bytes are written. A `number`
    of 0 never kills.
    """

    def __init__(self, kind: str = "", number: int = 0) -> None:
        self.passed: Counter[str] = Counter()
        self._end = (kind, number)
        self._last_sql = ""
        self._files = _Files(self)
        apsw.connection_hooks.append(self._listen)

    def burns(self, kind: str) -> bool:
        """Count a step; return whether it is the last one."""
        self.passed[kind] += 1
        return (kind, self.passed[kind]) == self._end

    def _listen(self, connection: apsw.Connection) -> None:
        connection.trace_v2(apsw.SQLITE_TRACE_STMT, self._begins)

    def _begins(self, event: dict[str, Any]) -> None:
        if event["sql"] != self._last_sql:
            self._last_sql = event["sql"]
            if self.burns("statement"):
                die()


class _Files(apsw.VFS):
    def __init__(self, fuse: Fuse) -> None:
        self._fuse = fuse
        super().__init__("fuse", "unix", makedefault=True)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> _File:  # noqa: N802 - SQLite named it
        return _File(self._fuse, name, flags)


class _File(apsw.VFSFile):
    def __init__(self, fuse: Fuse, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        self._fuse = fuse
        super().__init__("unix", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite named it
        if self._fuse.burns("write"):
            super().xWrite(data[: len(data) // 2], offset)
            die()
        super().xWrite(data, offset)


def die() -> None:
    """End this process as kill -9 does: no line of Python runs after it."""
    os.kill(os.getpid(), signal.SIGKILL)
