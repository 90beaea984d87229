"""Tables that are kept fresh by a process of its own, one after another, until it is told to stop."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from iptvvtab.cli.sync.line import line
from iptvvtab.cli.sync.schedule import Job, jobs, next_of
from iptvvtab.cli.words import count, say

if TYPE_CHECKING:
    from types import FrameType

    from iptvvtab.mirror import Mirror

EARLY = 0.8
"""Share of its interval after which a table is synced again: one that another process synced since is left alone."""

SOON = 0.1
"""Share of an interval after which such a table is looked at again."""

LEAST_PAUSE = 1.0
"""Seconds between two syncs of one table, whatever its interval."""


def keep_fresh(mirror: Mirror, intervals: Mapping[str, float]) -> None:
    """Sync tables, each by its interval in seconds, until SIGTERM or Ctrl-C. A sync under way is gone on with later."""
    began = {one.table: one.published.began for one in mirror.status() if one.published and one.is_current}
    planned = {job.table: job for job in jobs(intervals, began, time.time())}
    say(f"keeping {count(len(planned), 'table')} fresh in {mirror.path}; SIGTERM or Ctrl-C stops")
    with _stopped_by_signals():
        try:
            while True:
                job = next_of(list(planned.values()))
                threading.Event().wait(max(job.at - time.time(), 0.0))
                planned[job.table] = _synced(mirror, job)
        except KeyboardInterrupt:
            say("stopped")


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
