"""Rows on demand are killed while they are kept, or read anew: what is known of a key is always true of its row."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest

import iptvvtab
from iptvvtab.demo import DemoProcess
from tests.mirror.conftest import MirrorFor
from tests.mirror.fuse import KINDS
from tests.mirror.killed import Syncing
from tests.mirror.moving import options, put_own

MANY = 30
SCHEMA = """schemas:
  stock:
    fields:
      0: {name: id, type: integer, constraints: {primary_key: true}}
      1: {name: version, type: string, constraints: {index: true}}
    sync_config: {cache_strategy: on-demand}
"""
CHILD = """
import json, sys
from tests.mirror.fuse import Fuse
fuse = Fuse(sys.argv[3], int(sys.argv[4]))
import iptvvtab
connection = iptvvtab.connect(**json.loads(sys.argv[1]))
connection.execute(sys.argv[2]).fetchall()
connection.close()
print(json.dumps(fuse.passed))
"""
KILLS = [2, pytest.param(150, marks=[pytest.mark.long, pytest.mark.timeout(900)])]


def given_for(demo: DemoProcess, folder: Path) -> dict[str, Any]:
    (folder / "schemas").mkdir(exist_ok=True)
    (folder / "schemas" / "stock.yaml").write_text(SCHEMA)
    return options(demo, folder, schemas=str(folder / "schemas"), ttl=0.0, memory_limit=0)


def put(demo: DemoProcess, version: int) -> dict[int, str]:
    """Serve a version, of which some rows lack; return its rows."""
    rows = {n: f"v{version}" for n in range(1, MANY) if n % 7 != version % 7}
    put_own(demo, "stock", "version", [[*row] for row in rows.items()])
    return rows


def known(path: Path) -> dict[int, str | None]:
    """What the file says of each known key, its row or that there is none; it must agree with itself."""
    with closing(apsw.Connection(str(path))) as connection:
        assert connection.pragma("integrity_check") == "ok"
        if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'stock'").get is None:
            return {}
        rows: dict[Any, Any] = dict(connection.execute("SELECT id, version FROM stock"))
        keys: dict[Any, Any] = dict(connection.execute("SELECT id, _mirror_is_there FROM _mirror_key_stock"))
        assert {key for key, is_there in keys.items() if is_there} == set(rows)
        assert connection.execute("SELECT \"rows\" FROM _mirror_table WHERE name = 'stock'").get == len(rows)
        return {key: rows.get(key) for key in keys}


def child(given: dict[str, Any], sql: str, kind: str, number: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", CHILD, json.dumps(given), sql, kind, str(number)]
    return subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], timeout=60)


@pytest.mark.parametrize("kills", KILLS)
def test_a_query_that_is_killed(moving: DemoProcess, tmp_path: Path, kills: int) -> None:
    """At any statement or in the midst of a write: what it had read is kept as a whole or not at all."""
    given, chance, version, killed = given_for(moving, tmp_path), random.Random(kills), 0, 0
    rows = put(moving, version)
    counted = child(given, "SELECT version FROM portal.stock WHERE id IN (1, 2, 3, 7)", "", 0)
    assert counted.returncode == 0, counted.stderr
    usual = json.loads(counted.stdout)
    for turn in range(kills * 3):
        before, version = known(tmp_path / "mirror.db"), version + 1
        rows, kind = put(moving, version), KINDS[turn % len(KINDS)]
        asked = set(chance.sample(range(1, MANY + 5), 4))
        sql = f"SELECT version FROM portal.stock WHERE id IN ({', '.join(map(str, asked))})"
        killed += child(given, sql, kind, chance.randint(1, usual[kind])).returncode == -signal.SIGKILL
        after = known(tmp_path / "mirror.db")
        assert after in (before, {**before, **{key: rows.get(key) for key in asked}})
        if killed == kills:
            break
    assert killed == kills
    with closing(iptvvtab.connect(**given)) as connection:
        found = connection.execute(f"SELECT id, version FROM portal.stock WHERE id IN ({', '.join(map(str, after))})")
        assert dict(found) == {key: rows[key] for key in after if key in rows}


@pytest.mark.parametrize("kills", KILLS)
def test_a_sync_that_is_killed(moving: DemoProcess, tmp_path: Path, mirror_for: MirrorFor, kills: int) -> None:
    """All known keys are as they were, or as they are now; the next sync publishes and leaves nothing over."""
    given, chance, killed = given_for(moving, tmp_path), random.Random(kills), 0
    rows, asked = put(moving, 0), range(1, MANY + 5, 2)
    with closing(iptvvtab.connect(**given)) as connection:
        connection.execute(f"SELECT version FROM portal.stock WHERE id IN ({', '.join(map(str, asked))})").fetchall()
    mirror = mirror_for(moving, schemas=given["schemas"])
    with Syncing(given) as syncing:
        syncing.begin("stock", at=("", 0))
        usual = syncing.document("took")
        syncing.hear("ended")
        for turn in range(kills * 3):
            before, kind = {key: rows.get(key) for key in asked}, KINDS[turn % len(KINDS)]
            rows = put(moving, turn + 1)
            syncing.begin("stock", at=(kind, chance.randint(1, usual[kind])))
            killed += syncing.statuses() == [signal.SIGKILL]
            after = {key: rows.get(key) for key in asked}
            assert known(mirror.path) in (before, after)
            assert mirror.sync("stock", 0).outcome == "published"
            assert known(mirror.path) == after
            if killed == kills:
                break
    assert killed == kills
    with closing(apsw.Connection(str(mirror.path))) as connection:
        left = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE '%stage%'"
        assert connection.execute(left).fetchall() == []
