"""The two sides of the differential tests: a portal's virtual tables, and plain tables of its rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw

import iptvvtab
from iptvvtab.demo import DemoProcess
from iptvvtab.schema import load_catalog
from tests.differential.oracle import plain_tables

SCHEMAS = Path(__file__).parent.parent / "data" / "schemas"
SMALL_PAGES = {"first_page_rows": 7, "page_rows": 40}
"""So that every table takes several pages."""


def connect(demo: DemoProcess, state: Path, **overrides: Any) -> apsw.Connection:
    """A connection with the virtual tables of a demo portal."""
    environment = demo.environment
    settings: dict[str, Any] = {
        "api_url": environment["IPTVPORTAL_API_URL"],
        "auth_url": environment["IPTVPORTAL_AUTH_URL"],
        "username": environment["IPTVPORTAL_USERNAME"],
        "password": environment["IPTVPORTAL_PASSWORD"],
        "schemas": SCHEMAS,
        "state_folder": state,
        "rate": 0,
    }
    return iptvvtab.connect(**{**settings, **overrides})


class Sides:
    """Oracle and portal of a store, made when first asked for."""

    def __init__(self, served: Callable[[str], DemoProcess], state: Path) -> None:
        self._served, self._state = served, state
        self._made: dict[str, tuple[apsw.Connection, apsw.Connection]] = {}

    def of(self, store: str) -> tuple[apsw.Connection, apsw.Connection]:
        """Return the oracle and the portal's connection."""
        if store not in self._made:
            demo = self._served(store)
            oracle = plain_tables(demo, load_catalog(SCHEMAS))
            self._made[store] = oracle, connect(demo, self._state / store, source="live", **SMALL_PAGES)
        return self._made[store]

    def close(self) -> None:
        """Close every connection."""
        for pair in self._made.values():
            for connection in pair:
                connection.close()
