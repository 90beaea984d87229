"""Queries and what they make travel: cases in short, documents as they travel, portals to ask."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import apsw
import pytest
import yaml

import iptvvtab
from iptvvtab.config import load
from iptvvtab.demo import DemoProcess
from iptvvtab.errors import Error
from iptvvtab.portal import load_capabilities, store_capabilities
from tests.differential.sides import SCHEMAS, connect

HERE = Path(__file__).parent
SETTINGS = {"source": "live", "first_page_rows": 10, "rules_off": ["learned"]}
"""Of every case, unless it says otherwise."""

SHORT_LIST = 3
"""Members of the longest IN list of a portal that takes short ones only."""

PORTALS: dict[str, dict[str, Any]] = {
    "usual": {},
    "bare": {"profile": "bare"},
    "bytewise": {"bytewise_text": True},
    "capped": {"row_cap": 100},
    "short_lists": {"longest_in": SHORT_LIST},
    "uncounted": {"count": False},
    "unsorted": {"order_direction": None},
}
"""The switches of the demo portal under which a case is asked."""


@dataclass(frozen=True)
class Asked:
    """What a case made travel: documents as the portal saw them, and the rows that it answered in all."""

    documents: list[dict[str, Any]]
    rows: int


def cases() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every case with what it shows, file by file."""
    for path in sorted((HERE / "cases").glob("requests*.yaml")):
        for name, each in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            yield from ((name, case) for case in each)


def names(value: str | list[Any]) -> list[Any]:
    """Columns as they travel: `*` alone, names qualified, anything else as it is."""
    return ["*"] if value == "*" else [{"t": name} if isinstance(name, str) else name for name in value]


def written_out(short: dict[str, Any]) -> dict[str, Any]:
    """A document of a case as it travels: `data` and `order_by` are names, `from` or `count_of` a table."""
    if "count_of" in short:
        counting = {"data": [{"function": "count", "args": ["*"]}], "from": [{"table": short["count_of"], "as": "t"}]}
        return counting | ({"where": short["where"]} if "where" in short else {})
    document: dict[str, Any] = {"data": names(short["data"]), "from": [{"table": short["from"], "as": "t"}]}
    document |= {name: short[name] for name in ("distinct", "where", "limit", "offset") if name in short}
    if "order_by" in short:
        document["order_by"] = names(short["order_by"])
    return document


def first_contact(demo: DemoProcess, portal: str, state: Path) -> None:
    """Let a state folder know what a portal can do and have a session, so that only queries travel.

    The first contact looks for no list as short as ours: its length is written as doctor would.
    """
    demo.set_switches(**PORTALS[portal])
    connection = connect(demo, state, schemas=SCHEMAS)
    connection.execute("SELECT id FROM portal.subscriber WHERE username LIKE 'x'").fetchall()
    connection.close()
    if portal == "short_lists":
        settings = load(None, _where(demo, state), environment={}, folder=state)
        known = load_capabilities(settings)
        assert known is not None
        store_capabilities(settings, replace(known, longest_in=SHORT_LIST))


def _where(demo: DemoProcess, state: Path) -> dict[str, Any]:
    names = {"api_url": "API_URL", "auth_url": "AUTH_URL", "username": "USERNAME", "password": "PASSWORD"}
    given = {name: demo.environment[f"IPTVPORTAL_{variable}"] for name, variable in names.items()}
    return {**given, "state_folder": state}


def ask(demo: DemoProcess, state: Path, case: dict[str, Any]) -> Asked:
    """Run a case on a portal that was met before, its statements in turn, as if nothing had been asked since."""
    demo.set_switches(**PORTALS[case.get("portal", "usual")])
    demo.reset()
    schemas = HERE / "schemas" / case["schemas"] if "schemas" in case else SCHEMAS
    with TemporaryDirectory() as copy:
        shutil.copytree(state, copy, dirs_exist_ok=True)
        connection = connect(demo, Path(copy), schemas=schemas, **{**SETTINGS, **case.get("settings", {})})
        try:
            with iptvvtab.meter(connection) as meter:
                _run(connection, case)
        finally:
            connection.close()
    return Asked([one["params"] for one in demo.log().documents], meter.receipt().rows)


def _run(connection: apsw.Connection, case: dict[str, Any]) -> None:
    for sql in [case["sql"]] if isinstance(case["sql"], str) else case["sql"]:
        if "error" not in case:
            connection.execute(sql).fetchall()
            continue
        with pytest.raises((apsw.Error, Error), match=case["error"]):
            connection.execute(sql).fetchall()
