"""Columns beyond the 63rd, which SQLite does not tell apart, and columns of which only the position is known."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

import iptvvtab
from iptvvtab.demo import DemoProcess
from iptvvtab.errors import UnknownPosition
from tests.conftest import SettingsFor

DOMAIN = """
schemas:
  domain:
    total_fields: 167
    fields:
      0: {name: id, type: integer, constraints: {primary_key: true}}
      100: {name: Field_100}
"""
"""`name` keeps no position: the packaged schema knows it by name only."""


@pytest.fixture
def connection(demo: DemoProcess, settings_for: SettingsFor, tmp_path: Path) -> apsw.Connection:
    folder = tmp_path / "schemas"
    folder.mkdir()
    (folder / "domain.yaml").write_text(DOMAIN, encoding="utf-8")
    settings = settings_for(demo)
    return iptvvtab.connect(
        api_url=settings.api_url,
        auth_url=settings.auth_url,
        username=settings.username,
        password=demo.environment["IPTVPORTAL_PASSWORD"],
        state_folder=settings.state_folder,
        schemas=folder,
        source="live",
        rate=0,
    )


def test_a_nameless_column_beyond_the_63rd_is_read_by_position(connection: apsw.Connection, demo: DemoProcess) -> None:
    """Columns that may be used, because SQLite cannot say, do not stand in the way of those that are."""
    rows = connection.execute("SELECT id, Field_100 FROM portal.domain ORDER BY id").fetchall()
    whole = [one["params"]["data"] for one in demo.log().documents if one["params"]["from"][0]["table"] == "domain"]
    assert ["*"] in whole
    assert len(rows) == 5
    assert len({row[1] for row in rows}) > 1
    connection.close()


def test_a_named_column_of_unknown_position_is_read_by_name(connection: apsw.Connection) -> None:
    """Without a nameless column that SQLite may mean, a column needs no position."""
    names = connection.execute("SELECT username FROM portal.subscriber").fetchall()
    assert any(isinstance(name, str) for (name,) in names)
    connection.close()


@pytest.mark.parametrize("columns", ["Field_100, name", "name, Field_100", "name, Field_2", "name"])
def test_the_two_kinds_together_are_an_error_that_says_what_to_write(connection: apsw.Connection, columns: str) -> None:
    """No document can ask for both, and a guess would show another column's values.

    SQLite does not tell `name`, here the 168th, from the nameless columns after the 63rd.
    """
    with pytest.raises(UnknownPosition, match="name"):
        connection.execute(f"SELECT {columns} FROM portal.domain").fetchall()
    connection.close()
