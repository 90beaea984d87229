"""Syncs that are killed at any moment: what is published is whole, and the next sync goes on."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest

from iptvvtab.demo import DemoProcess
from iptvvtab.mirror import Mirror
from tests.mirror.conftest import MirrorFor
from tests.mirror.killed import Syncing
from tests.mirror.moving import PAGE, ROWS, Seen, look, options, put

INDEXES = {"terminal": 2, "subscriber_package": 2}
"""What a published table has of them."""
LONGER = 1.1
"""Kills come until a bit after a sync's usual end."""
REQUESTS = {"terminal": ROWS // PAGE + 2, "subscriber_package": ROWS // PAGE + 3}
"""Pages, the empty one that ends them, and the count; where two columns are the key, whether one is NULL."""


@pytest.mark.parametrize("table", INDEXES)
@pytest.mark.parametrize("points", [6, pytest.param(150, marks=[pytest.mark.long, pytest.mark.timeout(900)])])
def test_killed_syncs(moving: DemoProcess, tmp_path: Path, mirror_for: MirrorFor, table: str, points: int) -> None:
    """Whenever a sync is killed: the file is sound, the table is of one version, and the next sync publishes."""
    chance, path, mirror = random.Random(points), tmp_path / "mirror.db", mirror_for(moving)
    put(moving, 0, table)
    with Syncing(options(moving, tmp_path)) as syncing:
        length = sorted(_whole(syncing, table) for _ in range(3))[1]
        halfway = 0
        for version in range(1, points + 1):
            put(moving, version, table)
            _kill(syncing, table, chance.uniform(version - 1, version) / points * length * LONGER)
            seen = look(path, table)
            assert seen.versions in ({version - 1}, {version})
            assert seen.rows == ROWS
            assert seen.said is not None
            assert seen.said[0] == ROWS
            halfway += bool(seen.stages)
            _go_on(mirror, table, version, seen)
    assert halfway, "the kills came too early or too late to be of any use"


def _whole(syncing: Syncing, table: str) -> float:
    """Return the seconds that a sync takes when nobody kills it."""
    syncing.begin(table)
    syncing.hear("child")
    began = time.monotonic()
    assert syncing.hear("synced") == "published"
    length = time.monotonic() - began
    syncing.hear("ended")
    return length


def _kill(syncing: Syncing, table: str, delay: float) -> None:
    syncing.begin(table)
    child = int(syncing.hear("child"))
    time.sleep(delay)
    with suppress(ProcessLookupError):  # it was done
        os.kill(child, signal.SIGKILL)
    syncing.hear("ended")


def _go_on(mirror: Mirror, table: str, version: int, killed: Seen) -> None:
    """The next sync publishes and leaves nothing over; where pages are by one integer, it asks only for the rest."""
    done = mirror.sync(table, 0.0)
    assert (done.outcome, done.error) == ("published", None)
    resumed = killed.staged // PAGE if table == "terminal" else 0
    assert done.requests <= REQUESTS[table] - resumed
    assert killed.said is not None
    said = (ROWS, killed.said[1] + 1, 0)
    assert look(mirror.path, table) == Seen({version}, ROWS, said, 0, 0, INDEXES[table])
