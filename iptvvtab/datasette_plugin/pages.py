"""Our part of Datasette (a pluggy plugin): what its templates are given.

The shadow file's bookkeeping is read through Datasette's own connection.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette

from iptvvtab.datasette_plugin.freshness import PUBLISHED, judged, summed_up

NAME = "iptvvtab"
"""What the part is called in Datasette's metadata."""


@hookimpl  # type: ignore[untyped-decorator]  # pluggy's, through a module without types
def extra_template_vars(datasette: Datasette, database: str | None) -> Callable[[], Awaitable[dict[str, Any]]]:
    """Give templates a Freshness for each table of the file by name, and a sentence about all of them."""

    async def variables() -> dict[str, Any]:
        file = datasette.get_database(database)
        found = await file.execute(PUBLISHED)
        known = (datasette.plugin_config(NAME) or {}).get("tables", {})
        now = time.time()
        tables = [judged(tuple(row), known, now) for row in found.rows]
        return {
            "mirror_name": file.name,
            "mirrored": {one.table: one for one in tables},
            "mirrored_in_short": summed_up(tables),
        }

    return variables
