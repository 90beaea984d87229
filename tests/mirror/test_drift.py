"""A portal or a schema that changes between two syncs: what differs is named, and nothing lands in a wrong column."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import apsw
import pytest
import yaml

from iptvvtab import errors
from iptvvtab.demo import DemoColumn, DemoProcess, DemoTable
from iptvvtab.jsonsql import PgType
from iptvvtab.mirror import Status
from tests.mirror.conftest import MirrorFor
from tests.mirror.moving import last_run

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "drift.yaml").read_text(encoding="utf-8"))
ROWS = 3
SCHEMA = """schemas:
  vault:
    {total}
    fields:
      0: {{name: id, type: integer, constraints: {{primary_key: true}}}}
{fields}
"""
KINDS = {"string": "text", "integer": "integer"}


def describe(folder: Path, columns: dict[str, str], total: int | None = None) -> Path:
    """Write the schema of `vault`, and return its folder."""
    lines = [f"      {place}: {{name: {name}, type: {kind}}}" for place, (name, kind) in enumerate(columns.items(), 1)]
    folder.mkdir(exist_ok=True)
    said = f"total_fields: {total}" if total is not None else "label: id"
    (folder / "vault.yaml").write_text(SCHEMA.format(total=said, fields="\n".join(lines)))
    return folder


def serve(demo: DemoProcess, columns: dict[str, str], key: str = "id") -> None:
    """Serve `vault` with these columns beside its key."""
    described = [DemoColumn(key, PgType.INTEGER, is_required=True)]
    described += [DemoColumn(name, PgType(kind)) for name, kind in columns.items()]
    values = {"integer": lambda name, n: n, "text": lambda name, n: f"text of {name} {n}"}
    rows = [[n, *(values[kind](name, n) for name, kind in columns.items())] for n in range(1, ROWS + 1)]
    demo.put_tables([(DemoTable("vault", tuple(described), (key,)), rows)])


def held(path: Path) -> list[dict[str, Any]]:
    """The rows that stand in the file, each by the names of its columns."""
    connection = apsw.Connection(str(path))
    try:
        cursor = connection.execute("SELECT * FROM vault ORDER BY id")
        return [dict(zip((one[0] for one in cursor.get_description()), row, strict=True)) for row in cursor]
    finally:
        connection.close()


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])
def test_the_portal_changes(moving: DemoProcess, mirror_for: MirrorFor, tmp_path: Path, case: dict[str, Any]) -> None:
    """A sync fails and says what differs while the old rows stay, or publishes and tells what it left out."""
    before = case.get("before") or {name: KINDS[kind.partition(",")[0]] for name, kind in case["schema"].items()}
    serve(moving, before)
    folder = describe(tmp_path / "schemas", case["schema"], case.get("total"))
    mirror = mirror_for(moving, schemas=str(folder))
    assert mirror.sync("vault", 0).outcome == "published"
    rows = held(mirror.path)
    serve(moving, case["after"], case.get("key", "id"))
    done = mirror.sync("vault", 0)
    message = str(done.error or done.notice or "")
    assert [part for part in case.get("says", case.get("notice", [])) if part not in message] == []
    _, remembered = last_run(mirror.path, "vault")
    if "error" not in case:
        assert (done.outcome, done.notice, remembered) == ("published", message or None, message or None)
        assert bool(message) == ("notice" in case)
        return
    assert (done.outcome, type(done.error)) == ("failed", getattr(errors, case["error"])), done
    assert remembered == f"{case['error']}: {message}"
    assert held(mirror.path) == rows
    assert not any("text of note" in message and "sensitive" in kind for kind in case["schema"].values())


def vault(status: list[Status]) -> Status:
    return next(one for one in status if one.table == "vault")


def test_our_schema_changes(moving: DemoProcess, mirror_for: MirrorFor, tmp_path: Path) -> None:
    """What stands in the file was made by another schema: it is told by column, by the status and by the next sync."""
    serve(moving, {"code": "text", "number": "integer", "note": "text"})
    folder = describe(tmp_path / "schemas", {"code": "string", "number": "string"})
    mirror = mirror_for(moving, schemas=str(folder))
    mirror.sync("vault", 0)
    assert vault(mirror.status()).changes == ()
    describe(folder, {"number": "integer", "note": "string"})
    mirror = mirror_for(moving, schemas=str(folder))
    status = vault(mirror.status())
    assert (status.state(3600, status.published.ended), set(status.changes)) == (  # type: ignore[union-attr]
        "outdated",
        {"note is new", "code is gone", "number was TEXT and is INTEGER"},
    )
    assert "code is gone" in str(mirror.sync("vault", 3600).notice)
    assert held(mirror.path)[0] == {"id": 1, "number": 1, "note": "text of note 1"}
    assert vault(mirror.status()).changes == ()
    assert mirror.sync("vault", 0).notice is None
