"""Gives a connection a module, and a schema the tables made from it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import apsw

from iptvvtab.mirror import quoted
from iptvvtab.vtab.lists import ListModule
from iptvvtab.vtab.table import PortalModule


def install(
    connection: apsw.Connection, schema: str, name: str, module: PortalModule | ListModule, tables: Iterable[str]
) -> None:
    """Register a module under a name and create its tables in an attached schema.

    iVersion 2: version 3 is limited to 33 registrations in a process (vtab-facts 9), and offers nothing to readers.
    """
    complete = cast("Any", module)  # APSW's protocol lists every method there is; readers need four
    connection.create_module(name, complete, use_bestindex_object=True, iVersion=2, read_only=True)
    for table in tables:
        connection.execute(f"CREATE VIRTUAL TABLE {quoted(schema)}.{quoted(table)} USING {quoted(name)}")
