"""Tables whose every row tells of which version it is, served by a portal, synced, and read back without our engine."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import apsw

from iptvvtab.demo import DemoColumn, DemoProcess, DemoTable
from iptvvtab.demo.tables import demo_catalog
from iptvvtab.jsonsql import PgType

ROWS = 400
PAGE = 50

PROOFS = {
    "terminal": "mac_addr",
    "subscriber_package": "package_id",
    "tv_program_category": "category_id",
    "tv_program": "title",
}
"""Tables with one integer as key, with two columns, with none, with times of change; and the column of the version."""

BEGINNING = datetime(2024, 1, 1)  # noqa: DTZ001 - as a portal writes it
NO_TIME = 9
"""Each of so many rows of tv_program tells no time of change."""


def row(table: str, number: int, version: int) -> list[Any]:
    """One row of a version: no two versions have a row in common. A version is a minute after the one before."""
    if table == "tv_program":
        changed = None if number % NO_TIME == 0 else str(BEGINNING + timedelta(minutes=version))
        return [number, None, changed, 1, f"v{version}", None, None, None]
    if table == "terminal":
        return [number, number % 7, "10.0.0.1", f"v{version}", True, number % 2 == 0, None]
    return [number, version, True] if table == "subscriber_package" else [number, version]


def put(demo: DemoProcess, version: int, table: str = "terminal", rows: int = ROWS) -> None:
    """Serve a version of a table."""
    demo.put_tables([(demo_catalog()[table], [row(table, number, version) for number in range(1, rows + 1)])])


Content = dict[int, int]
"""Which rows there are, and of which version each is."""


def put_content(demo: DemoProcess, table: str, content: Content) -> None:
    """Serve rows of various versions."""
    demo.put_tables([(demo_catalog()[table], [row(table, number, one) for number, one in content.items()])])


def put_own(demo: DemoProcess, name: str, columns: str, rows: list[list[Any]]) -> None:
    """Serve a table of texts with an integer key `id`."""
    texts = (DemoColumn(one, PgType.TEXT) for one in columns.split())
    table = DemoTable(name, (DemoColumn("id", PgType.INTEGER, is_required=True), *texts), ("id",))
    demo.put_tables([(table, rows)])


@dataclass(frozen=True)
class Seen:
    """What stands in a file: versions of the rows, their number, what the state says, and what killed syncs left.

    `stages`: tables that they left; `staged`: rows in them; `indexes` of the table, whatever run made them.
    """

    versions: set[int]
    rows: int
    said: tuple[int, int, int] | None  # rows, generation, is_closed
    staged: int
    stages: int
    indexes: int


def look(path: Path, table: str = "terminal") -> Seen:
    """Read a file, which must be whole, as it is."""
    with_file = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        with_file.set_busy_timeout(10_000)
        assert with_file.pragma("integrity_check") == "ok"
        names = {name: kind for kind, name in with_file.execute("SELECT type, name FROM sqlite_schema")}
        stages = [name for name, kind in names.items() if kind == "table" and name.startswith("_mirror_stage_")]
        staged = sum(with_file.execute(f'SELECT count(*) FROM "{name}"').get for name in stages)
        if "_mirror_table" not in names:
            return Seen(set(), 0, None, staged, len(stages), 0)
        state = with_file.execute('SELECT "rows", generation, is_closed FROM _mirror_table WHERE name = ?', (table,))
        said: Any = state.fetchone()
        found = with_file.execute(f'SELECT {PROOFS[table]} FROM "{table}"').fetchall() if table in names else []
        versions = {int(str(version).removeprefix("v")) for (version,) in found}
        indexes = sum(kind == "index" and name.startswith(f"{table}_") for name, kind in names.items())
        return Seen(versions, len(found), said, staged, len(stages), indexes)
    finally:
        with_file.close()


@dataclass(frozen=True)
class Held:
    """All that a file says of one table.

    `state`: the line of `_mirror_table`; `last`: outcome of the last run; `litter`: what only a sync under way needs.
    """

    content: Content
    state: dict[str, Any]
    last: str | None
    litter: tuple[str, ...]
    staged: int


LITTER = """
SELECT name FROM sqlite_schema WHERE name LIKE '\\_mirror\\_stage%' ESCAPE '\\'
UNION ALL SELECT 'statistics of ' || tbl FROM sqlite_stat1 WHERE tbl NOT IN (SELECT name FROM sqlite_schema)
UNION ALL SELECT 'run ' || id FROM _mirror_run WHERE outcome IS NULL
UNION ALL SELECT 'lease of ' || owner FROM _mirror_lease WHERE owner NOT NULL
"""


def hold(path: Path, table: str) -> Held:
    """Read a file, which must be whole, with all that it says of a published table."""
    with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)) as file:
        file.set_busy_timeout(10_000)
        assert file.pragma("integrity_check") == "ok"
        key = demo_catalog()[table].column_names[0]
        if file.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (f"_mirror_hash_{table}",)).get:
            keys, hashed = f'SELECT "{key}" FROM "{table}"', f"SELECT key FROM _mirror_hash_{table}"
            differing = f"SELECT * FROM ({keys} EXCEPT {hashed}) UNION ALL SELECT * FROM ({hashed} EXCEPT {keys})"
            assert not file.execute(differing).fetchall()
        versions = file.execute(f'SELECT "{key}", {PROOFS[table]} FROM "{table}"').fetchall()
        state = file.execute("SELECT * FROM _mirror_table WHERE name = ?", (table,))
        last = file.execute("SELECT outcome FROM _mirror_run WHERE name = ? ORDER BY id DESC LIMIT 1", (table,)).get
        litter = tuple(str(name) for (name,) in file.execute(LITTER))
        stages = [one for one in litter if one.startswith("_mirror_stage_")]
        return Held(
            {int(str(number)): int(str(version).removeprefix("v")) for number, version in versions},
            {name: value for (name, _), value in zip(state.get_description(), next(state), strict=True)},
            last,
            litter,
            sum(file.execute(f'SELECT count(*) FROM "{one}"').get for one in stages),
        )


def count(path: Path, table: str) -> int:
    """Rows that stand in a table."""
    with_file = apsw.Connection(str(path))
    try:
        return int(with_file.execute(f'SELECT count(*) FROM "{table}"').get)
    finally:
        with_file.close()


def last_run(path: Path, table: str = "terminal") -> tuple[str | None, str | None]:
    """Outcome and message of a table's last sync."""
    with_file = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        sql = "SELECT outcome, message FROM _mirror_run WHERE name = ? ORDER BY id DESC"
        found: Any = with_file.execute(sql, (table,)).fetchone()
        return found[0], found[1]
    finally:
        with_file.close()


def options(demo: DemoProcess, folder: Path, **overrides: Any) -> dict[str, Any]:
    """Settings, as JSON can carry them to another process: small pages, few retries."""
    given = demo.environment
    return {
        "api_url": given["IPTVPORTAL_API_URL"],
        "auth_url": given["IPTVPORTAL_AUTH_URL"],
        "username": given["IPTVPORTAL_USERNAME"],
        "password": given["IPTVPORTAL_PASSWORD"],
        "state_folder": str(folder / "state"),
        "mirror": str(folder / "mirror.db"),
        "rate": 0,
        "page_rows": PAGE,
        "max_retries": 0,
        "breaker_failures": 0,
        **overrides,
    }
