"""Where rows come from, in every mixture: each table has a part to play, and so has each rule of joins."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from typing import Any

import apsw
import yaml

from iptvvtab.config import load
from iptvvtab.connection import mirror_of
from iptvvtab.demo import DemoProcess
from iptvvtab.schema import Catalog, Table, load_catalog
from iptvvtab.vtab import ALL
from iptvvtab.vtab.contract import LOOKAHEAD
from tests.differential.joined import with_local
from tests.differential.oracle import plain_tables
from tests.differential.sides import SCHEMAS, connect

LONG = 3600
"""Seconds that rows are fresh where they are; no row of these portals changes."""
PAGES = {"first_page_rows": 10, "page_rows": 100}
"""So that the outer table of a join takes several pages."""

LIVE, FRESH, STALE, ON_DEMAND, REMEMBERED = "live", "fresh", "stale", "on demand", "remembered"
IN_FILE = (FRESH, STALE)
OF_TESTS = ("domain", "media")
"""Tables of which the tests have a schema of their own: nothing is kept on demand of them."""
_SETTINGS: dict[str, dict[str, int]] = {
    LIVE: {"max_age": 0},
    FRESH: {"ttl": LONG},
    STALE: {"max_age": 0},
    ON_DEMAND: {"ttl": LONG},
    REMEMBERED: {"max_age": LONG},
}


@dataclass(frozen=True)
class Mixture:
    """The parts that tables play, in turn from the `first` on; without the rules that are `off`."""

    parts: tuple[str, ...]
    first: int = 0
    off: tuple[str, ...] = ()
    is_redirected: bool = True

    @property
    def name(self) -> str:
        """What a mixture of these parts has of its own: a file, a folder of schemas, memory."""
        return f"{' '.join(self.parts)} {self.first}" if len(self.parts) > 1 else self.parts[0]

    def __str__(self) -> str:
        turned = [] if self.is_redirected else ["virtual"]
        return ", ".join([self.name, *turned, *(f"no {one}" for one in self.off)])

    def part(self, number: int, table: Table) -> str:
        """Return the part of a table: rows can be kept on demand only where a key names them."""
        found = self.parts[(number + self.first) % len(self.parts)]
        return LIVE if found == ON_DEMAND and (not table.key or table.name in OF_TESTS) else found


def _each_way(parts: tuple[str, ...], first: int = 0) -> Iterator[Mixture]:
    yield Mixture(parts, first)
    yield Mixture(parts, first, (LOOKAHEAD,), is_redirected=FRESH not in parts)
    if FRESH in parts:
        yield Mixture(parts, first, is_redirected=False)


BESIDE = (FRESH, STALE, ON_DEMAND, LIVE)
BESIDE_MEMORY = (FRESH, STALE, REMEMBERED)
MIXTURES = (
    *_each_way((LIVE,)),
    *_each_way((REMEMBERED,)),
    Mixture((REMEMBERED,), off=(ALL,)),
    *_each_way((FRESH,)),
    *(one for first in range(len(BESIDE)) for one in _each_way(BESIDE, first)),
    *(one for first in range(len(BESIDE_MEMORY)) for one in _each_way(BESIDE_MEMORY, first)),
)


class Worlds:
    """Plain tables and connections to a portal by store and mixture, made when first asked for."""

    def __init__(self, served: Callable[[str], DemoProcess], folder: Path) -> None:
        self.served, self._folder = served, folder
        self._oracles: dict[str, apsw.Connection] = {}
        self._made: dict[tuple[str, Mixture], apsw.Connection] = {}
        self._synced: set[Path] = set()

    def oracle(self, store: str) -> apsw.Connection:
        """Return plain tables of a store's rows."""
        if store not in self._oracles:
            self._oracles[store] = with_local(plain_tables(self.served(store), load_catalog(SCHEMAS)))
        return self._oracles[store]

    def of(self, store: str, mixture: Mixture) -> apsw.Connection:
        """Return a connection whose tables play these parts."""
        key = store, mixture
        if key not in self._made:
            self._made[key] = self._make(store, mixture)
        return self._made[key]

    def close(self) -> None:
        """Close every connection."""
        for connection in (*self._oracles.values(), *self._made.values()):
            connection.close()

    def _make(self, store: str, mixture: Mixture) -> apsw.Connection:
        catalog = load_catalog(SCHEMAS)
        parts = {name: mixture.part(number, catalog[name]) for number, name in enumerate(sorted(catalog))}
        folder = self._folder / store / mixture.name
        demo = self.served(store)
        given = self._prepared(demo, folder, catalog, parts)
        with chdir(folder):
            settings = {**given, "rules_off": list(mixture.off), "redirect": mixture.is_redirected}
            connection = with_local(connect(demo, folder.parent, **settings))
        for name, part in parts.items():
            if part == REMEMBERED:
                self._read_whole(connection, catalog[name])
        return connection

    def _prepared(self, demo: DemoProcess, folder: Path, catalog: Catalog, parts: Mapping[str, str]) -> dict[str, Any]:
        """Write the settings and schemas of a mixture, and sync what is in its file, once; return the settings."""
        names = {"api_url": "API_URL", "auth_url": "AUTH_URL", "username": "USERNAME", "password": "PASSWORD"}
        given: dict[str, Any] = {name: demo.environment[f"IPTVPORTAL_{variable}"] for name, variable in names.items()}
        memory = 64 if REMEMBERED in parts.values() else 0
        given |= {"source": "live" if {*parts.values()} == {LIVE} else "auto", "memory_limit": memory, "rate": 0}
        given |= {"schemas": folder / "schemas", "state_folder": folder.parent, "mirror": folder / "mirror.db"}
        given |= PAGES
        if folder in self._synced:
            return given
        self._synced.add(folder)
        copytree(SCHEMAS, folder / "schemas")
        kept = [name for name, part in parts.items() if part == ON_DEMAND]
        on_demand = {name: {"sync_config": {"cache_strategy": "on-demand"}} for name in kept}
        _write(folder / "schemas" / "on_demand.yaml", {"schemas": on_demand})
        _write(folder / "iptvvtab.yaml", {"tables": {name: {**_SETTINGS[part]} for name, part in parts.items()}})
        with mirror_of(load(None, given, environment={}, folder=folder)) as mirror:
            for name, part in parts.items():
                assert part not in IN_FILE or mirror.sync(name, LONG).outcome == "published"
        return given

    def _read_whole(self, connection: apsw.Connection, table: Table) -> None:
        columns = ", ".join(f'"{one.name}"' for one in table.columns if table.is_placed(one))
        connection.execute(f'SELECT {columns} FROM portal."{table.name}"').fetchall()


def _write(path: Path, content: Any) -> None:
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
