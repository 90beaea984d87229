"""After a write nobody is given rows that were read before it as fresh ones: not here, and not in another process."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest

import iptvvtab
from iptvvtab import AsyncClient, F, delete, insert, update
from iptvvtab.config import load
from iptvvtab.connection import mirror_of
from iptvvtab.demo import DemoProcess, Fault, Kind, start_demo
from iptvvtab.errors import MirrorUnusable, NoMirror, Refused, UnknownOutcome

from .conftest import ClientFor

Options = Callable[..., dict[str, Any]]
NAMES = "SELECT id, name FROM portal.package ORDER BY id"
READER = """
import json, sys
import iptvvtab
options = json.loads(sys.argv[1])
connection = iptvvtab.connect(**options)
print(json.dumps(connection.execute(sys.argv[2]).fetchall()))
connection.close()
"""


@pytest.fixture(scope="module")
def _served() -> Iterator[DemoProcess]:
    with start_demo(rows=30) as demo:
        yield demo


@pytest.fixture
def demo(_served: DemoProcess) -> DemoProcess:
    """A portal that only these tests write to."""
    _served.reset()
    _served.set_switches("default")
    return _served


@pytest.fixture
def ours(options: Options, demo: DemoProcess) -> dict[str, Any]:
    """The settings of every reader and writer here."""
    return options(demo)


def here(ours: dict[str, Any], sql: str = NAMES, **more: Any) -> list[Any]:
    with closing(iptvvtab.connect(**ours, **more)) as connection:
        return [list(row) for row in connection.execute(sql)]


def elsewhere(ours: dict[str, Any], sql: str = NAMES) -> list[Any]:
    """What another process reads."""
    words = (sys.executable, "-c", READER, json.dumps(ours, default=str), sql)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    found: list[Any] = json.loads(subprocess.run(words, capture_output=True, check=True, env=environment).stdout)
    return found


def asked(demo: DemoProcess) -> int:
    return len(demo.log().documents)


@pytest.mark.parametrize("redirect", [True, False])
def test_writes_are_seen_by_all(redirect: bool, ours: dict[str, Any], demo: DemoProcess, client_for: ClientFor) -> None:
    """By the client, by connections of this process and of another one; after the next sync from the file again."""
    ours["redirect"] = redirect
    client = client_for(demo, writes=True, redirect=redirect)
    table = client.table("package")
    table.sync()
    before = here(ours)
    demo.reset()
    assert here(ours) == elsewhere(ours) == before
    assert asked(demo) == 0
    client.execute(update("package").set(name=f"changed {redirect}").where(id=3))
    for rows in (here(ours), elsewhere(ours)):
        assert rows != before
        assert rows[2] == [3, f"changed {redirect}"]
    found = table.get(id=3)
    assert found is not None
    assert found["name"] == f"changed {redirect}"
    assert table.sync().outcome == "published"
    demo.reset()
    assert here(ours)[2] == elsewhere(ours)[2] == [3, f"changed {redirect}"]
    assert asked(demo) == 0
    assert table.sync().outcome == "fresh"


def test_rows_in_memory_are_forgotten(ours: dict[str, Any], demo: DemoProcess, client_for: ClientFor) -> None:
    """Whichever connection or client of this process had read them, and also what was under way."""
    client = client_for(demo, writes=True)
    with closing(iptvvtab.connect(**ours)) as connection:
        assert connection.execute(NAMES).fetchall()
        under_way = connection.execute("SELECT id, name FROM portal.package")
        next(under_way)
        made = client.execute(insert("package").values(name="new", paid=True).returning("id"))[0][0]
        list(under_way)
        assert (made, "new") in connection.execute(NAMES).fetchall()
        assert client.table("package").get(id=made) is not None
        client.execute(delete("package").where(id=made))
        assert (made, "new") not in connection.execute(NAMES).fetchall()
        assert client.table("package").get(id=made) is None


def test_other_tables_stay_fresh(ours: dict[str, Any], demo: DemoProcess, client_for: ClientFor) -> None:
    """A mark is of one table; those of a batch each get theirs."""
    client = client_for(demo, writes=True)
    for name in ("package", "key", "profile", "service"):
        client.table(name).sync()
    same = [update(name).set(name=F("name")).where(id=1) for name in ("package", "key")]
    client.execute_many(["SELECT id FROM service", *same])
    demo.reset()
    for name in ("profile", "service"):
        assert elsewhere(ours, f"SELECT count(*) AS n FROM portal.{name}")
    assert asked(demo) == 0
    for name in ("package", "key"):
        assert elsewhere(ours, f"SELECT name FROM portal.{name} WHERE id = 1")
    assert asked(demo) == 2


def test_a_write_makes_no_file(ours: dict[str, Any], demo: DemoProcess, client_for: ClientFor) -> None:
    """Where nothing is mirrored."""
    client_for(demo, writes=True).execute(update("package").set(name=F("name")).where(id=1))
    assert not Path(ours["mirror"]).exists()


@pytest.mark.parametrize("kind", [Kind.RESET_BEFORE, Kind.STATUS, None])
def test_writes_that_fail(kind: Kind | None, ours: dict[str, Any], demo: DemoProcess, client_for: ClientFor) -> None:
    """Whether it happened or not, what is read afterwards is what the portal has."""
    client = client_for(demo, writes=True)
    client.table("package").sync()
    if kind is None:
        with pytest.raises(Refused):
            client.execute("UPDATE package SET name = 'x' WHERE 1 / (id - id) = 1")
    else:
        demo.faults(Fault(kind, method="update"))
        with pytest.raises(UnknownOutcome):
            client.execute(update("package").set(name=f"lost by {kind}").where(id=4))
        demo.faults()
    demo.reset()
    found = elsewhere(ours)
    assert asked(demo) == 1
    assert found == here(ours, source="live")


def test_a_write_that_is_under_way_is_marked(demo: DemoProcess, client_for: ClientFor) -> None:
    """Before it travels; and again when its answer came, for a sync that ran meanwhile may have been too early."""
    client, table = client_for(demo, writes=True), client_for(demo).table("package")
    table.sync()
    assert table.sync().outcome == "fresh"
    demo.reset()
    demo.faults(Fault(Kind.HANG, method="update", seconds=1.0, times=1))
    writer = threading.Thread(target=client.execute, args=(update("package").set(name="slowly").where(id=5),))
    writer.start()
    while not any(one["method"] == "update" for one in demo.log().documents):
        time.sleep(0.01)
    assert [table.sync().outcome for _ in range(2)] == ["published", "fresh"]
    writer.join()
    assert [table.sync().outcome for _ in range(2)] == ["published", "fresh"]


def test_a_write_that_is_awaited(ours: dict[str, Any], demo: DemoProcess, client_for: ClientFor) -> None:
    """The same; and one that was cancelled."""
    table = client_for(demo).table("package")

    async def run() -> None:
        async with AsyncClient(**ours, writes=True) as client:
            table.sync()
            await client.execute(update("package").set(name="awaited").where(id=6))
            assert elsewhere(ours)[5] == [6, "awaited"]
            table.sync()
            demo.faults(Fault(Kind.HANG, method="update", seconds=0.3, times=1))
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.15):
                    await client.execute(update("package").set(name="dropped").where(id=6))

    asyncio.run(run())
    assert elsewhere(ours) == here(ours, source="live")
    assert table.sync().outcome == "published"


def test_rows_on_demand(demo: DemoProcess, options: Options, client_for: ClientFor, tmp_path: Path) -> None:
    """Keys that were kept before the write are asked for again; they are fresh then."""
    (tmp_path / "schemas").mkdir()
    policy = "schemas:\n  package:\n    sync_config: {cache_strategy: on-demand}\n"
    (tmp_path / "schemas" / "package.yaml").write_text(policy)
    ours = options(demo, schemas=tmp_path / "schemas")
    one = "SELECT name FROM portal.package WHERE id IN (7, 8)"
    assert len(elsewhere(ours, one)) == 2
    demo.reset()
    elsewhere(ours, one)
    assert asked(demo) == 0
    client = client_for(demo, writes=True, schemas=tmp_path / "schemas")
    client.execute(update("package").set(name="on demand").where(id=7))
    assert elsewhere(ours, one)[0] == ["on demand"]
    demo.reset()
    assert elsewhere(ours, one)[0] == ["on demand"]
    assert asked(demo) == 0


def test_rows_of_any_age_are_still_given(ours: dict[str, Any], demo: DemoProcess, client_for: ClientFor) -> None:
    """To who asks for them in words, and, with `sie`, in place of a portal that fails."""
    client = client_for(demo, writes=True)
    client.table("package").sync()
    before = here(ours)
    client.execute(update("package").set(name="of any age").where(id=9))
    assert here(ours, source="mirror") == before
    with pytest.raises(NoMirror):
        here(ours, source="mirror", max_age=3600)
    demo.faults(Fault(Kind.STATUS, status=503, times=None))
    try:
        assert here(ours, sie=3600, max_retries=0) == before
    finally:
        demo.faults()


def test_explanation_and_status(ours: dict[str, Any], demo: DemoProcess, client_for: ClientFor) -> None:
    """Say why the table is not read from the file."""
    client = client_for(demo, writes=True)
    client.table("package").sync()
    client.execute(update("package").set(name=F("name")).where(id=1))
    with closing(iptvvtab.connect(**ours)) as connection:
        assert "it was written to since it was synced" in str(iptvvtab.explain(connection, NAMES))
    with mirror_of(load(None, ours, environment={})) as mirror:
        status = next(one for one in mirror.status() if one.table == "package")
        assert status.published is not None
        assert status.state(3600, status.published.began + 1) == "stale"


def test_a_file_that_cannot_be_marked(ours: dict[str, Any], demo: DemoProcess, client_for: ClientFor) -> None:
    """Stops the write before it travels, for its rows would stay fresh; a file that nobody reads stops nothing."""
    client = client_for(demo, writes=True, mirror=ours["mirror"])
    client.table("package").sync()
    with closing(apsw.Connection(ours["mirror"].as_posix())) as file:
        file.execute("CREATE TRIGGER no BEFORE INSERT ON _mirror_written BEGIN SELECT raise(ABORT, 'no room'); END")
    demo.reset()
    with pytest.raises(MirrorUnusable, match="cannot be told of a write"):
        client.execute(update("package").set(name="never").where(id=2))
    assert asked(demo) == 0
    ours["mirror"].unlink()
    ours["mirror"].write_bytes(b"something else" * 100)
    client.execute(update("package").set(name=F("name")).where(id=2))
    assert asked(demo) == 1
