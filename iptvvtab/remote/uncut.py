"""Whether a long answer is surely all of it: not cut, without a word, by a portal that caps its answers."""

from __future__ import annotations

import time

BELIEVED_SECONDS = 600.0
"""How long a portal is believed to answer as many rows at once as it was seen to: a cap may be set any day."""


class Uncut:
    """How many rows one portal was seen to answer at once, and when (seconds since 1970)."""

    def __init__(self) -> None:
        self._seen = (0, 0.0)
        self._cut_at = 0.0

    def saw(self, rows: int, at: float | None = None) -> None:
        """Remember that so many rows came, and no more were there. `at`: when, if not now."""
        seen = rows, time.time() if at is None else at
        if self._is_believed(seen) and rows > self.rows:
            self._seen = seen

    @property
    def rows(self) -> int:
        """As many rows were lately seen to come at once."""
        return self._seen[0] if self._is_believed(self._seen) else 0

    def forget(self) -> None:
        """Believe nothing of what was seen until now: the portal cuts."""
        self._cut_at = time.time()

    def _is_believed(self, seen: tuple[int, float]) -> bool:
        return seen[1] > self._cut_at and 0 <= time.time() - seen[1] < BELIEVED_SECONDS
