"""Virtual tables put together from parts: with a contract, an observer or a table class of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import apsw

from iptvvtab.config import load
from iptvvtab.demo import DemoProcess
from iptvvtab.mirror import quoted
from iptvvtab.portal import Client, abilities
from iptvvtab.remote import Journal, Remote, Sizes
from iptvvtab.schema import Table, load_catalog
from iptvvtab.source import Freshness, Learned, Origin, Source
from iptvvtab.vtab import Context, Contract, declaration, install, interruption
from iptvvtab.vtab.observer import Observed, Observer
from iptvvtab.vtab.table import PortalModule, PortalTable
from tests.differential.sides import SCHEMAS, SMALL_PAGES

MakeTable = Callable[[Context, Table, Callable[[], bool]], PortalTable]
MEMORY = 64 * 1024 * 1024


class Parts:
    """A client of one portal and what is known of it, for any number of connections, one after another."""

    def __init__(self, demo: DemoProcess, state: Path) -> None:
        environment = demo.environment
        settings = load(
            None,
            {
                "api_url": environment["IPTVPORTAL_API_URL"],
                "auth_url": environment["IPTVPORTAL_AUTH_URL"],
                "username": environment["IPTVPORTAL_USERNAME"],
                "password": environment["IPTVPORTAL_PASSWORD"],
                "state_folder": state,
                "rate": 0,
            },
            environment={},
            folder=state,
        )
        self.catalog = load_catalog(SCHEMAS)
        self._client = Client(settings)
        sizes = Sizes(SMALL_PAGES["first_page_rows"], SMALL_PAGES["page_rows"])
        self._remote = Remote(self._client, self.catalog, partial(abilities, self._client, self.catalog), sizes)
        assert self._remote.capabilities.is_probed  # so that the first plan knows what the portal can do

    def connection(
        self,
        contract: Contract | None = None,
        make_table: MakeTable = PortalTable,
        observer: Observer | None = None,
        journal: Journal | None = None,
        learned: Learned | None = None,
    ) -> apsw.Connection:
        """A connection whose tables keep this contract and are made so; nothing is remembered between statements."""
        connection = apsw.Connection(":memory:")
        context = Context(
            catalog=self.catalog,
            source=Source(self._remote, MEMORY, learned=learned, tables=self.catalog),
            journal=journal or Journal(),
            freshness=lambda _: Freshness(Origin.LIVE, 0.0),
            opened=lambda: None,
            closed=lambda: None,
            contract=contract or Contract(),
            observed=Observed(observer),
        )
        connection.execute(f"ATTACH ':memory:' AS {quoted('portal')}")
        install(connection, "portal", "parts", _Module(context, interruption(connection), make_table), self.catalog)
        return connection

    def close(self) -> None:
        """Close the client."""
        self._client.close()


class _Module(PortalModule):
    """A module of tables that are made in the test's own way."""

    def __init__(self, context: Context, interrupted: Callable[[], bool], make_table: MakeTable) -> None:
        super().__init__(context, interrupted)
        self._made = partial(make_table, context), interrupted

    def Create(  # noqa: N802 -- APSW's name
        self, connection: apsw.Connection, module: str, schema: str, name: str, *arguments: str
    ) -> tuple[str, PortalTable]:
        """Return a table's declaration and the table."""
        make, interrupted = self._made
        table: Any = self._context.catalog[name]
        return declaration(table), make(table, interrupted)

    Connect = Create
