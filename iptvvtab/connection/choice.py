"""Where the rows of one connection come from: by the settings, until somebody chooses otherwise in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import apsw

from iptvvtab.connection.mirroring import freshness
from iptvvtab.errors import UsageError, did_you_mean
from iptvvtab.source import Freshness, Origin

if TYPE_CHECKING:
    from iptvvtab.config import Settings
    from iptvvtab.schema import Catalog

FUNCTION = "portal_source"


class Choice:
    """What one schema of a connection accepts, table by table. `source`: what was chosen; None: nothing was."""

    def __init__(self, settings: Settings, catalog: Catalog) -> None:
        self.settled = Origin(settings.source)
        self.source: Origin | None = None
        self._of = {table.name: freshness(settings, table) for table in catalog.values()}

    def freshness(self, table: str) -> Freshness:
        """Return what is accepted of a table."""
        found = self._of[table]
        return found if self.source is None else replace(found, origin=self.source)

    def choose(self, name: str | None) -> str:
        """Let all tables come from `auto`, `live` or `mirror`, and return where they came from before.

        The word of the settings, or None, undoes it: then single tables go by their own settings again.
        """
        before = self.source or self.settled
        chosen = None if name is None else Origin(name)
        self.source = None if chosen is self.settled else chosen
        return before.value


def install_choice(connection: apsw.Connection, choices: Mapping[str, Choice]) -> None:
    """Give a connection the SQL function `portal_source([source [, schema]])`; without a schema it means all of them.

    It returns what held before, that of the first schema. A word that is no source is a UsageError.
    """

    def portal_source(*words: Any) -> str:
        source, schema = (*words, None, None)[:2]
        known = [one.value for one in Origin]
        if source is not None and source not in known:
            hint = did_you_mean(str(source), known)
            raise UsageError(f"{FUNCTION} takes one of {', '.join(known)}, not {source!r}{hint}")
        if schema is not None and schema not in choices:
            hint = did_you_mean(str(schema), choices)
            raise UsageError(f"no portal is registered under the schema name {schema!r} on this connection{hint}")
        meant = [choices[schema]] if schema is not None else list(choices.values())
        before = (meant[0].source or meant[0].settled).value
        if words:
            for one in meant:
                one.choose(source)
        return before

    for count in range(3):
        connection.create_scalar_function(FUNCTION, portal_source, count, flags=apsw.SQLITE_DIRECTONLY)
