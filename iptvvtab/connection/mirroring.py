"""How the tables of a portal are kept in the shadow file: by settings, else by their schemas."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from iptvvtab.connection.portals import shared_portal
from iptvvtab.source import Freshness, Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iptvvtab.config import Settings
    from iptvvtab.mirror import Mirror
    from iptvvtab.schema import Table

TTL = 3600.0
"""Seconds that a synced table is fresh where nothing says otherwise."""


def freshness(settings: Settings, table: Table) -> Freshness:
    """Return what rows of a table may be given: by the settings, else by its schema."""
    own, policy = settings.for_table(table.name), table.policy
    assert own.source is not None
    return Freshness(
        Origin(own.source),
        own.max_age,
        _first(own.ttl, policy.ttl, TTL),
        _first(own.swr, policy.swr, 0.0),
        _first(own.sie, policy.sie, 0.0),
    )


def ttl(settings: Settings, table: Table) -> float:
    """Return how old, in seconds, a mirror of a table may be."""
    return freshness(settings, table).ttl


def _first(*values: float | None) -> float:
    return float(next(value for value in values if value is not None))


def interval(settings: Settings, table: Table) -> float:
    """Return the seconds after which a table is synced again: as its schema says, else before it is too old."""
    own = table.policy.sync_interval
    return ttl(settings, table) if own is None else float(own)


@contextmanager
def mirror_of(settings: Settings) -> Iterator[Mirror]:
    """Give the shadow file of a portal, and what fills it. Raises SchemaError, MissingSetting."""
    with shared_portal(settings) as portal:
        yield portal.mirror
