"""The demo portal's engine: its data, its switches, its manners."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from iptvvtab.demo import awkward
from iptvvtab.demo.engine import INVALID_PARAMS, PROFILES, Engine, Refusal, open_engine
from iptvvtab.demo.seed import counts, rows_of
from iptvvtab.demo.sqlite_store import SqliteStore
from iptvvtab.demo.tables import demo_catalog
from iptvvtab.errors import SqlRefused
from iptvvtab.jsonsql import Prepared
from iptvvtab.schema import load_catalog
from iptvvtab.types import Json


def column_of(engine: Engine, table: str, column: str) -> list[Json]:
    return [row[0] for row in engine.execute("select", {"data": [{"t": column}], "from": {"table": table, "as": "t"}})]


def test_tables_agree_with_the_packaged_schemas() -> None:
    """The portal has every table of schemas/*.yaml, its columns first and in their order."""
    catalog = load_catalog()
    assert sorted(catalog) == sorted(demo_catalog())
    for name, table in demo_catalog().items():
        described = [column.remote_name for column in catalog[name].columns]
        assert list(table.column_names[: len(described)]) == described
        assert set(catalog[name].key) == set(table.key) or not table.key


def test_widths_that_were_seen_live(engine: Engine) -> None:
    """A row of media has 74 columns, one of domain 167 [C]."""
    for table, width in (("media", 74), ("domain", 167)):
        [row] = engine.execute("select", {"data": ["*"], "from": table, "limit": 1})
        assert len(row) == width


def test_same_seed_same_rows() -> None:
    """A seed decides every row; another seed gives others."""
    for table in demo_catalog().values():
        assert list(rows_of(table, 50, 7)) == list(rows_of(table, 50, 7))
    subscriber = demo_catalog()["subscriber"]
    assert list(rows_of(subscriber, 50, 7)) != list(rows_of(subscriber, 50, 8))


@pytest.mark.parametrize("subscribers", [0, 1, 50, 1000])
def test_any_size(subscribers: int) -> None:
    """A portal may have any number of subscribers, also none; the other tables follow in proportion."""
    expected = counts(subscribers)
    for table in demo_catalog().values():
        rows = list(rows_of(table, subscribers, 1))
        assert len(rows) == expected.get(table.name, len(rows))
        if table.key:
            keys = [tuple(row[table.column_names.index(column)] for column in table.key) for row in rows]
            assert len(set(keys)) == len(keys)


def test_small_portal_is_awkward(engine: Engine) -> None:
    """Fifty subscribers are enough to hold every awkward text, NULLs, orphans and the loneliest of them."""
    assert set(awkward.TEXTS) <= set(column_of(engine, "subscriber", "username"))
    assert {None, "", "O'Brien", "100%", "back\\slash"} <= set(column_of(engine, "media", "name"))
    subscribers = set(column_of(engine, "subscriber", "id"))
    owners = set(column_of(engine, "terminal", "subscriber_id"))
    assert None in owners
    assert owners - subscribers - {None}, "orphans"
    assert subscribers - owners, "subscribers without terminals"
    macs = [mac for mac in column_of(engine, "terminal", "mac_addr") if mac]
    assert len(set(macs)) < len(macs), "duplicates"
    assert max(column_of(engine, "tv_program", "id")) == 2**53 + 3
    assert {2**63 - 1, -(2**63)} <= set(column_of(engine, "media", "extra_08"))


def test_values_as_json_has_them(engine: Engine) -> None:
    """Booleans are booleans, moments are text with the fraction only where there is one."""
    assert set(column_of(engine, "subscriber", "disabled")) == {True, False, None}
    assert all(type(one) in (bool, type(None)) for one in column_of(engine, "subscriber", "disabled"))
    assert {"2020-02-17 00:00:00", "2020-02-17 00:00:00.5"} <= set(column_of(engine, "subscriber", "created_at"))
    assert {"a": 1, "bb": [1, 2]} in column_of(engine, "media", "extra_16")


def test_text_is_not_in_the_order_of_its_bytes(engine: Engine) -> None:
    """A client that trusts bytewise order is wrong here, unless the portal is switched to it."""
    ask = {"data": ["username"], "from": "subscriber", "order_by": "username"}
    names = [row[0] for row in engine.execute("select", ask)]
    assert names != sorted(names)
    engine.switches = replace(engine.switches, bytewise_text=True)
    assert [row[0] for row in engine.execute("select", ask)] == sorted(names)


@pytest.mark.parametrize(
    ("switch", "params"),
    [
        ("ilike", {"data": ["id"], "from": "subscriber", "where": {"ilike": ["username", "TE%"]}}),
        ("count", {"data": [{"function": "count", "args": ["*"]}], "from": "subscriber"}),
        ("md5", {"data": [{"function": "md5", "args": "username"}], "from": "subscriber"}),
        ("hashtext", {"data": [{"function": "hashtext", "args": "username"}], "from": "subscriber"}),
        ("now", {"data": [{"function": "now"}], "from": "domain"}),
        (
            "group_by_expression",
            {"data": [{"concat": ["type"]}], "from": "subscriber", "group_by": {"concat": ["type"]}},
        ),
        ("derived_tables", {"data": [{"q": "id"}], "from": {"select": {"data": ["id"], "from": "media"}, "as": "q"}}),
    ],
)
def test_switch(engine: Engine, switch: str, params: Json) -> None:
    """A switch that is on answers, one that is off refuses."""
    engine.switches = replace(PROFILES["bare"], **{switch: True})
    assert engine.execute("select", params)
    engine.switches = replace(PROFILES["full"], **{switch: False})
    with pytest.raises(Refusal) as caught:
        engine.execute("select", params)
    assert caught.value.code == INVALID_PARAMS


@pytest.mark.parametrize(
    ("form", "order_by"), [("list", ["id", "DESC"]), ("list", [["id", "DESC"]]), ("object", {"desc": "id"})]
)
def test_switch_of_direction(engine: Engine, form: str, order_by: Json) -> None:
    """A direction is understood in the portal's own form and refused in any other."""
    params = {"data": ["id"], "from": "subscriber", "order_by": order_by, "limit": 1}
    engine.switches = replace(engine.switches, order_direction=form)  # type: ignore[arg-type]
    [[largest]] = engine.execute("select", params)
    assert largest == max(column_of(engine, "subscriber", "id"))
    for other in {"list", "object", None} - {form}:
        engine.switches = replace(engine.switches, order_direction=other)  # type: ignore[arg-type]
        with pytest.raises(Refusal):
            engine.execute("select", params)


def test_hidden_cap_cuts_without_a_word(engine: Engine) -> None:
    """A select beyond the cap comes short, a change does not."""
    engine.switches = replace(engine.switches, row_cap=7)
    assert len(column_of(engine, "subscriber", "id")) == 7


def test_switch_of_distinct(engine: Engine) -> None:
    """Different rows come once, are refused, or come as often as they are."""
    params = {"distinct": True, "data": ["disabled"], "from": "subscriber"}
    every = column_of(engine, "subscriber", "disabled")
    assert len(engine.execute("select", params)) == len(set(every)) < len(every)
    engine.switches = replace(engine.switches, distinct="ignored")
    assert len(engine.execute("select", params)) == len(every)
    engine.switches = replace(engine.switches, distinct="refused")
    with pytest.raises(Refusal):
        engine.execute("select", params)


def test_longest_list(engine: Engine) -> None:
    """An `in` longer than the portal takes is refused."""
    engine.switches = replace(engine.switches, longest_in=2)
    assert engine.execute("select", {"data": ["id"], "from": "subscriber", "where": {"in": ["id", 1, 2]}})
    with pytest.raises(Refusal, match="too many values"):
        engine.execute("select", {"data": ["id"], "from": "subscriber", "where": {"in": ["id", 1, 2, 3]}})


def test_thousands_of_values(engine: Engine) -> None:
    """A list of ten thousand values is served."""
    wanted = {"in": [{"t": "id"}, *range(10_000)]}
    rows = engine.execute(
        "select", {"data": [{"t": "id"}], "from": {"table": "subscriber", "as": "t"}, "where": wanted}
    )
    assert len(rows) == 50


def test_too_deep(engine: Engine) -> None:
    """Nesting without end is refused, not a crash."""
    where: Json = {"eq": ["id", 1]}
    for _ in range(5_000):
        where = {"not": where}
    with pytest.raises(Refusal, match="stack depth"):
        engine.execute("select", {"data": ["id"], "from": "subscriber", "where": where})


def test_failed_change_changes_nothing(engine: Engine) -> None:
    """Of several rows to insert, one bad one keeps all of them out."""
    before = len(column_of(engine, "package", "id"))
    with pytest.raises(Refusal, match="duplicate key"):
        engine.execute("insert", {"into": "package", "columns": ["name"], "values": [["fresh"], ["movie"]]})
    assert len(column_of(engine, "package", "id")) == before


def test_change_without_returning_answers_nothing(engine: Engine) -> None:
    """No `returning`, no rows."""
    assert engine.execute("delete", {"from": "package", "where": {"eq": ["id", -1]}}) == []


def test_threads(engine: Engine) -> None:
    """Several threads may ask at once."""
    ask = {"data": ["id"], "from": "subscriber", "order_by": "id"}
    expected = engine.execute("select", ask)
    with ThreadPoolExecutor(8) as pool:
        assert all(rows == expected for rows in pool.map(lambda _: engine.execute("select", ask), range(64)))


def test_endless_statement_is_ended() -> None:
    """A statement that would run for hours ends as by PostgreSQL's statement_timeout, and the store goes on."""
    store = SqliteStore(50, 1, statement_seconds=0.2)
    product = ", ".join(f"tv_program AS t{n}" for n in range(5))
    started = time.monotonic()
    with pytest.raises(SqlRefused, match="statement timeout"):
        store.run(Prepared(f"SELECT count(*) FROM {product}", None), None)
    assert time.monotonic() - started < 10
    assert store.run(Prepared("SELECT 1", None), None) == [(1,)]
    store.close()


def test_postgresql_leaves_nothing_behind() -> None:
    """Closing stops the server and removes its folder."""
    engine = open_engine("postgresql", 1, 1)
    folder = Path(engine._store._folder)  # type: ignore[attr-defined]
    assert folder.exists()
    engine.close()
    assert not folder.exists()


def test_missing_extra_is_named() -> None:
    """Without the extra the error says what to install."""
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from iptvvtab.demo.engine import open_engine\n"
        "from iptvvtab.errors import UsageError\n"
        "try: open_engine('postgresql', 1, 1)\n"
        "except UsageError as error: print(error)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60).stdout
    assert "pip install 'iptvvtab[postgresql]'" in shown


@pytest.mark.long
@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_a_million_programmes_in_seconds(store: str) -> None:
    """200,000 subscribers bring 1,000,000 rows of tv_program, and all tables stand in well under a minute."""
    started = time.monotonic()
    engine = open_engine(store, 200_000, 1)  # type: ignore[arg-type]
    seconds = time.monotonic() - started
    counted = engine.execute("select", {"data": [{"function": "count", "args": ["*"]}], "from": "tv_program"})
    engine.close()
    assert counted[0][0] == 1_000_000
    assert seconds < 45
