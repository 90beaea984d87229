"""The two sides of the differential tests: a portal's virtual tables, and plain tables of its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
MAX_AGE = 3600.0
"""Seconds that rows are remembered where they may be: no row of these portals changes."""


def connect(demo: DemoProcess, state: Path, **overrides: Any) -> apsw.Connection:
    """A connection with the virtual tables of a demo portal, which read all that they are asked."""
    environment = demo.environment
    settings: dict[str, Any] = {
        "api_url": environment["IPTVPORTAL_API_URL"],
        "auth_url": environment["IPTVPORTAL_AUTH_URL"],
        "username": environment["IPTVPORTAL_USERNAME"],
        "password": environment["IPTVPORTAL_PASSWORD"],
        "schemas": SCHEMAS,
        "state_folder": state,
        "rate": 0,
        "whole_statements": False,
    }
    return iptvvtab.connect(**{**settings, **overrides})


class Sides:
    """Oracle and portal of a store, made when first asked for."""

    def __init__(self, served: Callable[[str], DemoProcess], state: Path) -> None:
        self.served, self._state = served, state
        self._oracles: dict[str, apsw.Connection] = {}
        self._portals: dict[tuple[str, frozenset[str], str], apsw.Connection] = {}

    def of(
        self, store: str, off: Iterable[str] = (), *, source: str = "live"
    ) -> tuple[apsw.Connection, apsw.Connection]:
        """Return the oracle and the portal's connection, which goes without the rules that are `off`."""
        if store not in self._oracles:
            self._oracles[store] = plain_tables(self.served(store), load_catalog(SCHEMAS))
        key = store, frozenset(off), source
        if key not in self._portals:
            settings = {"source": source, "max_age": MAX_AGE, "rules_off": sorted(off), **SMALL_PAGES}
            self._portals[key] = connect(self.served(store), self._state / store, **settings)
        return self._oracles[store], self._portals[key]

    def close(self) -> None:
        """Close every connection."""
        for connection in (*self._oracles.values(), *self._portals.values()):
            connection.close()
