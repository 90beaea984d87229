"""Pages from a list: the seam below `source`, in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from iptvvtab.errors import Interrupted, Unreachable
from iptvvtab.remote import Page


class ListedPages:
    """Hands out pages; `gate`, when given, must be set before each one leaves. Counts what it was asked."""

    def __init__(self, pages: Sequence[Page], gate: threading.Event | None = None, fails_at: int | None = None) -> None:
        self._pages, self._gate, self._fails_at = list(pages), gate, fails_at
        self.asked = self.given = 0
        self.is_closed = False

    def next(self, interrupted: Callable[[], bool] | None = None) -> Page | None:
        """Return the next page; wait for the gate, looking at `interrupted`."""
        self.asked += 1
        if self._fails_at == self.given:
            self._fails_at = None
            raise Unreachable("portal", "reset")
        while self._gate is not None and not self._gate.wait(0.01):
            if interrupted is not None and interrupted():
                raise Interrupted
        if self.is_closed or self.given == len(self._pages):
            return None
        self.given += 1
        return self._pages[self.given - 1]

    def close(self) -> None:
        """Stop."""
        self.is_closed = True


def numbered(*sizes: int, body: int = 100) -> list[Page]:
    """Pages of one-column rows, numbered through."""
    pages, start = [], 0
    for size in sizes:
        pages.append(Page([[n] for n in range(start, start + size)], body))
        start += size
    return pages
