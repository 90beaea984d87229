"""How many rows a mirror lacks after what makes incremental syncs lose rows elsewhere, and after one verification."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from iptvvtab.demo import DemoProcess
from iptvvtab.mirror import Mirror
from iptvvtab.mirror.cursor import OVERLAP_SECONDS
from tests.mirror.conftest import MirrorFor
from tests.mirror.test_histories import inside
from tests.mirror.test_incremental import Rows, put

DAY = 86400
OVERLAP = int(OVERLAP_SECONDS)
LONG_AGO = "2020-01-01 00:00:00"
ROUNDS = 4
FEW, MORE, MANY = 300, 5_000, 100_000


class Portal:
    """A portal whose rows change by its own clock, and its mirror."""

    def __init__(self, demo: DemoProcess, mirror: Mirror, rows: int) -> None:
        self._demo, self._titles = demo, map("title {}".format, count())
        self.ahead = self.ours = 0
        self.rows: Rows = {number: (next(self._titles), LONG_AGO) for number in range(1, rows + 1)}
        self._mirror = Mirror(mirror.path, mirror._portal, mirror._catalog, mirror._remote, self._now)

    def _now(self) -> float:
        return time.time() + self.ahead + self.ours

    def moment(self, delay: int = 0) -> str:
        """The portal's time, so many seconds ago."""
        return f"{datetime.now(UTC) + timedelta(seconds=self.ahead - delay):%Y-%m-%d %H:%M:%S}"

    def write(self, keys: range, at: str | None) -> None:
        """Let rows come or change with this time of change."""
        self.rows |= {key: (next(self._titles), at) for key in keys}

    def passes(self, seconds: int) -> None:
        """Let time pass."""
        self.ahead += seconds
        self._demo.set_clock(self.ahead)

    def missed(self, strategy: str) -> int:
        """Sync; return how many rows the mirror lacks, or holds otherwise, or has too many."""
        put(self._demo, self.rows)
        done = self._mirror.sync("tv_program", 0, strategy=strategy)
        assert (done.outcome, done.strategy) == ("published", strategy), done
        held, _ = inside(self._mirror.path)
        assert held is not None
        return sum(held.get(key) != self.rows.get(key) for key in {*held, *self.rows})


def commits_late(portal: Portal) -> Iterator[None]:
    """Times of change are taken up to ten seconds before the rows can be seen."""
    for turn in range(ROUNDS):
        for delay in range(OVERLAP + 1):
            portal.write(range(turn * 20 + delay, turn * 20 + delay + 3), portal.moment(delay))
        yield
        portal.passes(1)


def commits_a_minute_late(portal: Portal) -> Iterator[None]:
    """Longer than the overlap: rows that come are counted, those that change are not seen."""
    for turn in range(ROUNDS):
        portal.write(range(100, 110), portal.moment())
        yield
        portal.write(range(turn + 1, turn + 2), portal.moment(60))
        portal.write(range(10_000_000 + turn, 10_000_001 + turn), portal.moment(60))
        yield


def equal_times(portal: Portal) -> Iterator[None]:
    """All rows change within one second, half of them after a sync that saw the others."""
    at, half = portal.moment(), len(portal.rows) // 2
    portal.write(range(1, half), at)
    yield
    portal.write(range(half, 2 * half + 1), at)
    yield


def no_time(portal: Portal) -> Iterator[None]:
    """Rows without a time of change come, change and go."""
    for turn in range(ROUNDS):
        portal.write(range(turn * 20 + 1, turn * 20 + 50), None)
        portal.rows.pop(turn * 20 + 1)
        yield


def numbers_used_again(portal: Portal) -> Iterator[None]:
    """Rows go, and others come under their numbers before the next sync, or after it."""
    for turn in range(ROUNDS):
        keys = range(turn * 10 + 1, turn * 10 + 11)
        if turn % 2:
            for key in keys:
                portal.rows.pop(key)
            yield
        portal.write(keys, portal.moment())
        yield


def numbers_used_again_in_silence(portal: Portal) -> Iterator[None]:
    """The same, and the others tell an old time of change; or one goes, and such a one comes under another number."""
    portal.write(range(30, 40), portal.moment())
    yield
    portal.write(range(1, 11), LONG_AGO)
    portal.rows.pop(20)
    portal.write(range(10_000_000, 10_000_001), LONG_AGO)
    yield


def our_clock_moves(portal: Portal) -> Iterator[None]:
    """By a day ahead, back, behind and back, with changes after each."""
    for turn, days in enumerate([1, 0, -1, 0, 1, -1]):
        portal.ours = days * DAY
        portal.write(range(turn * 10 + 1, turn * 10 + 11), portal.moment())
        yield
        portal.passes(20)


CASES: dict[str, tuple[Callable[[Portal], Iterator[None]], int]] = {
    "late commits": (commits_late, 0),
    "commits a minute late": (commits_a_minute_late, ROUNDS),
    "equal times of change": (equal_times, 0),
    "no time of change": (no_time, 0),
    "numbers used again": (numbers_used_again, 0),
    "numbers used again in silence": (numbers_used_again_in_silence, 12),
    "our clock moved by a day": (our_clock_moves, 0),
}
"""What happens, and how many rows incremental syncs alone miss of it in the end, as docs/mirror.md says."""


@pytest.mark.parametrize("profile", ["full", pytest.param("default", marks=pytest.mark.long)])
@pytest.mark.parametrize(
    ("name", "rows"),
    [
        *((name, FEW) for name in CASES),
        *(pytest.param(name, MORE, marks=pytest.mark.long) for name in CASES),
        pytest.param("equal times of change", MANY, marks=pytest.mark.long),
    ],
)
def test_rows_missed(moving: DemoProcess, mirror_for: MirrorFor, name: str, profile: str, rows: int) -> None:
    """None after the overlap and one verification, whether by hashes or by all rows; before it those documented."""
    happens, documented = CASES[name]
    moving.set_switches(profile)
    portal = Portal(moving, mirror_for(moving, page_rows=5000), rows)
    assert portal.missed("verify" if profile == "full" else "full") == 0
    for _ in happens(portal):
        portal.missed("incremental")
    portal.passes(OVERLAP + 1)
    assert portal.missed("incremental") == documented
    assert portal.missed("verify") == 0
