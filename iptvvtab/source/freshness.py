"""What a reader accepts: rows from where, and how old. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MEMORY_SECONDS = 30.0
"""How old a remembered read may be where nobody says otherwise."""


class Origin(StrEnum):
    """Where rows may come from, in the words of the setting `source`."""

    AUTO = "auto"
    LIVE = "live"
    MIRROR = "mirror"


@dataclass(frozen=True, slots=True)
class Freshness:
    """What a reader accepts: from where, and rows of what age in seconds (counted from the start of their read).

    `max_age`: rows must be younger, wherever they come from, and the rest does not count; None: nobody says so. `ttl`:
    how old a table in the mirror may be. For `swr` seconds after that its rows are given while a sync brings new ones,
    for `sie` seconds they stand in for those of a portal that fails.
    """

    origin: Origin
    max_age: float | None = None
    ttl: float = 0.0
    swr: float = 0.0
    sie: float = 0.0

    @property
    def in_memory(self) -> float:
        """The age that a remembered read must be below."""
        if self.origin is Origin.LIVE:
            return 0.0
        return MEMORY_SECONDS if self.max_age is None else self.max_age

    @property
    def in_mirror(self) -> float | None:
        """The age that a table in the mirror must be below to be fresh; None: any will do."""
        if self.origin is Origin.LIVE:
            return 0.0
        if self.max_age is None and self.origin is Origin.MIRROR:
            return None
        return self.ttl if self.max_age is None else self.max_age

    @property
    def while_refreshed(self) -> float | None:
        """The age that it must be below to be given while it is synced."""
        return self._with(self.swr)

    @property
    def if_error(self) -> float | None:
        """The age that it must be below to stand in for rows of a portal that fails."""
        return self._with(max(self.sie, self.swr))

    def _with(self, grace: float) -> float | None:
        limit = self.in_mirror
        is_graceful = self.origin is Origin.AUTO and self.max_age is None
        return limit + grace if limit is not None and is_graceful else limit
