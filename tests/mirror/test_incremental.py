"""Incremental syncs: what changed, came, went or tells no change on the portal is so in the mirror afterwards."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from iptvvtab.config import Settings, load
from iptvvtab.connection import mirror_of
from iptvvtab.demo import DemoColumn, DemoProcess, DemoTable, start_demo
from iptvvtab.jsonsql import PgType
from iptvvtab.mirror import Mirror, Synced, View
from iptvvtab.remote import Read
from tests.differential.sides import SCHEMAS

COLUMNS = ("id", "title", "updated_at")
PROGRAM = DemoTable(
    "tv_program",
    (
        DemoColumn("id", PgType.BIGINT, True),
        DemoColumn("created_at", PgType.TIMESTAMP),
        DemoColumn("updated_at", PgType.TIMESTAMP),
        DemoColumn("channel_id", PgType.INTEGER),
        DemoColumn("title", PgType.TEXT),
        DemoColumn("epg_provider_id", PgType.INTEGER),
        DemoColumn("start", PgType.TIMESTAMP),
        DemoColumn("stop", PgType.TIMESTAMP),
    ),
    ("id",),
)
Rows = dict[int, tuple[str, str | None]]


def moment(seconds: float = 0.0) -> str:
    """A time of change, so many seconds from now."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S")


def put(demo: DemoProcess, rows: Rows) -> None:
    """Serve these rows."""
    written = [[key, None, at, None, title, None, None, None] for key, (title, at) in rows.items()]
    demo.put_tables([(PROGRAM, written)])


def held(mirror: Mirror) -> Rows:
    """What the mirror holds."""
    view: View = mirror.view()
    reading = view.open(Read("tv_program", COLUMNS), mirror.table("tv_program"), None)
    assert reading is not None
    rows = [row for page in reading for row in page]
    view.close()
    return {key: (title, at) for key, title, at in rows}  # type: ignore[misc]


def sync(mirror: Mirror, **asked: Any) -> Synced:
    """Sync whatever the age, and expect that it is published."""
    done = mirror.sync("tv_program", 0, **asked)
    assert done.error is None
    assert done.outcome == "published"
    return done


@pytest.fixture(scope="module")
def portal() -> Iterator[DemoProcess]:
    """A portal of our own, for its rows change."""
    with start_demo(rows=1) as demo:
        yield demo


def settings_of(portal: DemoProcess, folder: Path) -> Settings:
    """Settings for that portal."""
    environment = portal.environment
    names = {"api_url": "API_URL", "auth_url": "AUTH_URL", "username": "USERNAME", "password": "PASSWORD"}
    given_ = {name: environment[f"IPTVPORTAL_{variable}"] for name, variable in names.items()}
    return load(None, {**given_, "schemas": SCHEMAS, "state_folder": folder, "rate": 0}, environment={}, folder=folder)


@pytest.fixture
def mirror(portal: DemoProcess, tmp_path: Path) -> Iterator[Mirror]:
    """A mirror of that portal, empty."""
    portal.reset()
    portal.set_switches()
    with mirror_of(settings_of(portal, tmp_path)) as made:
        yield made


BEFORE: Rows = {1: ("a", "2024-01-01 10:00:00"), 2: ("b", "2024-01-02 10:00:00"), 3: ("c", None), 4: ("d", None)}


@pytest.mark.parametrize(
    ("changes", "gone", "most"),
    [
        ({}, (), 3),
        ({1: ("new title", 0.0)}, (), 4),
        ({9: ("came", 0.0)}, (), 4),
        ({}, (2,), 3),
        ({}, (1, 2, 3, 4), 3),
        ({3: ("changed, and tells nothing", None)}, (), 3),
        ({9: ("came, and tells nothing", None)}, (4,), 3),
        ({9: ("came late, with an old time", -86400.0)}, (), 4),
        ({1: ("changed by a clock that is ahead", 86400.0)}, (), 4),
        ({1: ("changed", 0.0), 8: ("came", 0.0), 9: ("late", -86400.0)}, (2, 3), 5),
    ],
)
def test_what_changed_is_fetched(
    mirror: Mirror, portal: DemoProcess, changes: dict[int, tuple[str, float | None]], gone: tuple[int, ...], most: int
) -> None:
    """Changes come by their time, those that tell none always, vanished and late rows by the portal's count."""
    put(portal, BEFORE)
    assert sync(mirror).strategy == "full"
    after = {key: row for key, row in BEFORE.items() if key not in gone}
    after |= {key: (title, None if at is None else moment(at)) for key, (title, at) in changes.items()}
    put(portal, after)
    done = sync(mirror)
    assert done.strategy == "incremental"
    assert held(mirror) == after
    assert done.rows <= most
    sync(mirror)
    assert held(mirror) == after


def test_a_writer_that_commits_late_is_seen(mirror: Mirror, portal: DemoProcess) -> None:
    """A sync begins some seconds before the last change that it has seen."""
    put(portal, {1: ("a", moment(-2))})
    sync(mirror)
    late = {1: ("a", moment(-2)), 2: ("b", moment(-7))}
    put(portal, late)
    portal.set_switches(count=False)
    sync(mirror)
    assert held(mirror) == late


def test_what_estimates_learn_is_the_table(mirror: Mirror, portal: DemoProcess) -> None:
    """They are told how many rows a table has, not how many changed."""
    told: list[tuple[str, int]] = []
    put(portal, BEFORE)
    telling = Mirror(
        mirror.path, mirror._portal, mirror._catalog, mirror._remote, counted=lambda *fact: told.append(fact)
    )
    sync(telling)
    put(portal, {**BEFORE, 9: ("came", moment())})
    sync(telling)
    assert told == [("tv_program", 4), ("tv_program", 5)]


DAY = 86400.0
EARLY: Rows = {**BEFORE, 5: ("by a writer whose clock is half a day ahead", moment(DAY / 2))}


@pytest.mark.parametrize(
    "there",
    [0.0, pytest.param(DAY, marks=pytest.mark.long), pytest.param(-DAY, marks=pytest.mark.long)],
    ids=["portal right", "portal ahead", "portal behind"],
)
@pytest.mark.parametrize(
    ("before", "after"),
    [(DAY, DAY), (-DAY, -DAY), (0, DAY), (0, -DAY), (DAY, 0), (-DAY, 0)],
    ids=["ahead", "behind", "put ahead", "put behind", "put right that was ahead", "put right that was behind"],
)
def test_a_clock_that_was_moved_loses_nothing(
    mirror: Mirror, portal: DemoProcess, before: float, after: float, there: float
) -> None:
    """How far a table was read is told by the portal's clock, not by ours, which a day is added to while rows come."""
    put(portal, EARLY)
    portal.set_clock(there)
    portal.set_switches(count=False)

    def ours() -> float:
        return time.time() + (after if portal.log().documents else before)

    sync(Mirror(mirror.path, mirror._portal, mirror._catalog, mirror._remote, ours))
    changed = {**EARLY, 1: ("new", moment(there))}
    put(portal, changed)
    sync(mirror)
    assert held(mirror) == changed


def test_a_large_loss_needs_the_portals_word(mirror: Mirror, portal: DemoProcess) -> None:
    """Keys that vanish in numbers are believed if the portal counts as many as it lists; all of them likewise."""
    every = dict.fromkeys(range(1, 3001), ("x", "2024-01-01 00:00:00"))
    put(portal, every)
    sync(mirror)
    few = {key: row for key, row in every.items() if key % 3 == 0}
    put(portal, few)
    sync(mirror)
    assert held(mirror) == few


def test_what_forces_a_full_sync(mirror: Mirror, portal: DemoProcess) -> None:
    """Nothing to go on from: no table yet, or one without a time of change that is over."""
    put(portal, {1: ("a", None)})
    assert sync(mirror, strategy="incremental").strategy == "full"
    assert sync(mirror, strategy="incremental").strategy == "full"
    put(portal, BEFORE)
    assert sync(mirror).strategy == "full"
    assert sync(mirror, strategy="full").strategy == "full"
    assert sync(mirror).strategy == "incremental"
