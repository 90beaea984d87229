"""A table with a column of each kind, whose rows a test changes as it likes, and how it stands in a shadow file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import apsw

from iptvvtab.demo import DemoColumn, DemoProcess, DemoTable
from iptvvtab.jsonsql import PgType

Rows: TypeAlias = dict[int, list[Any]]

THING = DemoTable(
    "thing",
    (
        DemoColumn("id", PgType.BIGINT, is_required=True),
        DemoColumn("a", PgType.TEXT),
        DemoColumn("b", PgType.TEXT),
        DemoColumn("n", PgType.INTEGER),
        DemoColumn("flag", PgType.BOOLEAN),
        DemoColumn("at", PgType.TIMESTAMP),
    ),
    ("id",),
)
SCHEMA = """
schemas:
  thing:
    fields:
      0: {name: id, type: integer, constraints: {primary_key: true}}
      1: {name: a, type: string}
      2: {name: b, type: string}
      3: {name: n, type: integer}
      4: {name: flag, type: boolean}
      5: {name: at, type: datetime}
    sync_config: {cache_strategy: POLICY, MORE}
"""
SWITCHES: dict[str, dict[str, Any]] = {
    "groups": {},
    "groups, as they are": {"derived_tables": False},
    "ranges": {"derived_tables": False, "group_by_expression": False},
    "hashes": {"derived_tables": False, "group_by_expression": False, "batch": False},
    "hashes, md5": {"hashtext": False},
    "rows": {"hashtext": False, "md5": False},
}
"""What of a portal's full profile is switched off, by the rung that is left."""


def rung(name: str) -> str:
    """The rung of a name in SWITCHES."""
    return name.partition(",")[0]


def schemas(folder: Path, policy: str = "verify", more: str = "ttl: 600") -> str:
    """Write the table's schema, with more of its policy, and return its folder."""
    (folder / "schemas").mkdir(exist_ok=True)
    (folder / "schemas" / "thing.yaml").write_text(SCHEMA.replace("POLICY", policy).replace("MORE", more))
    return str(folder / "schemas")


def plain(number: int) -> list[Any]:
    """A row as it is unless something is said of it."""
    return [f"a{number}", f"b{number}", number, True, None]


def rows(count: int, changes: Mapping[int, list[Any] | None] | None = None) -> Rows:
    """So many plain rows, with these changes."""
    found: Rows = {number: plain(number) for number in range(1, count + 1)}
    for number, row in (changes or {}).items():
        if row is None:
            del found[number]
        else:
            found[number] = row
    return found


def put(demo: DemoProcess, served: Rows) -> None:
    """Serve these rows."""
    demo.put_tables([(THING, [[number, *row] for number, row in served.items()])])


def held(path: Path, *, is_clean: bool = True) -> Rows:
    """What stands in the file; where hashes are kept they are those of these rows. Clean: no sync left anything."""
    with_file = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        found = {row[0]: list(row[1:]) for row in with_file.execute("SELECT * FROM thing ORDER BY id")}
        names = {name for (name,) in with_file.execute("SELECT name FROM sqlite_schema")}
        assert not (is_clean and any(name.startswith("_mirror_stage_") for name in names))
        if "_mirror_hash_thing" in names:
            assert {key for (key,) in with_file.execute("SELECT key FROM _mirror_hash_thing")} == set(found)
        return dict(_canonical(found))
    finally:
        with_file.close()


def _canonical(found: Rows) -> Iterator[tuple[int, list[Any]]]:
    for number, (a, b, n, flag, at) in found.items():
        yield number, [a, b, n, None if flag is None else bool(flag), at]
