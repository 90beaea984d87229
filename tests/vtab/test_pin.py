"""Why apsw is pinned, and when the pin may go: an empty IN set must reach Filter as a value, not as an error."""

# ruff: noqa: N802 -- APSW's names

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import apsw
from packaging.requirements import Requirement

PROJECT = Path(__file__).parent.parent.parent / "pyproject.toml"
BROKEN = ("3.54.0.0", "3.54.1.0")
"""Versions seen to raise `SQLError: <NULL>` for an empty IN set before Filter is called (vtab-facts 7)."""


class Table:
    """A virtual table that takes an IN as one set and remembers what Filter got."""

    def __init__(self) -> None:
        self.got: list[tuple[Any, ...]] = []

    def Create(self, connection: apsw.Connection, module: str, schema: str, name: str, *_: str) -> tuple[str, Table]:
        return "CREATE TABLE x (c INTEGER)", self

    Connect = Create

    def BestIndexObject(self, index: apsw.IndexInfo) -> bool:
        index.set_aConstraintUsage_argvIndex(0, 1)
        index.set_aConstraintUsage_in(0, True)
        return True

    def Open(self) -> Table:
        return self

    def Filter(self, number: int, text: str | None, arguments: tuple[Any, ...]) -> None:
        self.got.append(arguments)

    def Eof(self) -> bool:
        return True

    def Close(self) -> None: ...

    def Disconnect(self) -> None: ...

    Destroy = Disconnect


def pinned() -> Requirement:
    dependencies = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["dependencies"]
    return next(one for one in map(Requirement, dependencies) if one.name == "apsw")


def test_empty_set_reaches_filter() -> None:
    """On the installed apsw an empty IN set arrives in Filter, as an empty set or as None; no error."""
    table = Table()
    connection = apsw.Connection(":memory:")
    connection.create_module("m", table, use_bestindex_object=True, iVersion=2, read_only=True)
    connection.execute("CREATE VIRTUAL TABLE t USING m")
    assert connection.execute("SELECT * FROM t WHERE c IN (SELECT value FROM json_each('[]'))").fetchall() == []
    assert len(table.got) == 1
    assert not table.got[0][0]


def test_pin_keeps_the_broken_versions_out() -> None:
    """The pin admits what is installed and none of the broken versions.

    When the test above passes on a newer apsw, loosen the pin to that one: `apsw>=3.53.4,!=3.54.0.*,!=3.54.1.*`.
    """
    specifier = pinned().specifier
    assert specifier.contains(apsw.apsw_version())
    assert [one for one in BROKEN if specifier.contains(one)] == []
