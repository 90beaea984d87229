"""What reads teach: only those that were read to their end, and nothing that could name a row."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from iptvvtab.errors import Unreachable
from iptvvtab.remote import Journal, Op, Order, Page, Read, Term
from iptvvtab.schema import Catalog, Column, Table
from iptvvtab.source import Freshness, Learned, Origin, Pace, Size, Source
from iptvvtab.source.learned import LARGE_ANSWER, LEAST_REQUEST, REMEMBERED, TIMES_TO_TRUST
from iptvvtab.trace import Fetched, LoggedIn
from iptvvtab.types import ColumnType
from tests.source.pages import ListedPages, numbered

LIVE = Freshness(Origin.LIVE, 30.0)
WHOLE = Read("t", ("id", "kind"))
LOOK_UP = WHOLE.with_terms((Term("kind", Op.EQ, (3,)),))


def column(position: int, name: str, **more: Any) -> Column:
    return Column(position=position, name=name, remote_name=name, type=ColumnType.INTEGER, **more)


def catalog(**of_the_key: Any) -> Catalog:
    columns = (column(0, "id", **of_the_key), column(1, "kind"), column(2, "code", unique=True))
    return Catalog([Table(name="t", remote_name="t", columns=columns, key=("id",))])


class Portal:
    """Answers every Read with the same pages; one of them may fail."""

    def __init__(self, *sizes: int, fails_at: int | None = None) -> None:
        self.sizes, self.fails_at = sizes, fails_at

    def pages(self, read: Read, journal: Journal, wanted: int | None) -> ListedPages:
        if read.is_count:
            return ListedPages([Page([[sum(self.sizes)]], 0)])
        return ListedPages(numbered(*self.sizes), fails_at=self.fails_at)


def source_of(portal: Portal, learned: Learned) -> Source:
    return Source(portal, 10**6, learned=learned)  # type: ignore[arg-type]


def read_all(portal: Portal, read: Read, learned: Learned) -> None:
    rows = source_of(portal, learned).open(read, LIVE, Journal())
    for _ in rows:
        pass
    rows.close()


@pytest.fixture
def learned() -> Learned:
    return Learned(catalog())


def test_a_table_read_whole_tells_its_size_and_keys(learned: Learned) -> None:
    """Rows are counted over all pages; rows come by key, so the first and the last have its bounds."""
    read_all(Portal(2, 3), WHOLE, learned)
    assert learned.size("t") == Size(5, 0, 4)


def test_a_count_tells_the_size(learned: Learned) -> None:
    """A count of all rows is the table's; the bounds of its key stay what they were."""
    read_all(Portal(2, 3), WHOLE, learned)
    read_all(Portal(70), replace(WHOLE, columns=(), is_count=True), learned)
    assert learned.size("t") == Size(70, 0, 4)


def test_newer_replaces_older(learned: Learned) -> None:
    """A table that was emptied has no rows, and no keys."""
    read_all(Portal(2, 3), WHOLE, learned)
    read_all(Portal(), WHOLE, learned)
    assert learned.size("t") == Size(0)


def test_look_ups_tell_rows_per_value(learned: Learned) -> None:
    """A mean over look-ups by one column; a counted look-up is one too."""
    read_all(Portal(4), LOOK_UP, learned)
    read_all(Portal(), LOOK_UP, learned)
    read_all(Portal(5), replace(LOOK_UP, columns=(), is_count=True), learned)
    assert learned.size("t").per_value == {"kind": pytest.approx(3)}
    assert learned.size("t").rows is None


def test_old_look_ups_fade(learned: Learned) -> None:
    """After many look-ups of another size, the mean is near theirs."""
    for rows in [1000] * REMEMBERED + [2] * REMEMBERED * 6:
        learned.looked_up("t", "kind", rows)
    assert learned.size("t").per_value["kind"] < 10


TEACHING_NOTHING = {
    "distinct": replace(WHOLE, is_distinct=True),
    "a range": WHOLE.with_terms((Term("kind", Op.GT, (3,)),)),
    "a list": WHOLE.with_terms((Term("kind", Op.IN, (3, 4)),)),
    "two conditions": WHOLE.with_terms((Term("kind", Op.EQ, (3,)), Term("id", Op.GT, (3,)))),
    "a look-up by key": WHOLE.with_terms((Term("id", Op.EQ, (3,)),)),
    "a look-up by a unique column": WHOLE.with_terms((Term("code", Op.EQ, (3,)),)),
}


@pytest.mark.parametrize("read", TEACHING_NOTHING.values(), ids=TEACHING_NOTHING)
def test_what_says_nothing_of_the_table_teaches_nothing(read: Read, learned: Learned) -> None:
    """Some rows are not the table, and a key has one row by definition."""
    read_all(Portal(3), read, learned)
    assert learned.size("t") == Size()


def test_a_stopped_read_teaches_nothing(learned: Learned) -> None:
    """Whoever stops early, by LIMIT or otherwise, has not seen the end, even if nothing more was to come."""
    source = source_of(Portal(2, 3), learned)
    for pages in (0, 1, 2):
        rows = source.open(WHOLE, LIVE, Journal(), wanted=5)
        for _ in zip(range(pages), rows, strict=False):
            pass
        rows.close()
        assert learned.size("t") == Size()


def test_a_failed_read_teaches_nothing(learned: Learned) -> None:
    """Not even when somebody goes on reading after the error."""
    rows = source_of(Portal(2, 3, fails_at=1), learned).open(WHOLE, LIVE, Journal())
    with pytest.raises(Unreachable):
        list(rows)
    assert sum(map(len, rows)) == 3
    rows.close()
    assert learned.size("t") == Size()


def test_memory_teaches_nothing(learned: Learned) -> None:
    """Rows that are answered from memory were counted when they came."""
    source = source_of(Portal(4), learned)
    for _ in range(3):
        rows = source.open(LOOK_UP, Freshness(Origin.AUTO, 30.0), Journal())
        list(rows)
        rows.close()
        assert learned.to_json()["tables"]["t"]["per_value"]["kind"][0] == 1


@pytest.mark.parametrize(
    ("read", "of_the_key"),
    [(replace(WHOLE, order=(Order("kind"),)), {}), (WHOLE, {"sensitive": True})],
    ids=["in another order", "a sensitive key"],
)
def test_size_without_bounds(read: Read, of_the_key: dict[str, Any]) -> None:
    """The first and last row have the bounds of the key only where rows come by it; a secret key is kept nowhere."""
    learned = Learned(catalog(**of_the_key))
    read_all(Portal(2, 3), read, learned)
    assert learned.size("t") == Size(5)


def fetched(rows: int, milliseconds: float) -> Fetched:
    return Fetched("portal", "t", "{}", rows, milliseconds / 1000)


def test_pace_is_a_guess_until_enough_answers_were_timed(learned: Learned) -> None:
    """Small answers tell the latency, large ones what a row takes beyond it; empty ones may be failures."""
    for _ in range(TIMES_TO_TRUST):
        assert learned.pace == Pace()
        learned.hear(fetched(0, 9000))
        learned.hear(LoggedIn("portal", shared=False))
        learned.hear(fetched(1, 30))
    assert learned.pace.request == pytest.approx(30)
    assert learned.pace.row == Pace().row
    for _ in range(TIMES_TO_TRUST):
        learned.hear(fetched(LARGE_ANSWER, 30 + LARGE_ANSWER * 0.1))
    assert 0.1 <= learned.pace.row < 0.11


def test_a_near_portal_is_not_for_nothing(learned: Learned) -> None:
    """However fast it answers, a request costs something."""
    for _ in range(TIMES_TO_TRUST):
        learned.hear(fetched(1, 0.1))
    assert learned.pace.request == LEAST_REQUEST


def taught() -> Learned:
    learned = Learned(catalog())
    learned.table_read("t", 5, (-3, 9))
    learned.looked_up("t", "kind", 4)
    for _ in range(TIMES_TO_TRUST):
        learned.hear(fetched(1, 30))
    return learned


def test_what_is_known_survives_as_json() -> None:
    """What a file says is what was known."""
    known, again = taught(), Learned(catalog())
    again.from_json(json.loads(json.dumps(known.to_json())))
    assert (again.size("t"), again.pace) == (known.size("t"), known.pace)


BROKEN = {
    "nothing": {},
    "a list": [],
    "no pace": {"tables": {}},
    "a table that is none": {"tables": {"t": 5}, "pace": {"request": [0, 0], "row": [0, 0]}},
    "negative rows": {
        "tables": {"t": {"rows": -1, "smallest": None, "largest": None, "per_value": {}}},
        "pace": {"request": [0, 0], "row": [0, 0]},
    },
    "a key that is no integer": {
        "tables": {"t": {"rows": 1, "smallest": "secret", "largest": None, "per_value": {}}},
        "pace": {"request": [0, 0], "row": [0, 0]},
    },
    "a time that is no number": {"tables": {}, "pace": {"request": [1, "x"], "row": [0, 0]}},
    "a time that is infinite": {"tables": {}, "pace": {"request": [1, float("inf")], "row": [0, 0]}},
}


@pytest.mark.parametrize("document", BROKEN.values(), ids=BROKEN)
def test_another_text_is_refused_whole(document: Any) -> None:
    """Nothing of a broken file is taken over."""
    known = taught()
    before = known.to_json()
    with pytest.raises((ValueError, TypeError, LookupError, AttributeError)):
        known.from_json(document)
    assert known.to_json() == before


def test_lessons_from_many_threads() -> None:
    """No lesson is lost, and each is heard."""
    heard = []
    learned = Learned(catalog(), lambda: heard.append(1))
    start = threading.Barrier(4)

    def teach() -> None:
        start.wait(10)
        for _ in range(200):
            learned.looked_up("t", "kind", 4)
            learned.size("t")

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(teach) for _ in range(4)]:
            done.result(60)
    assert learned.size("t").per_value == {"kind": 4}
    assert len(heard) == 800
