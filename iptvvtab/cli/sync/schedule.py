"""Which table is synced next, by the interval and the priority of its policy. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from iptvvtab.schema import PRIORITIES, Priority

HIGH_SECONDS, MEDIUM_SECONDS = 300.0, 3600.0
"""The longest intervals of jobs of high and of medium priority, unless their policy says another."""

RISE_SECONDS = 300.0
"""A job that is due rises by one priority each time it has waited so long: none waits for ever behind wanted ones."""

JITTER = 0.1
"""Share of an interval by which a sync comes earlier, so that not all tables, and not all machines, come at once."""

FIRST_PAUSE, LONGEST_PAUSE = 10.0, 3600.0
"""Seconds until a failed sync is tried again: the first, doubled with each failure in a row, and the longest."""


@dataclass(frozen=True, slots=True)
class Job:
    """A table that is kept fresh. `at`: seconds since 1970 when it is due; `failures` in a row."""

    table: str
    interval: float
    at: float
    priority: Priority = "medium"
    failures: int = 0

    def published(self, began: float, chance: float) -> Job:
        """Return the job after a sync whose read began then; `chance` is between 0 and 1."""
        return replace(self, at=began + self.interval * (1 - JITTER * chance), failures=0)

    def failed(self, now: float) -> Job:
        """Return the job after a sync that failed: it is tried again soon, then less and less often."""
        pause = min(FIRST_PAUSE * 2**self.failures, LONGEST_PAUSE, max(self.interval, FIRST_PAUSE))
        return replace(self, at=now + pause, failures=self.failures + 1)

    def rank(self, now: float) -> int:
        """Return how many priorities are above that of a job which is due: it rises while it waits."""
        return max(PRIORITIES.index(self.priority) - int((now - self.at) // RISE_SECONDS), 0)


def priority_of(interval: float) -> Priority:
    """Return the priority of a table whose policy says none: what is wanted often is wanted first."""
    if interval <= HIGH_SECONDS:
        return "high"
    return "medium" if interval <= MEDIUM_SECONDS else "low"


def jobs(wanted: Iterable[Job], began: Mapping[str, float], now: float) -> list[Job]:
    """Return the jobs of tables, of which some were last read at `began`: no later than now, whatever a clock said."""
    return [replace(one, at=min(began[one.table], now) + one.interval if one.table in began else now) for one in wanted]


def next_of(all_jobs: Iterable[Job], now: float) -> Job:
    """Return the job whose turn it is: of those that are due by rank, then the one due longest; else the one due first.

    Of several due at once the one with the shortest interval.
    """
    return min(
        all_jobs,
        key=lambda one: (one.at > now, one.rank(now) if one.at <= now else 0, one.at, one.interval, one.table),
    )
