"""The tables of a shadow file as SQL, and as stock SQLite reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import apsw
import pytest
import yaml

from iptvvtab.demo import DemoColumn, DemoProcess, DemoTable
from iptvvtab.errors import KeyBroken
from iptvvtab.jsonsql import PgType
from iptvvtab.mirror import Mirror
from iptvvtab.mirror.ddl import creation, indexes, is_mirrorable, mirrored, quoted
from iptvvtab.schema import Column, Policy, Table, load_catalog
from iptvvtab.types import ColumnType
from tests.mirror.conftest import MirrorFor
from tests.mirror.moving import put
from tests.mirror.stock import stock

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "ddl.yaml").read_text(encoding="utf-8"))
CATALOG = load_catalog(None)
STORAGE = {
    ColumnType.INTEGER: {"integer"},
    ColumnType.BOOLEAN: {"integer"},
    ColumnType.FLOAT: {"real", "text"},  # NaN
    ColumnType.UNKNOWN: {"integer", "real", "text"},
}
"""What the values of a type are stored as; those of the others are texts."""


def _column(position: int, said: str) -> Column:
    name, kind = said.strip("!#").split(":")
    return Column(
        position=position,
        name=name,
        remote_name=name,
        type=ColumnType(kind),
        sensitive="!" in said,
        index="#" in said,
    )


def _table(case: dict[str, Any], name: str = "t") -> Table:
    columns = tuple(_column(*pair) for pair in enumerate(case["columns"].split()))
    policy = Policy(**case.get("policy", {}))
    return Table(name=name, remote_name=name, columns=columns, key=tuple(case["key"].split()), policy=policy)


@pytest.mark.parametrize("case", [case for cases in CASES.values() for case in cases], ids=lambda case: case["columns"])
def test_case(case: dict[str, Any]) -> None:
    """A table becomes this SQL, with these indexes for the run 7, and SQLite takes it."""
    table = _table(case)
    sql, found = creation(table, "t"), dict(indexes(table, 7))
    assert " ".join(sql.split()) == case["sql"]
    assert found == case.get("indexes", {})
    connection = apsw.Connection(":memory:")
    connection.execute(sql)
    for name, columns in found.items():
        connection.execute(f'CREATE INDEX {quoted(name)} ON "t" ({columns})')
    connection.close()


@pytest.mark.parametrize(
    ("columns", "key", "name", "policy", "expected"),
    [
        ("id:integer", "id", "t", {}, True),
        ("a:integer", "", "t", {}, True),
        ("!id:integer a:string", "id", "t", {}, False),
        ("a:integer !b:string", "a b", "t", {}, False),
        ("id:integer", "id", "_MIRROR_table", {}, False),
        ("id:integer", "id", "t", {"disabled": True}, False),
    ],
)
def test_is_mirrorable(columns: str, key: str, name: str, policy: dict[str, Any], expected: bool) -> None:
    """No table is kept that is known by a secret, is switched off, or is called as the file's own ones are."""
    assert is_mirrorable(_table({"columns": columns, "key": key, "policy": policy}, name)) is expected


def _synced(mirror: Mirror) -> Path:
    assert {mirror.sync(name, 0).outcome for name in CATALOG} == {"published"}
    return mirror.path


def test_stock_sqlite_reads_all_of_it(demo: DemoProcess, mirror_for: MirrorFor) -> None:
    """Every table stands there under its name: columns, types, key, rowid or none, and values stored by their type."""
    path, tables = _synced(mirror_for(demo)), list(CATALOG.values())
    listed = {row[1]: row for row in stock(path, "PRAGMA main.table_list")[0]}
    described = stock(path, *(f"PRAGMA table_xinfo({quoted(table.name)})" for table in tables))
    for table, rows in zip(tables, described, strict=True):
        is_rowid = not table.key or [table.column(name).type for name in table.key] == [ColumnType.INTEGER]
        assert listed[table.name][2:5] == ["table", len(mirrored(table)), int(not is_rowid)], table.name
        assert [(row[1], row[2]) for row in rows] == [(one.name, one.type.declaration) for one in mirrored(table)]
        assert [row[1] for row in sorted(rows, key=lambda row: row[5]) if row[5]] == [*table.key]
        assert {row[1] for row in rows if row[3]} <= ({*table.key} if not is_rowid else set()), "NOT NULL"
    asked = [(table, one) for table in tables for one in mirrored(table)]
    kinds = stock(path, *(f"SELECT DISTINCT typeof({quoted(c.name)}) FROM {quoted(t.name)}" for t, c in asked))
    for (table, column), found in zip(asked, kinds, strict=True):
        assert {kind for (kind,) in found} <= {"null", *STORAGE.get(column.type, {"text"})}, (table.name, column.name)


def test_stock_sqlite_knows_keys_and_indexes(demo: DemoProcess, mirror_for: MirrorFor) -> None:
    """Foreign keys lead to tables of the file, each is indexed and has its statistics, nothing is out of order."""
    path, tables = _synced(mirror_for(demo)), list(CATALOG.values())
    lists = stock(path, *(f"PRAGMA foreign_key_list({quoted(table.name)})" for table in tables))
    found = {(table.name, row[3]): (row[2], row[4]) for table, rows in zip(tables, lists, strict=True) for row in rows}
    assert found == {
        (table.name, one.name): one.references for table in tables for one in mirrored(table) if one.references
    }
    assert len(found) == 9
    plan, statistics, check, _ = stock(
        path,
        "EXPLAIN QUERY PLAN SELECT * FROM terminal WHERE subscriber_id = 5",
        "SELECT DISTINCT tbl FROM sqlite_stat1",
        "PRAGMA integrity_check",
        "PRAGMA foreign_key_check",
    )
    assert "USING INDEX terminal_subscriber_id_" in str(plan)
    assert {name for (name,) in statistics} == {table.name for table in tables}
    assert check == [["ok"]]


OWN = [
    "CREATE VIEW mine AS SELECT mac_addr FROM terminal",
    "CREATE TABLE log (what)",
    "CREATE TRIGGER noted AFTER DELETE ON terminal BEGIN INSERT INTO log VALUES (old.id); END",
    "CREATE INDEX by_mac ON terminal (mac_addr)",
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, terminal INTEGER REFERENCES terminal (id), note TEXT)",
    "INSERT INTO notes VALUES (1, 1, 'broken')",
]


def test_what_people_add_outlives_a_sync(moving: DemoProcess, mirror_for: MirrorFor) -> None:
    """Views, triggers, indexes and tables of theirs that speak of a table outlive its swap, and mean the new one."""
    mirror = mirror_for(moving)
    for version in (1, 2, 3):
        put(moving, version, rows=5)
        assert mirror.sync("terminal", 0).outcome == "published"
        if version == 1:
            stock(mirror.path, *OWN)
    seen, noted, notes, logged, names = stock(
        mirror.path,
        "SELECT DISTINCT mac_addr FROM mine",
        "SELECT sql FROM sqlite_schema WHERE name = 'noted'",
        "SELECT note, mac_addr FROM notes JOIN terminal ON terminal.id = notes.terminal",
        "SELECT count(*) FROM log",
        "SELECT name FROM sqlite_schema WHERE tbl_name = 'terminal' AND type = 'index'",
    )
    assert (seen, noted, notes) == ([["v3"]], [[OWN[2]]], [["broken", "v3"]])
    assert logged == [[0]], "a swap deletes no rows"
    assert ["by_mac"] in names
    assert len(names) == len({name.rpartition("_")[0] for (name,) in names}), "indexes of one run only"


BROKEN = {
    "NULL in a key of two": ("a b", [[1, 1], [1, None]], "is NULL"),
    "a pair twice": ("a b", [[1, 1], [1, 1]], "is repeated"),
    "NULL in a key of one": ("a", [[1, 1], [None, 2]], "is NULL"),
    "a key twice": ("a", [[1, 1], [1, 2]], "is repeated"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_key_that_is_none_is_told(name: str, moving: DemoProcess, mirror_for: MirrorFor, tmp_path: Path) -> None:
    """Rows that the declared key does not tell apart are no error of SQLite's, but one that names the schema's."""
    key, rows, reason = BROKEN[name]
    constraints = {one: {"constraints": {"primary_key": True}} if one in key else {} for one in ("a", "b")}
    fields = {place: {"name": one, "type": "integer", **constraints[one]} for place, one in enumerate(constraints)}
    schemas = tmp_path / "schemas"
    schemas.mkdir()
    (schemas / "own.yaml").write_text(yaml.safe_dump({"schemas": {"own": {"fields": fields}}}), encoding="utf-8")
    columns = tuple(DemoColumn(one, PgType.INTEGER) for one in constraints)
    moving.put_tables([(DemoTable("own", columns, ()), rows)])
    synced = mirror_for(moving, schemas=str(schemas)).sync("own", 0)
    assert synced.outcome == "failed"
    assert isinstance(synced.error, KeyBroken)
    assert reason in str(synced.error)
