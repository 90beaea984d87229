"""The wire fails in the middle of a scan: the rows are right, or a typed error comes; never other rows."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from iptvvtab.demo import DemoProcess, Fault, Kind
from iptvvtab.demo.faults import ROW_KINDS
from iptvvtab.errors import Error
from tests.differential.sides import connect

SCAN = "SELECT id, title FROM portal.tv_program"
JOIN = "SELECT s.id, t.id FROM portal.subscriber s LEFT JOIN portal.terminal t ON t.subscriber_id = s.id"
SETTINGS = {"deadline": 20, "max_retries": 1, "breaker_failures": 0, "first_page_rows": 20, "page_rows": 20}
IMPATIENT = {"timeout": 0.5, "max_retries": 4}
"""Where an answer does not come in time: a machine that is busy may be late as often as the rest of the retries."""
LATE = {Kind.SLOW, Kind.HANG}
FAILURES = [kind for kind in Kind if kind not in ROW_KINDS and "batch" not in kind]
"""Other rows than there are, by themselves, are no failure that anybody could see."""
LASTING = [kind for kind in FAILURES if kind not in (Kind.COOKIE, Kind.EXPIRED, Kind.EXPIRED_MESSAGE)]
FAILS_FOR_GOOD = {Kind.ERROR_OBJECT, Kind.ERROR_TEXT, Kind.WRONG_WIDTH}


@pytest.fixture
def kind() -> Kind:
    """What goes wrong, unless a test says."""
    return Kind.ERROR_OBJECT


@pytest.fixture
def portal(kind: Kind, demo: DemoProcess, tmp_path: Path) -> Iterator[apsw.Connection]:
    """A connection that knows the portal already, and does not wait long for what may not come."""
    connection = connect(demo, tmp_path, source="live", **{**SETTINGS, **(IMPATIENT if kind in LATE else {})})
    connection.execute("SELECT id FROM portal.package WHERE name LIKE 'x'").fetchall()
    yield connection
    connection.close()


@pytest.mark.parametrize(("sql", "skip"), [(SCAN, 0), (SCAN, 4), (JOIN, 1)], ids=["first page", "later page", "join"])
@pytest.mark.parametrize("kind", FAILURES, ids=str)
def test_one_failure(kind: Kind, sql: str, skip: int, portal: apsw.Connection, demo: DemoProcess) -> None:
    """One failure is got over where asking again helps; else it is an error, and the next statement is right again."""
    expected = sorted(portal.execute(sql))
    demo.faults(Fault(kind, skip=skip, seconds=0.001 if kind is Kind.SLOW else 0.7))
    if kind in FAILS_FOR_GOOD:
        with pytest.raises(Error):
            portal.execute(sql).fetchall()
    else:
        assert sorted(portal.execute(sql)) == expected
    demo.reset()
    assert sorted(portal.execute(sql)) == expected


@pytest.mark.parametrize("kind", LASTING, ids=str)
def test_failure_that_lasts(kind: Kind, portal: apsw.Connection, demo: DemoProcess) -> None:
    """A failure that does not end is an error of its kind, within the deadline; the connection stays usable."""
    expected = portal.execute(SCAN).fetchall()
    demo.faults(Fault(kind, skip=2, times=None, seconds=0.7))
    with pytest.raises(Error):
        portal.execute(SCAN).fetchall()
    demo.reset()
    assert portal.execute(SCAN).fetchall() == expected


def test_rows_before_the_failure_stay(portal: apsw.Connection, demo: DemoProcess) -> None:
    """Rows that were handed out before a failure were right."""
    expected = portal.execute(SCAN).fetchall()
    demo.faults(Fault(Kind.ERROR_OBJECT, skip=3, times=None))
    seen: list[object] = []
    with pytest.raises(Error):
        deque(map(seen.append, portal.execute(SCAN)), maxlen=0)
    assert seen == expected[: len(seen)]
    assert len(seen) == 60
