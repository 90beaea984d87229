"""A portal on a real PostgreSQL, and that PostgreSQL asked directly: the oracle of what a statement means."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from iptvvtab.demo.engine import Engine, Refusal
from iptvvtab.demo.tables import demo_catalog
from iptvvtab.errors import SqlRefused
from iptvvtab.jsonsql import ColumnName, Encoded, Names, PgType, Prepared, TableName
from iptvvtab.types import Json

CASES = Path(__file__).parent / "cases"
NAMES = Names(
    TableName(
        table.name,
        table.name,
        tuple(ColumnName(one.name, one.name, one.type, not one.is_required) for one in table.columns),
        table.key,
        is_whole=True,
    )
    for table in demo_catalog().values()
)
"""The demo's tables, as somebody knows them who knows all of it."""

ODD = (
    TableName("odd", "odd", (ColumnName("id", "id"), ColumnName("x", "x", PgType.TEXT), ColumnName("field_2", None))),
    TableName("values", "values", (ColumnName("id", "id"),)),
)
"""Tables that a document cannot name, or not all of: for refusals."""


def statements(name: str) -> list[Any]:
    """The statements of a file, each under its group and text."""
    groups = yaml.safe_load((CASES / name).read_text(encoding="utf-8"))
    return [
        pytest.param(sql, id=f"{group.replace(' ', '-')}-{at}")
        for group, listed in groups.items()
        for at, sql in enumerate(listed, start=1)
    ]


def directly(engine: Engine, sql: str) -> tuple[str, Any]:
    """What PostgreSQL answers to the text itself."""
    try:
        return "rows", [_plain(row) for row in engine._store.run(Prepared(sql, None), None)]
    except SqlRefused as refusal:
        return "refused", str(refusal)


def through_the_portal(engine: Engine, encoded: Encoded) -> tuple[str, Any]:
    """What the portal answers to the document."""
    try:
        rows = engine.execute(encoded.method, encoded.params)
    except Refusal as refusal:
        return "refused", refusal.message
    return "rows", [_plain(row if isinstance(row, (list, tuple)) else [row]) for row in rows]


def in_any_order(answer: tuple[str, Any]) -> tuple[str, Any]:
    status, rows = answer
    return (status, sorted(rows, key=repr)) if status == "rows" else answer


def _plain(row: Json) -> list[Any]:
    """1000 and 1000.0 are one number: PostgreSQL prints 1e3 as the one, and a document says the other."""
    return [int(one) if isinstance(one, float) and one.is_integer() else one for one in row]


@contextmanager
def rolled_back(engine: Engine, table: str) -> Iterator[None]:
    """Undo what is written meanwhile; new rows are numbered from 1000."""
    directly(engine, "BEGIN")
    try:
        directly(engine, f"ALTER SEQUENCE IF EXISTS {table}_id_seq RESTART WITH 1000")
        yield
    finally:
        directly(engine, "ROLLBACK")
