"""When each table is synced next, by the interval of its policy. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

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
    failures: int = 0

    def published(self, began: float, chance: float) -> Job:
        """Return the job after a sync whose read began then; `chance` is between 0 and 1."""
        return replace(self, at=began + self.interval * (1 - JITTER * chance), failures=0)

    def failed(self, now: float) -> Job:
        """Return the job after a sync that failed: it is tried again soon, then less and less often."""
        pause = min(FIRST_PAUSE * 2**self.failures, LONGEST_PAUSE, max(self.interval, FIRST_PAUSE))
        return replace(self, at=now + pause, failures=self.failures + 1)


def jobs(intervals: Mapping[str, float], began: Mapping[str, float], now: float) -> list[Job]:
    """Return the jobs of tables, of which some were last read at `began`: no later than now, whatever a clock said."""
    due = {name: min(at, now) + intervals[name] for name, at in began.items() if name in intervals}
    return [Job(name, every, due.get(name, now)) for name, every in intervals.items()]


def next_of(all_jobs: list[Job]) -> Job:
    """Return the job that is due first; of several the one with the shortest interval, which is the most wanted."""
    return min(all_jobs, key=lambda one: (one.at, one.interval, one.table))
