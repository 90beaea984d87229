"""Writes to the portal, which a shadow file does not see: a mark in it says when each table was last written to.

The mark is put before a write travels and again when its answer came, so that rows read by then are too old, for every
process. A process that is killed in between leaves the first mark.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import apsw

from iptvvtab.errors import MirrorUnusable
from iptvvtab.mirror.file import immediate, open_to_read, open_to_write
from iptvvtab.mirror.state import put_written

_log = logging.getLogger(__name__)


class Marks:
    """Puts marks into a shadow file, if there is one. `now`: seconds since 1970."""

    def __init__(self, path: Path, portal: str, now: Callable[[], float], key_file: Path | None) -> None:
        self._path, self._portal, self._now, self._key_file = path, portal, now, key_file

    @contextmanager
    def writing(self, names: Sequence[str]) -> Iterator[None]:
        """Let tables of the portal be written to within: no row of theirs that was read before is fresh afterwards.

        Raises MirrorUnusable, before anything is written, where the file can be read but not be marked.
        """
        self._put(names)
        try:
            yield
        finally:
            try:
                self._put(names)
            except MirrorUnusable as error:  # what was written is written, and the first mark stands
                _log.warning("a sync that ran meanwhile may lack what was written to %s: %s", ", ".join(names), error)

    def _put(self, names: Sequence[str]) -> None:
        if not names or not self._path.exists():
            return
        try:
            connection = open_to_write(self._path, self._portal, self._key_file)
        except MirrorUnusable:
            if self._is_read():
                raise
            return
        try:
            with immediate(connection):
                put_written(connection, names, self._now())
        except apsw.Error as error:
            raise MirrorUnusable(self._path, f"cannot be told of a write: {error}") from None
        finally:
            connection.close()

    def _is_read(self) -> bool:
        """Return whether anybody takes rows from the file."""
        try:
            connection = open_to_read(self._path, self._portal, self._key_file)
        except MirrorUnusable:
            return False
        if connection is not None:
            connection.close()
        return connection is not None
