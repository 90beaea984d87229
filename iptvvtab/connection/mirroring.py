"""How the tables of a portal are kept in the shadow file: by settings, else by their schemas."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from iptvvtab.connection import portals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iptvvtab.config import Settings
    from iptvvtab.mirror import Mirror
    from iptvvtab.schema import Table

TTL = 3600.0
"""Seconds that a synced table is fresh where nothing says otherwise."""


def ttl(settings: Settings, table: Table) -> float:
    """Return how old, in seconds, a mirror of a table may be."""
    if (own := settings.ttl_of(table.name)) is not None:
        return own
    return TTL if table.policy.ttl is None else float(table.policy.ttl)


def interval(settings: Settings, table: Table) -> float:
    """Return the seconds after which a table is synced again: as its schema says, else before it is too old."""
    own = table.policy.sync_interval
    return ttl(settings, table) if own is None else float(own)


@contextmanager
def mirror_of(settings: Settings) -> Iterator[Mirror]:
    """Give the shadow file of a portal, and what fills it. Raises SchemaError, MissingSetting."""
    settings.require_portal()
    portal = portals.take(settings)
    try:
        yield portal.mirror
    finally:
        portals.release(portal)
