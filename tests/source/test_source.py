"""Where rows come from: memory while they are fresh enough, else the portal."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from iptvvtab.errors import NoMirror
from iptvvtab.remote import Journal, Op, Page, Read, Term
from iptvvtab.schema import Catalog, Column, Table
from iptvvtab.source import Freshness, Origin, Rows, Source
from iptvvtab.types import ColumnType
from tests.source.pages import ListedPages, numbered

READ = Read("subscriber", ("id",))
AUTO, LIVE = Freshness(Origin.AUTO, 30.0), Freshness(Origin.LIVE, 30.0)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class ListedRemote:
    """A portal whose every table has the same pages."""

    def __init__(self, pages: list[Page]) -> None:
        self.listed = pages
        self.departed: list[tuple[Read, ListedPages]] = []

    def pages(self, read: Read, journal: Journal, wanted: int | None) -> ListedPages:
        self.departed.append((read, ListedPages(self.listed)))
        return self.departed[-1][1]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def remote() -> ListedRemote:
    return ListedRemote(numbered(2, 2))


@pytest.fixture
def source(remote: ListedRemote, clock: Clock) -> Iterator[Source]:
    return Source(remote, 10_000, clock)  # type: ignore[arg-type,return-value]


def drain(rows: Rows) -> list[list[object]]:
    found = [row for page in rows for row in page]
    rows.close()
    return found


def test_second_read_comes_from_memory(source: Source, remote: ListedRemote, clock: Clock) -> None:
    """A whole read answers the same question until it is too old; its age counts from its start."""
    assert drain(source.open(READ, AUTO, Journal())) == [[0], [1], [2], [3]]
    clock.now += 29
    again = source.open(READ, AUTO, Journal())
    assert (again.provenance.source, again.provenance.age) == ("memory", 29)
    assert drain(again) == [[0], [1], [2], [3]]
    clock.now += 1
    assert source.open(READ, AUTO, Journal()).provenance.source == "live"
    assert len(remote.departed) == 1


def test_live_never_comes_from_memory(source: Source, remote: ListedRemote) -> None:
    """Source `live` asks the portal each time."""
    for _ in range(2):
        drain(source.open(READ, LIVE, Journal()))
    assert len(remote.departed) == 2


def test_live_read_is_remembered_for_others(source: Source, remote: ListedRemote) -> None:
    """What a live reader brought is fresh for those who accept memory."""
    drain(source.open(READ, LIVE, Journal()))
    assert source.open(READ, AUTO, Journal()).provenance.source == "memory"


def test_part_is_not_remembered(source: Source, remote: ListedRemote) -> None:
    """A read that SQLite stopped answers nobody else."""
    rows = source.open(READ, AUTO, Journal())
    next(iter(rows))
    rows.close()
    assert remote.departed[0][1].is_closed
    assert source.open(READ, AUTO, Journal()).provenance.source == "live"


def test_another_question_is_not_answered(source: Source, remote: ListedRemote) -> None:
    """Other columns are another question."""
    drain(source.open(READ, AUTO, Journal()))
    drain(source.open(Read("subscriber", ("id", "username")), AUTO, Journal()))
    assert len(remote.departed) == 2


def test_read_under_way_is_shared(source: Source, remote: ListedRemote) -> None:
    """Two who ask the same at the same time cause one read, and each sees all rows."""
    first = source.open(READ, AUTO, Journal())
    pages = iter(first)
    next(pages)
    assert drain(source.open(READ, AUTO, Journal())) == [[0], [1], [2], [3]]
    assert [row for page in pages for row in page] == [[2], [3]]
    first.close()
    assert len(remote.departed) == 1


def test_what_is_too_large_is_not_remembered(remote: ListedRemote, clock: Clock) -> None:
    """A read larger than the memory is handed out whole, and forgotten."""
    source = Source(remote, 500, clock)  # type: ignore[arg-type]
    assert drain(source.open(READ, AUTO, Journal())) == [[0], [1], [2], [3]]
    assert source.open(READ, AUTO, Journal()).provenance.source == "live"


def test_oldest_read_goes_first(remote: ListedRemote, clock: Clock) -> None:
    """The memory is bounded: what was not used for longest goes."""
    source = Source(remote, 1400, clock)  # type: ignore[arg-type]
    for table in ("a", "b", "c"):
        drain(source.open(Read(table, ("id",)), AUTO, Journal()))
    sources = [source.open(Read(table, ("id",)), AUTO, Journal()).provenance.source for table in ("c", "a")]
    assert sources == ["memory", "live"]


def test_no_memory(remote: ListedRemote, clock: Clock) -> None:
    """With no memory at all every read travels, and is right."""
    source = Source(remote, 0, clock)  # type: ignore[arg-type]
    assert drain(source.open(READ, AUTO, Journal())) == drain(source.open(READ, AUTO, Journal()))
    assert len(remote.departed) == 2


def test_forget(source: Source, remote: ListedRemote) -> None:
    """What is forgotten is asked for again; other tables stay."""
    other = Read("terminal", ("id",))
    for read in (READ, other):
        drain(source.open(read, AUTO, Journal()))
    source.forget("subscriber")
    assert source.open(READ, AUTO, Journal()).provenance.source == "live"
    assert source.open(other, AUTO, Journal()).provenance.source == "memory"
    source.forget()
    assert source.open(other, AUTO, Journal()).provenance.source == "live"


COLUMNS = tuple(
    Column(position=place, name=name, remote_name=name, type=kind)
    for place, (name, kind) in enumerate({"id": ColumnType.INTEGER, "name": ColumnType.STRING}.items())
)
TABLES = Catalog([Table(name="subscriber", remote_name="subscriber", columns=COLUMNS, key=("id",))])


@pytest.fixture
def named(clock: Clock) -> Source:
    """A source that remembers a whole table: 0 a, 1 b, 2 a, 3 without a name."""
    remote = ListedRemote([Page([[0, "a"], [1, "b"]], 100), Page([[2, "a"], [3, None]], 100)])
    source = Source(remote, 10_000, clock, tables=TABLES)  # type: ignore[arg-type]
    drain(source.open(Read("subscriber", ("id", "name")), AUTO, Journal()))
    return source


@pytest.mark.parametrize(
    ("columns", "terms", "rows"),
    [
        (("name",), (), [("a",), ("b",), ("a",), (None,)]),
        (("name", "id"), (), [("a", 0), ("b", 1), ("a", 2), (None, 3)]),
        ((), (), [(), (), (), ()]),
        (("id",), (Term("name", Op.EQ, ("a",)),), [(0,), (2,)]),
        (("id",), (Term("name", Op.EQ, ("c",)),), []),
        (("id",), (Term("name", Op.EQ, ("a",)), Term("id", Op.GT, (0,))), [(2,)]),
        (("id",), (Term("id", Op.IN, (1, 3, 9)),), [(1,), (3,)]),
        (("id",), (Term("id", Op.LE, (1,)), Term("id", Op.GE, (1,))), [(1,)]),
        (("id",), (Term("name", Op.GT, ("a",)),), [(0,), (1,), (2,), (3,)]),  # texts are SQLite's to order
    ],
    ids=str,
)
def test_narrower_questions(
    columns: tuple[str, ...], terms: tuple[Term, ...], rows: list[tuple[object, ...]], named: Source, clock: Clock
) -> None:
    """A wide read that is remembered gives their columns, and no fewer rows than they have."""
    clock.now += 5
    found = named.open(Read("subscriber", columns, terms), AUTO, Journal())
    assert (found.provenance.source, found.provenance.age) == ("memory", 5)
    assert [tuple(row) for page in found for row in page] == rows  # type: ignore[arg-type]
    clock.now += 25
    assert named.open(Read("subscriber", columns, terms), AUTO, Journal()).provenance.source == "live"


@pytest.mark.parametrize(
    ("terms", "is_kept"),
    [((Term("id", Op.EQ, (7,)),), True), ((Term("id", Op.EQ, (2,)),), False), ((Term("name", Op.EQ, ("a",)),), False)],
    ids=str,
)
def test_forget_what_a_change_may_touch(terms: tuple[Term, ...], is_kept: bool, named: Source) -> None:
    """Reads that cannot have a row of a pattern stay; of texts nobody knows what the portal takes for equal."""
    narrow = Read("subscriber", ("id",), (Term("id", Op.LT, (3,)), Term("name", Op.EQ, ("b",))))
    named.forget()
    drain(named.open(narrow, AUTO, Journal()))
    named.forget("subscriber", terms)
    assert (named.open(narrow, AUTO, Journal()).provenance.source == "memory") is is_kept


def test_mirror_is_not_kept(source: Source) -> None:
    """Who accepts only a mirror is told that none is kept."""
    with pytest.raises(NoMirror, match="subscriber"):
        source.open(READ, Freshness(Origin.MIRROR, 30.0), Journal())


def test_closing_twice_is_closing_once(source: Source) -> None:
    """Rows may be closed at any time, again, and give nothing afterwards."""
    rows = source.open(READ, AUTO, Journal())
    rows.close()
    rows.close()
    assert list(rows) == []


def test_journal_says_where_rows_came_from(source: Source, clock: Clock) -> None:
    """A meter adds up reads by table, with the age of the oldest rows."""
    journal = Journal()
    with journal.meter() as meter:
        drain(source.open(READ, AUTO, journal))
        clock.now += 5
        drain(source.open(READ, AUTO, journal))
    (table,) = meter.receipt().tables
    assert (table.table, table.source, table.age, table.reads) == ("subscriber", "live+memory", 5.0, 2)


def test_no_row_is_lost_between_leaving_and_boarding(clock: Clock) -> None:
    """Readers that stop half-way never leave an empty or torn read to others."""
    remote = ListedRemote(numbered(*[3] * 4))
    source = Source(remote, 10**6, clock)  # type: ignore[arg-type]
    wrong: list[int] = []
    start = threading.Barrier(8)

    def stops() -> None:
        start.wait(10)
        for _ in range(200):
            rows = source.open(READ, AUTO, Journal())
            next(iter(rows))
            rows.close()
            source.forget()

    def reads() -> None:
        start.wait(10)
        for _ in range(200):
            found = len(drain(source.open(READ, AUTO, Journal())))
            if found != 12:
                wrong.append(found)

    with ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(one) for one in [stops, reads] * 4]:
            done.result(60)
    assert not wrong


def test_what_is_under_way_is_not_remembered_when_rows_changed(source: Source, remote: ListedRemote) -> None:
    """A read that began before goes on to its end for who asked it; nobody boards it, and nobody gets it later."""
    before = source.open(READ, AUTO, Journal())
    pages = iter(before)
    next(pages)
    source.forget("subscriber")
    after = source.open(READ, AUTO, Journal())
    assert after.provenance.source == "live"
    assert len(list(pages)) == 1
    before.close()
    assert source.open(READ, AUTO, Journal()).provenance.source == "memory"  # aboard the one that began afterwards
    drain(after)
    assert len(remote.departed) == 2


def test_what_is_read_from_memory_is_not_remembered_again_when_rows_changed(source: Source) -> None:
    """Also by a reader that was at it when they did; another table's rows stay."""
    other = Read("package", ("id",))
    drain(source.open(READ, AUTO, Journal()))
    drain(source.open(other, AUTO, Journal()))
    reading = source.open(READ, AUTO, Journal())
    assert reading.provenance.source == "memory"
    source.forget("subscriber")
    drain(reading)
    assert source.open(READ, AUTO, Journal()).provenance.source == "live"
    assert source.open(other, AUTO, Journal()).provenance.source == "memory"
