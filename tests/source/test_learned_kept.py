"""What was learned of a portal outlives the process, in a file of the state folder that names no row."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from iptvvtab.config import Settings
from iptvvtab.connection.portals import KEPT_EVERY, Keeper
from iptvvtab.demo import DemoProcess
from iptvvtab.schema import load_catalog
from tests.differential.sides import SCHEMAS, connect

SIZE = "SELECT row_count, row_count_from FROM portal.portal_tables WHERE name = 'subscriber'"
COUNT = "SELECT count(*) FROM portal.subscriber"
SettingsFor = Callable[..., Settings]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def ask(demo: DemoProcess, state: Path, *statements: str, **settings: Any) -> list[Any]:
    """The rows of the last statement, on a connection of its own."""
    with closing(connect(demo, state, **settings)) as connection:
        return [connection.execute(sql).fetchall() for sql in statements][-1]


@pytest.fixture
def kept(demo: DemoProcess, state: Path) -> Path:
    """The file after a table was counted, another was read and a third was looked up in."""
    ask(
        demo,
        state,
        COUNT,
        "SELECT * FROM portal.terminal",
        "SELECT title FROM portal.tv_program WHERE channel_id = 3",
        "SELECT id FROM portal.subscriber WHERE username = '7916'",
    )
    (path,) = (state / "learned").iterdir()
    return path


def test_next_process_knows(kept: Path, demo: DemoProcess, state: Path) -> None:
    """What one connection counted is known to the next, and nothing travels for it."""
    demo.reset()
    assert ask(demo, state, SIZE) == [(50, "learned")]
    assert demo.log().documents == []


def test_file_is_private_and_beside_the_capabilities(kept: Path, state: Path) -> None:
    """One file for each portal, by the same name, for its owner only."""
    assert [one.name for one in (state / "capabilities").iterdir()] == [kept.name]
    assert kept.stat().st_mode & 0o777 == 0o600


def test_file_holds_no_value_but_integer_keys(kept: Path, demo: DemoProcess, state: Path) -> None:
    """Names of tables and columns, numbers, and the portal's host: no text of a row, nothing that was asked for."""
    document = json.loads(kept.read_text())
    catalog = load_catalog(SCHEMAS)
    names = {column.name for table in catalog.values() for column in table.columns}
    words = {"format", "portal", "tables", "pace", "request", "row", "rows", "smallest", "largest", "per_value"}
    texts = set(re.findall(r'"((?:[^"\\]|\\.)*)"', kept.read_text()))
    assert texts <= names | set(catalog) | words | {document["portal"]}
    assert document["tables"]["terminal"]["smallest"] == ask(demo, state, "SELECT min(id) FROM portal.terminal")[0][0]


UNREADABLE = {
    "torn": lambda text: text[: len(text) // 2],
    "empty": lambda text: "",
    "another format": lambda text: text.replace('"format": 1', '"format": 0'),
    "another kind": lambda text: "[1]",
    "a text for a number": lambda text: text.replace('"rows": 50', '"rows": "50"'),
    "nested": lambda text: "[" * 100_000,
}


@pytest.mark.parametrize("spoil", UNREADABLE.values(), ids=UNREADABLE)
def test_unreadable_file_is_nothing_known(
    spoil: Callable[[str], str], kept: Path, demo: DemoProcess, state: Path
) -> None:
    """A spoilt file is no error, says nothing, and is written anew."""
    kept.write_text(spoil(kept.read_text()))
    assert ask(demo, state, SIZE) == [(None, None)]
    assert ask(demo, state, COUNT, SIZE) == [(50, "learned")]
    assert ask(demo, state, SIZE) == [(50, "learned")]


def test_a_folder_that_takes_no_file_is_no_error(demo: DemoProcess, state: Path) -> None:
    """Where nothing can be kept, each process learns anew."""
    ask(demo, state, SIZE)
    (state / "learned").parent.mkdir(parents=True, exist_ok=True)
    (state / "learned").write_text("a file in its place")
    assert ask(demo, state, COUNT, SIZE) == [(50, "learned")]
    assert ask(demo, state, SIZE) == [(None, None)]


def test_nothing_learned_is_nothing_written(demo: DemoProcess, state: Path) -> None:
    """A connection that asked nothing leaves no file."""
    ask(demo, state, SIZE)
    assert not (state / "learned").exists()


def test_kept_now_and_then(demo: DemoProcess, settings_for: SettingsFor, state: Path) -> None:
    """A long process writes at most once in a while, and then without being asked to."""
    now = 1000.0
    keeper = Keeper(settings_for(demo, state_folder=state), load_catalog(SCHEMAS), lambda: now)
    written = []
    for later in (0, KEPT_EVERY - 1, 1, KEPT_EVERY - 1, 1):
        now += later
        keeper.learned.table_read("subscriber", int(now))
        written.append(sorted(one.read_text().count(f'"rows": {int(now)}') for one in state.rglob("*.json")))
    assert written == [[], [], [1], [0], [1]]


def test_last_one_wins(demo: DemoProcess, settings_for: SettingsFor, state: Path) -> None:
    """Two processes each write all that they know."""
    settings, catalog = settings_for(demo, state_folder=state), load_catalog(SCHEMAS)
    first, second = Keeper(settings, catalog), Keeper(settings, catalog)
    first.learned.table_read("subscriber", 1)
    second.learned.table_read("subscriber", 2)
    for keeper in (first, second):
        keeper.keep()
    assert Keeper(settings, catalog).learned.size("subscriber").rows == 2
