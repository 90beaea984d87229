"""Text to a stream as it comes: buffered while rows are fast, seen at once when they are slow."""

from __future__ import annotations

import time
from typing import TextIO

_EVERY_SECONDS = 0.1


class Flow:
    """Writes pieces of text and flushes the first one, then whatever is older than a tenth of a second."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._flushed = 0.0

    def write(self, text: str) -> None:
        """Write a piece, usually one row."""
        self._stream.write(text)
        now = time.monotonic()
        if now - self._flushed > _EVERY_SECONDS:
            self._stream.flush()
            self._flushed = now
