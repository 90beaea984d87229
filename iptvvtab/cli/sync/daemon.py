"""Tables that are kept fresh by a process of its own, one after another, until it is told to stop."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from iptvvtab.cli.sync.line import line
from iptvvtab.cli.sync.schedule import Job, jobs, next_of, priority_of
from iptvvtab.cli.words import count, say
from iptvvtab.schema import PRIORITIES

if TYPE_CHECKING:
    from types import FrameType

    from iptvvtab.mirror import Mirror
    from iptvvtab.schema import Table

EARLY = 0.8
"""Share of its interval after which a table is synced again: one that another process synced since is left alone."""

SOON = 0.1
"""Share of an interval after which such a table is looked at again."""

LEAST_PAUSE = 1.0
"""Seconds between two syncs of one table, whatever its interval."""


def keep_fresh(mirror: Mirror, intervals: Iterable[tuple[Table, float]]) -> None:
    """Sync tables, each by its interval in seconds, until SIGTERM or Ctrl-C. A sync under way is gone on with later."""
    wanted = [Job(table.name, every, 0.0, table.policy.priority or priority_of(every)) for table, every in intervals]
    began = {one.table: one.published.began for one in mirror.status() if one.published and one.is_current}
    planned = {job.table: job for job in jobs(wanted, began, time.time())}
    say(f"keeping {_tables(wanted)} fresh in {mirror.path}; SIGTERM or Ctrl-C stops")
    with _stopped_by_signals():
        try:
            while True:
                job = next_of(planned.values(), time.time())
                if job.at > (now := time.time()):
                    threading.Event().wait(job.at - now)
                    continue  # others may have become due meanwhile
                planned[job.table] = _synced(mirror, job)
        except KeyboardInterrupt:
            say("stopped")


def _tables(wanted: list[Job]) -> str:
    """Return how many tables there are, by priority: `19 tables (2 high, 17 medium)`."""
    numbers = Counter(job.priority for job in wanted)
    return f"{count(len(wanted), 'table')} ({', '.join(f'{numbers[one]} {one}' for one in PRIORITIES if numbers[one])})"


def _synced(mirror: Mirror, job: Job) -> Job:
    started = time.time()
    done = mirror.sync(job.table, job.interval * EARLY)
    if done.error is not None:
        after = job.failed(time.time())
        say(f"{line(done)}; tried again in {after.at - time.time():.0f} s")
        return after
    if done.outcome != "published":
        return replace(job, at=time.time() + max(job.interval * SOON, LEAST_PAUSE))
    say(line(done))
    after = job.published(started, random.random())  # noqa: S311 -- spreads load, guards nothing
    return replace(after, at=max(after.at, time.time() + LEAST_PAUSE))


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Let SIGTERM end what runs as Ctrl-C does."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
