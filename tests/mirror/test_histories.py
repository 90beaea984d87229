"""Random histories of a portal and its mirror: it is never torn, loses what is documented, and converges."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import apsw
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from iptvvtab.config import load
from iptvvtab.connection import mirror_of
from iptvvtab.demo import DemoProcess, Fault, Kind
from iptvvtab.errors import NotProven
from iptvvtab.mirror import Mirror, Synced
from iptvvtab.mirror.cursor import OVERLAP_SECONDS
from tests.mirror.fuse import KINDS
from tests.mirror.killed import Syncing
from tests.mirror.moving import options
from tests.mirror.test_incremental import Rows, put

TABLE = "tv_program"
DAY = 86400
OVERLAP = int(OVERLAP_SECONDS)
LONG_AGO = "2020-01-01 00:00:00"
STEPS = 70
"""A sync of so small a table takes about as many statements, and fewer writes."""

SMALL_PAGE = 3
FAULTS = [
    Kind.STATUS,
    Kind.HTML,
    Kind.TRUNCATED,
    Kind.RESET_BEFORE,
    Kind.ERROR_OBJECT,
    Kind.WRONG_WIDTH,
    Kind.NO_RESULT,
]
KEYS = st.integers(1, 7)
STRATEGIES = st.sampled_from(["incremental", "full", "verify"])


class World:
    """A portal that changes, another process that syncs it, and a mirror of its own for each history."""

    def __init__(self, portal: DemoProcess, mirror: Mirror, syncing: Syncing) -> None:
        self.portal, self.syncing = portal, syncing
        self._mirror, self._number = mirror, count()

    def begin(self, history: History) -> Mirror:
        """Put the portal right, and return an empty mirror."""
        self.portal.reset()
        self.portal.set_switches("full")
        put(self.portal, {})
        same = self._mirror
        path = same.path.with_name(f"{next(self._number)}.db")
        return Mirror(path, same._portal, same._catalog, same._remote, history.now)


def inside(path: Path) -> tuple[Rows | None, dict[str, Any]]:
    """The rows that stand in a file, and what it says of them."""
    if not path.exists():
        return None, {}
    with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)) as file:
        file.set_busy_timeout(10_000)
        if not file.execute("SELECT count(*) FROM sqlite_schema WHERE name = ?", (TABLE,)).get:
            return None, {}
        state = file.execute("SELECT * FROM _mirror_table WHERE name = ?", (TABLE,))
        said = {name: value for (name, _), value in zip(state.get_description(), next(state), strict=True)}
        rows = file.execute(f"SELECT id, title, updated_at FROM {TABLE}")
        return {key: (title, at) for key, title, at in rows}, said  # type: ignore[misc]


class History(RuleBasedStateMachine):
    """What happens, and what the mirror may make of it.

    `silent`: rows that changed or came without a time of change that tells of it; `late`: those that changed since a
    sync was broken off that the next full one may go on with.
    """

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world, self.portal = world, world.portal
        self.rows: Rows = {}
        self.silent: set[int] = set()
        self.late: set[int] | None = None
        self.ahead = self.ours = 0
        self.titles = map("title {}".format, count())
        self.seen: Rows | None = None
        self.generation = 0
        self.mirror = world.begin(self)
        for key in range(1, 5):
            self.put(key, None if key == 1 else self.moment(DAY))
        self.sync("full")

    def now(self) -> float:
        """Our clock."""
        return time.time() + self.ahead + self.ours

    # The portal

    def moment(self, delay: float = 0.0) -> str:
        """A time of change by the portal's clock."""
        return f"{datetime.now(UTC) + timedelta(seconds=self.ahead - delay):%Y-%m-%d %H:%M:%S}"

    def put(self, key: int, at: str | None) -> None:
        """Let a row come or change."""
        self.rows[key] = (next(self.titles), at)
        self.touched(key)
        self.silent.discard(key)

    def touched(self, key: int) -> None:
        """Serve the rows, one of which is another now."""
        put(self.portal, self.rows)
        if self.late is not None:
            self.late.add(key)

    @rule(key=KEYS)
    def changes(self, key: int) -> None:
        """A row comes or changes now; its number may be one that was used before."""
        self.put(key, self.moment())

    @rule(key=KEYS, delay=st.integers(1, OVERLAP))
    def commits_late(self, key: int, delay: int) -> None:
        """Its time of change was taken some seconds before it can be seen."""
        self.put(key, self.moment(delay))

    @rule(key=KEYS, early=st.integers(1, DAY))
    def changes_early(self, key: int, early: int) -> None:
        """The clock of whoever wrote it is ahead."""
        self.put(key, self.moment(-early))

    @rule(key=KEYS)
    def tells_nothing(self, key: int) -> None:
        """Its time of change is NULL."""
        self.put(key, None)

    @rule(keys=st.sets(KEYS, min_size=2))
    def change_at_once(self, keys: set[int]) -> None:
        """Several have one time of change."""
        at = self.moment()
        for key in keys:
            self.put(key, at)

    @rule(key=KEYS)
    def changes_silently(self, key: int) -> None:
        """A row changes and keeps its time of change, or comes with an old one."""
        at = self.rows[key][1] if key in self.rows else LONG_AGO
        self.put(key, at)
        if at is not None:
            self.silent.add(key)

    @rule(key=KEYS)
    def goes(self, key: int) -> None:
        """A row goes."""
        if self.rows.pop(key, None):
            self.touched(key)

    @rule(seconds=st.integers(1, 3600))
    def time_passes(self, seconds: int) -> None:
        """Here and there."""
        self.ahead += seconds
        self.portal.set_clock(self.ahead)

    @rule(days=st.sampled_from([-1, 0, 1]))
    def our_clock_is_moved(self, days: int) -> None:
        """By a day, or put right."""
        self.ours = days * DAY

    # Syncs

    @rule(strategy=STRATEGIES)
    def sync(self, strategy: str) -> None:
        """A sync that nothing disturbs publishes; one that goes on with older rows may find that they are too old."""
        done = self._sync(strategy)
        is_refused = isinstance(done.error, NotProven) and self.late is not None
        assert done.outcome == "published" or is_refused, done
        if is_refused:
            self.late = None

    @rule(strategy=STRATEGIES, kind=st.sampled_from(FAULTS), skip=st.integers(0, 6))
    def sync_fails(self, strategy: str, kind: Kind, skip: int) -> None:
        """The portal fails once in the midst of it, if it comes to that."""
        self.portal.faults(Fault(kind, skip=skip, status=503, code=1))
        self._sync(strategy)
        self.portal.faults()

    @rule(strategy=STRATEGIES, kind=st.sampled_from(KINDS), number=st.integers(1, STEPS))
    def sync_is_killed(self, strategy: str, kind: str, number: int) -> None:
        """Another process, whose clock is right, syncs and is killed at a step, if it comes to that."""
        began = time.time() + self.ahead
        self.world.syncing.begin(
            TABLE, strategy=strategy, at=(kind, number), ahead=self.ahead, given={"mirror": str(self.mirror.path)}
        )
        self.world.syncing.statuses()
        self._looks(began)

    def teardown(self) -> None:
        """In the end one full sync has all rows, and incremental ones have what is documented."""
        self.ours = 0
        while self.late is not None:  # that is what a broken off one may have left
            self.sync("full")
        self.sync("full")
        assert self.seen == self.rows

    def _sync(self, strategy: str) -> Synced:
        began = self.now()
        done = self.mirror.sync(TABLE, 0, strategy=strategy)
        assert self._looks(began) == (done.outcome == "published")
        return done

    def _looks(self, began: float) -> bool:
        """Compare the file with what it may hold; return whether a sync that began then published."""
        seen, said = inside(self.mirror.path)
        if said.get("generation", 0) == self.generation:
            assert seen == self.seen
            self.late = self.late or set()
            return False
        assert said["generation"] == self.generation + 1
        assert seen is not None
        assert said["rows"] == len(seen)
        self.generation, self.seen = said["generation"], seen
        differing = {key for key in {*seen, *self.rows} if seen.get(key) != self.rows.get(key)}
        if said["strategy"] == "incremental":
            self._is_documented(seen, differing)
        elif said["began"] >= began:
            assert not differing
        else:
            assert self.late is not None
            assert differing <= self.late
        self.silent &= differing
        self.late = None
        return True

    def _is_documented(self, seen: Rows, differing: set[int]) -> None:
        """What an incremental sync may lack (docs/mirror.md): silent changes, and numbers that the count hides."""
        gone = differing - set(self.rows)
        come = differing - set(seen)
        assert differing - gone <= self.silent
        assert len(gone) == len(come)


@pytest.fixture(scope="module")
def world(served_moving: DemoProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One for all histories: what they do to it they put right."""
    folder = tmp_path_factory.mktemp("histories")
    given = options(served_moving, folder, page_rows=SMALL_PAGE)
    with mirror_of(load(None, given, environment={}, folder=folder)) as mirror, Syncing(given) as syncing:
        yield World(served_moving, mirror, syncing)


@pytest.mark.parametrize(
    ("histories", "steps"),
    [(12, 20), pytest.param(150, 40, marks=[pytest.mark.long, pytest.mark.timeout(1800)])],
    ids=["quick", "long"],
)
def test_histories(world: World, histories: int, steps: int) -> None:
    """Whatever happens in whatever order."""
    run_state_machine_as_test(
        lambda: History(world),
        settings=settings(
            max_examples=histories,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=steps == 20,
        ),
    )
