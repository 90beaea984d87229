"""What a portal may answer in the midst of a sync: nothing wrong is published, and the old rows stay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import apsw
import pytest

import iptvvtab
from iptvvtab import errors
from iptvvtab.demo import DemoProcess, Fault, Kind
from iptvvtab.demo.tables import demo_catalog
from tests.mirror.conftest import MirrorFor
from tests.mirror.moving import PAGE, ROWS, Seen, count, hold, last_run, look, options, put, put_content

LONG_AGO = "2020-01-01 00:00:00"
EVER: dict[str, Any] = {"times": None}
"""A fault of every request; the others strike once, after so many (`skip`)."""
LARGER = 130
"""Rows on a page where four are enough."""
PAGES = -(-ROWS // LARGER)

SPOILED: dict[str, tuple[str, Fault, type[errors.Error]]] = {
    "no rows": ("terminal", Fault(Kind.NO_ROWS, **EVER), errors.NotProven),
    "no rows, no key": ("tv_program_category", Fault(Kind.NO_ROWS, **EVER), errors.NotProven),
    "no rows, two columns as key": ("subscriber_package", Fault(Kind.NO_ROWS, **EVER), errors.NotProven),
    "3 % of the rows": ("terminal", Fault(Kind.FEW_ROWS, **EVER), errors.NotProven),
    "3 % of the rows, no key": ("tv_program_category", Fault(Kind.FEW_ROWS, **EVER), errors.NotProven),
    "a page is empty": ("terminal", Fault(Kind.NO_ROWS, skip=2), errors.NotProven),
    "a page has few rows": ("terminal", Fault(Kind.FEW_ROWS, skip=2), errors.NotProven),
    "rows come twice": ("terminal", Fault(Kind.ROWS_TWICE, skip=1), errors.KeyBroken),
    "rows come twice, no key": ("tv_program_category", Fault(Kind.ROWS_TWICE), errors.NotProven),
    "rows come twice, two columns as key": ("subscriber_package", Fault(Kind.ROWS_TWICE, skip=2), errors.KeyBroken),
    "a page is reversed": ("terminal", Fault(Kind.ROWS_REVERSED, skip=2), errors.KeyBroken),
    "a page is reversed, two columns": ("subscriber_package", Fault(Kind.ROWS_REVERSED, skip=2), errors.KeyBroken),
    "an error with status 200": ("terminal", Fault(Kind.ERROR_OBJECT, code=1, skip=2), errors.Refused),
    "an error as a text": ("terminal", Fault(Kind.ERROR_TEXT, skip=2), errors.Refused),
    "neither rows nor error": ("terminal", Fault(Kind.NO_RESULT, skip=2), errors.BadAnswer),
    "the answer to something else": ("terminal", Fault(Kind.WRONG_ID, skip=2), errors.BadAnswer),
    "rows too narrow": ("terminal", Fault(Kind.WRONG_WIDTH, skip=2), errors.WrongWidth),
    "a web page": ("terminal", Fault(Kind.HTML, skip=2), errors.BadAnswer),
    "a web page, of the count": ("terminal", Fault(Kind.HTML, skip=PAGES), errors.BadAnswer),
    "an empty body": ("terminal", Fault(Kind.EMPTY, skip=2), errors.BadAnswer),
    "half of the body": ("terminal", Fault(Kind.TRUNCATED, skip=2), errors.BadAnswer),
    "a torn body": ("terminal", Fault(Kind.TORN_GZIP, skip=2), errors.BadAnswer),
    "an end within the body": ("terminal", Fault(Kind.SHORT_BODY, skip=2), errors.Unreachable),
    "a reset": ("terminal", Fault(Kind.RESET_BEFORE, skip=2), errors.Unreachable),
    "500": ("terminal", Fault(Kind.STATUS, status=500, skip=2), errors.ServerFailed),
    "500 of the count": ("terminal", Fault(Kind.STATUS, status=500, skip=PAGES), errors.ServerFailed),
    "429": ("terminal", Fault(Kind.STATUS, status=429, skip=2), errors.RateLimited),
    "401": ("terminal", Fault(Kind.UNAUTHORIZED, **EVER), errors.SessionRefused),
    "403": ("terminal", Fault(Kind.STATUS, status=403, skip=2), errors.Forbidden),
}


ALIKE = {
    "no rows, two columns as key", "3 % of the rows, no key", "a page has few rows",
    "rows come twice, two columns as key", "a page is reversed, two columns", "an error as a text",
    "the answer to something else",
    "a web page, of the count",
    "an empty body", "half of the body", "an end within the body", "429",
}  # fmt: skip
"""Those of which others tell much the same; for `make test-long`."""
CASES = [pytest.param(*one, id=name, marks=[pytest.mark.long] * (name in ALIKE)) for name, one in SPOILED.items()]


@pytest.mark.parametrize(("table", "fault", "error"), CASES)
def test_a_spoiled_sync(
    moving: DemoProcess, mirror_for: MirrorFor, table: str, fault: Fault, error: type[errors.Error]
) -> None:
    """It fails, its run says why, the old rows and their state stay; the next sync publishes and leaves nothing."""
    mirror = mirror_for(moving, page_rows=LARGER)
    put(moving, 1, table)
    assert mirror.sync(table, 0).outcome == "published"
    before = look(mirror.path, table)
    put(moving, 2, table)
    moving.faults(fault)
    failed = mirror.sync(table, 0)
    assert (failed.outcome, type(failed.error)) == ("failed", error), failed
    kept = look(mirror.path, table)
    assert (kept.versions, kept.rows, kept.said) == ({1}, ROWS, (ROWS, 1, int(error is errors.Forbidden)))
    _, message = last_run(mirror.path, table)
    assert (message or "").startswith(f"{error.__name__}: ")
    moving.reset()
    assert mirror.sync(table, 0).outcome == "published"
    assert look(mirror.path, table) == Seen({2}, ROWS, (ROWS, 2, 0), 0, 0, before.indexes)
    assert last_run(mirror.path, table) == ("published", None)


@pytest.mark.parametrize("kind", [Kind.NO_ROWS, Kind.FEW_ROWS])
@pytest.mark.parametrize("rows", [2, 8])
def test_a_small_table_must_be_whole_too(moving: DemoProcess, mirror_for: MirrorFor, rows: int, kind: Kind) -> None:
    """The rows by which a count may be off are no excuse for a table that has hardly more."""
    mirror = mirror_for(moving)
    put(moving, 1, rows=rows)
    mirror.sync("terminal", 0)
    moving.faults(Fault(kind, **EVER))
    assert isinstance(mirror.sync("terminal", 0).error, errors.NotProven)
    assert look(mirror.path).rows == rows


def test_what_was_fetched_before_a_failure_is_not_fetched_again(moving: DemoProcess, mirror_for: MirrorFor) -> None:
    """A failure that may pass: the next sync goes on after the last row that came."""
    mirror = mirror_for(moving)
    put(moving, 1)
    mirror.sync("package", 0)  # the first contact
    moving.faults(Fault(Kind.STATUS, status=503, skip=5))
    assert mirror.sync("terminal", 0).outcome == "failed"
    assert look(mirror.path).staged >= 4 * PAGE
    moving.reset()
    assert mirror.sync("terminal", 0).requests <= ROWS // PAGE + 2 - 4
    assert look(mirror.path).versions == {1}


def test_a_forbidden_table_is_closed(moving: DemoProcess, mirror_for: MirrorFor, tmp_path: Path) -> None:
    """403: the mirror's rows are shown no more; a success opens it."""
    mirror = mirror_for(moving)
    put(moving, 1)
    mirror.sync("terminal", 0)
    moving.faults(Fault(Kind.STATUS, status=403, **EVER))
    assert isinstance(mirror.sync("terminal", 0).error, errors.Forbidden)
    connection = iptvvtab.connect(source="mirror", **options(moving, tmp_path))
    count = "SELECT count(*), min(mac_addr) FROM portal.terminal"
    with pytest.raises(errors.NoMirror):
        connection.execute(count).fetchall()
    moving.reset()
    assert mirror.sync("terminal", 3600).outcome == "published", "a closed table is never fresh"
    assert connection.execute(count).fetchall() == [(ROWS, "v1")]
    connection.close()


@pytest.mark.parametrize(
    ("before", "after", "is_published"),
    [
        (1500, 0, False),
        (1500, 40, False),
        (1500, 800, True),  # not more than 1,000 rows are gone
        (40, 0, False),
        (40, 1, True),
        (0, 0, True),
        (None, 0, True),
    ],
)
def test_without_a_count(
    moving: DemoProcess, mirror_for: MirrorFor, before: int | None, after: int, *, is_published: bool
) -> None:
    """A portal that cannot count is believed, but for a table that lost all its rows, or most of many."""
    moving.set_switches("default", count=False)
    mirror = mirror_for(moving, page_rows=500)
    if before is not None:
        put(moving, 1, rows=before)
        assert mirror.sync("terminal", 0).outcome == "published"
    put(moving, 2, rows=after)
    done = mirror.sync("terminal", 0)
    assert (done.outcome == "published", isinstance(done.error, errors.NotProven)) == (is_published, not is_published)
    assert look(mirror.path).rows == (after if is_published else before)


def test_a_forced_sync_needs_no_proof(moving: DemoProcess, mirror_for: MirrorFor) -> None:
    """What came is published, though the portal counts more; and a broken answer is not, forced or not."""
    mirror = mirror_for(moving)
    put(moving, 1)
    mirror.sync("terminal", 0)
    moving.faults(Fault(Kind.FEW_ROWS, **EVER))
    done = mirror.sync("terminal", 0, is_forced=True)
    assert done.outcome == "published"
    assert look(mirror.path).rows == done.rows == 1
    moving.faults(Fault(Kind.ROWS_TWICE, **EVER))
    assert isinstance(mirror.sync("terminal", 0, is_forced=True).error, errors.KeyBroken)
    assert look(mirror.path).rows == 1


@pytest.mark.parametrize(("kind", "page"), [(Kind.NO_ROWS, 0), (Kind.FEW_ROWS, 2)])
def test_keys_that_lack_delete_nothing(moving: DemoProcess, mirror_for: MirrorFor, kind: Kind, page: int) -> None:
    """An incremental sync that sees by the count that rows vanished believes no list of keys that is much shorter."""
    mirror = mirror_for(moving, page_rows=LARGER)
    rows: list[list[Any]] = [[n, LONG_AGO, LONG_AGO, 1, f"v{n}", 1, LONG_AGO, LONG_AGO] for n in range(1, ROWS + 1)]
    moving.put_tables([(demo_catalog()["tv_program"], rows)])
    assert mirror.sync("tv_program", 0, strategy="full").outcome == "published"
    moving.put_tables([(demo_catalog()["tv_program"], rows[1:])])
    moving.reset()
    assert mirror.sync("tv_program", 0, strategy="incremental").outcome == "published"
    before = len(moving.log().documents) - PAGES  # the keys came last
    moving.put_tables([(demo_catalog()["tv_program"], rows[2:])])
    moving.faults(Fault(kind, skip=before + page))
    assert isinstance(mirror.sync("tv_program", 0, strategy="incremental").error, errors.NotProven)
    assert count(mirror.path, "tv_program") == ROWS - 1
    moving.reset()
    assert mirror.sync("tv_program", 0, strategy="incremental").outcome == "published"
    assert count(mirror.path, "tv_program") == ROWS - 2


@pytest.mark.parametrize("kind", [Kind.NO_ROWS, Kind.FEW_ROWS])
@pytest.mark.parametrize("page", [0, 1])
@pytest.mark.parametrize("changed", [12, 300])
def test_changes_that_lack_are_not_passed_by(
    moving: DemoProcess, mirror_for: MirrorFor, kind: Kind, page: int, changed: int
) -> None:
    """A page of changes that holds too few rows: the sync fails, or the next one asks for the same changes again."""
    mirror = mirror_for(moving)
    before = dict.fromkeys(range(1, ROWS + 1), 0)
    put_content(moving, "tv_program", before)
    assert mirror.sync("tv_program", 0, strategy="full").outcome == "published"
    after = before | {number: 1 + number for number in range(1, changed + 1)}
    put_content(moving, "tv_program", after)
    moving.faults(Fault(kind, table="tv_program", skip=1 + page))  # the count of changes comes first
    done = mirror.sync("tv_program", 0, strategy="incremental")
    assert done.outcome == "published" or isinstance(done.error, errors.NotProven)
    moving.faults()
    assert mirror.sync("tv_program", 0, strategy="incremental").outcome == "published"
    assert hold(mirror.path, "tv_program").content == after


def test_a_file_that_broke(moving: DemoProcess, mirror_for: MirrorFor) -> None:
    """What SQLite finds wrong in the midst of a sync is an outcome that names the file, and no traceback."""
    mirror = mirror_for(moving)
    put(moving, 1)
    mirror.sync("terminal", 0)
    size = mirror.path.stat().st_size
    with mirror.path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
    done = mirror.sync("terminal", 0)
    assert (done.outcome, type(done.error)) == ("failed", errors.MirrorUnusable)
    assert str(mirror.path) in str(done.error)


def test_a_write_that_fails(moving: DemoProcess, mirror_for: MirrorFor) -> None:
    """A trigger of somebody's own that says no stands for whatever refuses a write: the old rows stay."""
    mirror = mirror_for(moving)
    put(moving, 1)
    mirror.sync("terminal", 0)
    connection = apsw.Connection(str(mirror.path))
    connection.execute(
        "CREATE TRIGGER no BEFORE UPDATE OF \"rows\" ON _mirror_run BEGIN SELECT RAISE(ABORT, 'no room'); END"
    )
    connection.close()
    put(moving, 2)
    done = mirror.sync("terminal", 0)
    assert (done.outcome, type(done.error)) == ("failed", errors.MirrorUnusable)
    assert "no room" in str(done.error)
    assert look(mirror.path).versions == {1}


def test_a_name_that_begins_another_touches_only_its_own(moving: DemoProcess, mirror_for: MirrorFor) -> None:
    """What `subscriber` leaves and clears away is not what is under way of `subscriber_package`."""
    put(moving, 1, "subscriber_package")
    mirror = mirror_for(moving, page_rows=LARGER)
    moving.faults(Fault(Kind.RESET_BEFORE, table="subscriber_package", skip=2, **EVER))
    assert mirror.sync("subscriber_package", 0).outcome == "failed"
    under_way = look(mirror.path, "subscriber_package").stages
    assert mirror.sync("subscriber", 0).outcome == "published"
    assert look(mirror.path, "subscriber_package").stages == under_way == 1
