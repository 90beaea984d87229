"""What is sensitive is nowhere in a shadow file, nor in what stands beside it: its bytes are searched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import apsw
import pytest

from iptvvtab.demo import DemoProcess
from iptvvtab.demo.tables import demo_catalog
from tests.mirror.conftest import MirrorFor
from tests.mirror.moving import put_own

PLANTED = "planted-and-never-to-be-seen"
SHOWN = "to-be-seen-by-everybody"
OWN = """
schemas:
  vault:
    fields:
      0: {{name: id, type: integer, constraints: {{primary_key: true}}}}
      1: {{name: code, type: string, constraints: {{index: true}}{sensitive}}}
      2: {{name: note, type: string}}
"""
MANY = 300


def found(folder: Path, word: str) -> set[str]:
    """Names of the files below a folder in whose bytes a word is."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {str(file.relative_to(folder)) for file in files if word.encode() in file.read_bytes()}


def vault(demo: DemoProcess, folder: Path, *, is_sensitive: bool) -> Path:
    """Serve a table of one's own, and write its schema; return the schema's folder."""
    put_own(demo, "vault", "code note", [[n, f"{PLANTED}-{n}", f"{SHOWN}-{n}"] for n in range(1, MANY + 1)])
    (folder / "schemas").mkdir(exist_ok=True)
    text = OWN.format(sensitive=", sensitive: true" if is_sensitive else "")
    (folder / "schemas" / "vault.yaml").write_text(text)
    return folder / "schemas"


def in_mirror(folder: Path, word: str) -> set[str]:
    """Which of the shadow file's parts have a word: the file, its WAL, its shared memory."""
    return {name for name in found(folder, word) if name.startswith("mirror.db")}


def test_a_password_of_the_portal(moving: DemoProcess, mirror_for: MirrorFor, tmp_path: Path) -> None:
    """`subscriber.password` is not asked for, and stands in no file; other columns do."""
    table = demo_catalog()["subscriber"]
    row: dict[str, Any] = {"username": SHOWN, "password": PLANTED}
    moving.put_tables([(table, [[1 if name == "id" else row.get(name) for name in table.column_names]])])
    mirror = mirror_for(moving, trace=str(tmp_path / "trace.jsonl"))
    assert mirror.sync("subscriber", 0).outcome == "published"
    assert in_mirror(tmp_path, SHOWN), "the search finds what there is"
    assert found(tmp_path, PLANTED) == set()
    assert not any("password" in str(one["params"]) for one in moving.log().documents)


def test_a_secret_of_a_schema(moving: DemoProcess, mirror_for: MirrorFor, tmp_path: Path) -> None:
    """`sensitive: true` in a schema of one's own, though the column has an index."""
    schemas = vault(moving, tmp_path, is_sensitive=True)
    mirror = mirror_for(moving, schemas=str(schemas))
    mirror.sync("vault", 0)
    assert mirror.sync("vault", 0).outcome == "published"
    assert in_mirror(tmp_path, SHOWN)
    assert found(tmp_path, PLANTED) == set()


@pytest.mark.parametrize("is_read", [True, False])
@pytest.mark.parametrize("syncs", [1, 3])
def test_what_becomes_a_secret(
    moving: DemoProcess, mirror_for: MirrorFor, tmp_path: Path, syncs: int, *, is_read: bool
) -> None:
    """A column that was mirrored and is sensitive from now on is gone after the next sync, from free pages and the WAL.

    Earlier syncs left copies of it; a reader that stays connected keeps the WAL.
    """
    mirror = mirror_for(moving, schemas=str(vault(moving, tmp_path, is_sensitive=False)))
    for _ in range(syncs):
        assert mirror.sync("vault", 0).outcome == "published"
    assert in_mirror(tmp_path, PLANTED)
    reader = apsw.Connection(str(mirror.path))
    if is_read:
        reader.execute("SELECT count(*) FROM vault").fetchall()
    mirror = mirror_for(moving, schemas=str(vault(moving, tmp_path, is_sensitive=True)))
    assert mirror.sync("vault", 3600).outcome == "published", "a table by another schema is not fresh"
    assert found(tmp_path, PLANTED) == set()
    assert in_mirror(tmp_path, SHOWN)
    reader.close()


def test_what_a_reader_keeps(moving: DemoProcess, mirror_for: MirrorFor, tmp_path: Path) -> None:
    """While a reader is within a snapshot it sees what it saw; once it has left, the next sync finishes the work."""
    mirror = mirror_for(moving, schemas=str(vault(moving, tmp_path, is_sensitive=False)))
    mirror.sync("vault", 0)
    reader = apsw.Connection(str(mirror.path))
    rows = iter(reader.execute("SELECT code FROM vault"))
    next(rows)
    mirror = mirror_for(moving, schemas=str(vault(moving, tmp_path, is_sensitive=True)))
    assert mirror.sync("vault", 0).outcome == "published"
    assert len(list(rows)) == MANY - 1
    assert mirror.sync("vault", 0).outcome == "published"
    assert found(tmp_path, PLANTED) == set()
    reader.close()
