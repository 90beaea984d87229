"""One line on stderr that tells how far a statement is: from one second on, for somebody at a terminal."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, TextIO

from iptvvtab.cli.words import count, duration

if TYPE_CHECKING:
    from types import TracebackType

    from iptvvtab.remote import Meter, Receipt

_AFTER_SECONDS = 1.0
_EVERY_SECONDS = 0.25
_CLEAR = "\r\x1b[K"


def line(receipt: Receipt, seconds: float, expected: int | None = None) -> str:
    """Return what the line says. `expected`: rows that will have been fetched in the end, if anybody can tell."""
    rate = receipt.rows / seconds if seconds else 0
    rows = f"{receipt.rows:,}" if expected else count(receipt.rows, "row")
    of = f" of about {count(expected, 'row')}" if expected else ""
    left = f", about {duration((expected - receipt.rows) / rate)} left" if expected and rate else ""
    return (
        f"{count(receipt.requests, 'request')}, {rows}{of} fetched, {rate:,.0f} rows/s, "
        f"{duration(seconds)}{left} (Ctrl-C stops)"
    )


class Progress:
    """Draws the line while it is open, and wipes it at the end. Its thread sleeps between two looks at the meter.

    `about` is what the line begins with.
    """

    def __init__(self, meter: Meter, stream: TextIO, *, is_shown: bool, about: str = "") -> None:
        self._meter, self._stream, self._about = meter, stream, about
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._draw, daemon=True) if is_shown else None
        self._started = time.monotonic()

    def __enter__(self) -> Progress:
        if self._thread:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        """Wipe the line: rows are about to be written. May be called again."""
        if self._thread and not self._ended.is_set():
            self._ended.set()
            self._thread.join()

    def _draw(self) -> None:
        if self._ended.wait(_AFTER_SECONDS):
            return
        while True:
            self._stream.write(_CLEAR + self._about + self._said())
            self._stream.flush()
            if self._ended.wait(_EVERY_SECONDS):
                break
        self._stream.write(_CLEAR)
        self._stream.flush()

    def _said(self) -> str:
        return line(self._meter.receipt(), time.monotonic() - self._started, self._meter.expected())
