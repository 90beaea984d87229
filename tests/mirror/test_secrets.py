"""What is sensitive is nowhere in a shadow file, nor in what stands beside it: its bytes are searched."""

from __future__ import annotations

import hmac
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest

import iptvvtab
from iptvvtab.demo import DemoProcess, Fault, Kind
from iptvvtab.demo.tables import demo_catalog
from tests.mirror.conftest import MirrorFor
from tests.mirror.moving import options, put, put_own
from tests.mirror.stock import stock

PLANTED = "planted-and-never-to-be-seen"
SHOWN = "to-be-seen-by-everybody"
OWN = """
schemas:
  vault:
    fields:
      0: {{name: id, type: integer, constraints: {{primary_key: true}}}}
      1: {{name: code, type: string, constraints: {{index: true}}{sensitive}}}
      2: {{name: note, type: string}}
    sync_config: {policy}
"""
MANY = 300


def found(folder: Path, word: str) -> set[str]:
    """Names of the files below a folder in whose bytes a word is."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {str(file.relative_to(folder)) for file in files if word.encode() in file.read_bytes()}


def vault(demo: DemoProcess, folder: Path, *, is_sensitive: bool, policy: str = "{}") -> Path:
    """Serve a table of one's own, of which every second row has the same code, and write its schema; return where."""
    rows: list[list[Any]] = [[n, f"{PLANTED}-{n if n % 2 else 0}", f"{SHOWN}-{n}"] for n in range(1, MANY + 1)]
    put_own(demo, "vault", "code note", [*rows, [MANY + 1, None, "none"]])
    (folder / "schemas").mkdir(exist_ok=True)
    text = OWN.format(sensitive=", sensitive: true" if is_sensitive else "", policy=policy)
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
    assert len(list(rows)) == MANY
    assert mirror.sync("vault", 0).outcome == "published"
    assert found(tmp_path, PLANTED) == set()
    reader.close()


HASHED = "{hash_fields: [Code]}"


def hashes(path: Path) -> list[Any]:
    """The hashes in a file, by key."""
    with closing(apsw.Connection(str(path))) as file:
        return [value for (value,) in file.execute("SELECT code_hash FROM vault ORDER BY id")]


def test_a_keyed_hash_in_place_of_a_secret(moving: DemoProcess, mirror_for: MirrorFor, tmp_path: Path) -> None:
    """The policy asks for it: equal secrets have equal hashes, NULL has none, and nobody who lacks the key can try."""
    mirror = mirror_for(moving, schemas=str(vault(moving, tmp_path, is_sensitive=True, policy=HASHED)))
    assert mirror.sync("vault", 0).outcome == "published"
    assert mirror.sync("vault", 0).outcome == "published"
    assert in_mirror(tmp_path, SHOWN)
    assert found(tmp_path, PLANTED) == set()
    key = tmp_path / "state" / "hash.key"
    assert key.stat().st_mode & 0o777 == 0o600
    (secret,) = (key.read_bytes(),)
    assert all(secret not in file.read_bytes() for file in tmp_path.glob("mirror.db*"))
    seen = hashes(mirror.path)
    codes = [f"{PLANTED}-{n if n % 2 else 0}" for n in range(1, MANY + 1)]
    expected = [hmac.digest(secret, code.encode(), "sha256").hex() for code in codes]
    assert seen == [*expected, None]
    ((columns,),) = stock(mirror.path, "SELECT group_concat(name || ' ' || type) FROM pragma_table_info('vault')")
    assert columns == ["id INTEGER,note TEXT,code_hash TEXT"]
    assert len(stock(mirror.path, "SELECT 1 FROM sqlite_schema WHERE name GLOB 'vault_code_hash_*'")[0]) == 1


def test_a_table_with_keyed_hashes_is_verified_by_its_rows(
    moving: DemoProcess, mirror_for: MirrorFor, tmp_path: Path
) -> None:
    """No hash of the portal covers a secret, and a secret that changed is found all the same; nothing of it is kept."""
    moving.set_switches("full")
    mirror = mirror_for(moving, schemas=str(vault(moving, tmp_path, is_sensitive=True, policy=HASHED)))
    assert mirror.sync("vault", 0, strategy="verify").rung == "rows"
    asked = [str(one["params"]) for one in moving.log().documents]
    assert not any("hashtext" in one and "'code'" in one for one in asked)
    compared = mirror.verify("vault", is_full=True).found
    assert compared is not None
    assert compared.number == 0
    put_own(moving, "vault", "code note", [[n, f"{PLANTED}-other", f"{SHOWN}-{n}"] for n in range(1, MANY + 1)])
    compared = mirror.verify("vault", is_full=True).found
    assert compared is not None
    assert (compared.changed, compared.gone) == (MANY, 1)
    assert mirror.sync("vault", 0, strategy="verify").outcome == "published"
    assert len(set(hashes(mirror.path))) == 1
    assert found(tmp_path, PLANTED) == set()


def test_a_query_for_the_secret_asks_the_portal(moving: DemoProcess, mirror_for: MirrorFor, tmp_path: Path) -> None:
    """SQL sees the columns of the schema, whatever the file has beside them."""
    schemas = str(vault(moving, tmp_path, is_sensitive=True, policy=HASHED))
    mirror_for(moving, schemas=schemas).sync("vault", 0)
    connection = iptvvtab.connect(**options(moving, tmp_path, schemas=schemas))
    moving.reset()
    assert connection.execute("SELECT note FROM portal.vault WHERE id = 1").get == f"{SHOWN}-1"
    assert moving.log().requests == 0
    assert connection.execute("SELECT code FROM portal.vault WHERE id = 1").get == f"{PLANTED}-1"
    assert connection.execute("SELECT count(*) FROM portal.vault WHERE code = ?", (f"{PLANTED}-0",)).get == MANY // 2
    assert moving.log().requests > 0
    with pytest.raises(apsw.SQLError, match="code_hash"):
        connection.execute("SELECT code_hash FROM portal.vault")
    connection.close()


@pytest.mark.parametrize("before", ["plain", "hashed"])
def test_the_policy_changes(moving: DemoProcess, mirror_for: MirrorFor, tmp_path: Path, before: str) -> None:
    """From plain to hashed no secret stays, from hashed to absent no hash stays: nowhere in the file or beside it."""
    was_hashed = before == "hashed"
    schemas = vault(moving, tmp_path, is_sensitive=was_hashed, policy=HASHED if was_hashed else "{}")
    mirror = mirror_for(moving, schemas=str(schemas))
    for _ in range(2):
        assert mirror.sync("vault", 0).outcome == "published"
    gone = str(hashes(mirror.path)[0]) if was_hashed else PLANTED
    assert in_mirror(tmp_path, gone)
    reader = apsw.Connection(str(mirror.path))
    schemas = vault(moving, tmp_path, is_sensitive=True, policy="{}" if was_hashed else HASHED)
    done = mirror_for(moving, schemas=str(schemas)).sync("vault", 3600)
    assert done.outcome == "published"
    assert "code" in str(done.notice)
    assert found(tmp_path, gone) == set()
    assert found(tmp_path, PLANTED) == set()
    reader.close()


def test_what_a_killed_sync_left_of_a_secret(moving: DemoProcess, mirror_for: MirrorFor, tmp_path: Path) -> None:
    """Rows under way when the portal failed, and secret since: the next sync leaves no byte of them."""
    mirror = mirror_for(moving, schemas=str(vault(moving, tmp_path, is_sensitive=False)))
    moving.faults(Fault(Kind.STATUS, table="vault", status=503, skip=2, times=None))
    assert mirror.sync("vault", 0).outcome == "failed"
    assert in_mirror(tmp_path, PLANTED)
    moving.reset()
    mirror = mirror_for(moving, schemas=str(vault(moving, tmp_path, is_sensitive=True)))
    assert mirror.sync("vault", 0).outcome == "published"
    assert found(tmp_path, PLANTED) == set()


@pytest.mark.parametrize("is_killed", [False, True])
@pytest.mark.parametrize("how", ["cleared", "disabled", "a key that is a secret"])
def test_what_leaves_the_file(
    moving: DemoProcess, mirror_for: MirrorFor, tmp_path: Path, how: str, *, is_killed: bool
) -> None:
    """Cleared, or forbidden by policy at the next sync of any table: no byte stays, not of a killed sync either."""
    mirror = mirror_for(moving, schemas=str(vault(moving, tmp_path, is_sensitive=False)))
    if is_killed:
        moving.faults(Fault(Kind.STATUS, table="vault", status=503, skip=2, times=None))
    assert mirror.sync("vault", 0).is_well is not is_killed
    moving.reset()
    assert in_mirror(tmp_path, PLANTED)
    if how == "cleared":
        assert mirror.held() == ["vault"]
        assert mirror.clear(mirror.held()) == ["vault"]
        assert mirror.clear(["vault"]) == []
    else:
        schemas = vault(moving, tmp_path, is_sensitive=False, policy="{disabled: true}")
        if how != "disabled":
            text = (schemas / "vault.yaml").read_text().replace("disabled: true", "")
            text = text.replace("constraints: {primary_key: true}", "constraints: {primary_key: true}, sensitive: true")
            (schemas / "vault.yaml").write_text(text)
        mirror = mirror_for(moving, schemas=str(schemas))
        put(moving, 1)
        assert mirror.sync("terminal", 0).outcome == "published"
    assert mirror.held() == ([] if how == "cleared" else ["terminal"])
    assert found(tmp_path, PLANTED) == set()


def test_another_key(moving: DemoProcess, mirror_for: MirrorFor, tmp_path: Path) -> None:
    """A key that was lost: hashed tables are made anew by the next one, and no row of the old one stays."""
    schemas = str(vault(moving, tmp_path, is_sensitive=True, policy=HASHED))
    mirror = mirror_for(moving, schemas=schemas)
    mirror.sync("vault", 0)
    old = hashes(mirror.path)
    (tmp_path / "state" / "hash.key").unlink()
    assert mirror.sync("vault", 3600).outcome == "published", "it is not fresh"
    new = hashes(mirror.path)
    assert not set(old) & set(new) - {None}
    assert mirror.sync("vault", 3600).outcome == "fresh"


@pytest.mark.parametrize(
    ("policy", "is_sensitive", "reason"),
    [
        ("{hash_fields: [code]}", False, "not marked `sensitive: true`"),
        ("{hash_fields: [cod]}", True, "did you mean 'code'"),
    ],
)
def test_what_cannot_be_hashed(
    moving: DemoProcess, mirror_for: MirrorFor, tmp_path: Path, policy: str, reason: str, *, is_sensitive: bool
) -> None:
    """A mistake in the policy is told; nothing is mirrored in plain instead."""
    mirror = mirror_for(moving, schemas=str(vault(moving, tmp_path, is_sensitive=is_sensitive, policy=policy)))
    done = mirror.sync("vault", 0)
    assert done.outcome == "failed"
    assert reason in str(done.error)
    assert in_mirror(tmp_path, PLANTED) == set()


def test_a_name_that_is_taken(moving: DemoProcess, mirror_for: MirrorFor, tmp_path: Path) -> None:
    """The hash of `code` would stand where the portal's own `code_hash` does."""
    schemas = vault(moving, tmp_path, is_sensitive=True, policy=HASHED)
    text = (schemas / "vault.yaml").read_text().replace("name: note", "name: code_hash")
    (schemas / "vault.yaml").write_text(text)
    done = mirror_for(moving, schemas=str(schemas)).sync("vault", 0)
    assert "it has a column 'code_hash' already" in str(done.error)


def test_a_key_file_of_something_else(moving: DemoProcess, mirror_for: MirrorFor, tmp_path: Path) -> None:
    """Nothing is hashed by a key that is none."""
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "hash.key").write_bytes(b"short")
    mirror = mirror_for(moving, schemas=str(vault(moving, tmp_path, is_sensitive=True, policy=HASHED)))
    assert "is no key of hashes" in str(mirror.sync("vault", 0).error)
