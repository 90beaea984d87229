"""The portals this process is connected to: each once, however many connections read it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from iptvvtab.connection.prompt import prompt_for
from iptvvtab.connection.tracefile import sink_for
from iptvvtab.portal import Client, abilities, load_capabilities
from iptvvtab.remote import Remote, Sizes
from iptvvtab.schema import Catalog, load_catalog
from iptvvtab.source import Source

if TYPE_CHECKING:
    from iptvvtab.config import Settings

MEBIBYTE = 1024 * 1024

_Key = tuple[object, ...]


@dataclass(slots=True)
class Portal:
    """A portal in use: its tables, its client, what is remembered of it. `users` counts who holds it."""

    catalog: Catalog
    client: Client
    source: Source
    users: int = 0


_lock = threading.Lock()
_portals: dict[_Key, Portal] = {}


def _key(settings: Settings) -> _Key:
    """Return what two connections must share to share a portal: account and limits, tables, sizes."""
    return (
        settings.client_key,
        settings.schemas,
        settings.first_page_rows,
        settings.page_rows,
        settings.memory_limit,
        settings.trace,
    )


def take(settings: Settings) -> Portal:
    """Return the portal of these settings for one more user, who must `release` it. Nothing travels."""
    key = _key(settings)
    with _lock:
        portal = _portals.get(key)
        if portal is None:
            portal = _portals[key] = _assemble(settings)
        portal.users += 1
        return portal


def release(settings: Settings) -> None:
    """Let go of a portal; the last user to leave frees its thread and sockets."""
    key = _key(settings)
    with _lock:
        portal = _portals[key]
        portal.users -= 1
        if portal.users:
            return
        del _portals[key]
    portal.client.close()


def _assemble(settings: Settings) -> Portal:
    catalog = load_catalog(settings.schemas)
    trace = sink_for(settings.trace)
    client = Client(settings, trace=trace, prompt=prompt_for(settings.username))
    sizes = Sizes(settings.first_page_rows, settings.page_rows)
    remote = Remote(
        client, catalog, partial(abilities, client, catalog), sizes, trace, partial(load_capabilities, settings)
    )
    return Portal(catalog, client, Source(remote, int(settings.memory_limit * MEBIBYTE)))
