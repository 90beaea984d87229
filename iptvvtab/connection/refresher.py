"""Syncs that queries ask for, in a process of its own: a busy thread beside a virtual table slows it a hundredfold."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iptvvtab.config import Settings

FIRST_PAUSE, LONGEST_PAUSE = 10.0, 600.0
"""Seconds until a table whose sync failed is synced again because of a query: doubled with each failure in a row."""

_log = logging.getLogger(__name__)


class Refresher:
    """Has tables synced in the background, one process at a time. `clock` counts seconds.

    The process gets the settings, and with them the password, through its standard input. It outlives ours.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings, self._clock = settings, clock
        self._lock = threading.Lock()
        self._waiting: dict[str, None] = {}
        self._running: frozenset[str] = frozenset()
        self._failures: dict[str, int] = {}
        self._not_before: dict[str, float] = {}

    def want(self, table: str) -> None:
        """Have a table synced, unless that is under way or failed a moment ago. Returns at once."""
        with self._lock:
            is_known = table in self._running or table in self._waiting
            if is_known or self._clock() < self._not_before.get(table, 0.0):
                return
            self._waiting[table] = None
            if not self._running:
                self._start()

    def _start(self) -> None:
        self._running, self._waiting = frozenset(self._waiting), {}
        command = [sys.executable, "-m", "iptvvtab.connection", *sorted(self._running)]
        try:
            process = subprocess.Popen(  # noqa: S603 -- our own interpreter and module
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the query
            )
        except OSError as error:
            _log.warning("tables are not synced in the background: %s", error)
            self._ended(frozenset())
            return
        threading.Thread(target=self._attend, args=(process,), name="iptvvtab-refresh", daemon=True).start()

    def _attend(self, process: subprocess.Popen[bytes]) -> None:
        """Wait for the process, which sleeps in the kernel; then begin with what was asked for meanwhile."""
        said, _ = process.communicate(self._settings.handed_over().encode())
        try:
            well = frozenset(json.loads(said))
        except (ValueError, TypeError):
            well = frozenset()
        with self._lock:
            self._ended(well)
            if self._waiting:
                self._start()

    def _ended(self, well: frozenset[str]) -> None:
        for table in self._running:
            failures = self._failures[table] = 0 if table in well else self._failures.get(table, 0) + 1
            pause = min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE) if failures else 0.0
            self._not_before[table] = self._clock() + pause
        self._running = frozenset()
