"""The portals this process is connected to: each once, however many connections read it."""

from __future__ import annotations

import json
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from iptvvtab.connection.prompt import prompt_for
from iptvvtab.connection.tracefile import sink_for
from iptvvtab.mirror import Mirror, mirror_path, portal_of
from iptvvtab.portal import Client, abilities, digesting, file_stem, load_capabilities, write_atomically
from iptvvtab.remote import Remote, Sizes
from iptvvtab.schema import Catalog, edition, load_catalog
from iptvvtab.source import Learned, Source

if TYPE_CHECKING:
    from iptvvtab.config import Settings
    from iptvvtab.trace import Event, Sink

MEBIBYTE = 1024 * 1024

FORMAT = 1
"""Of the file of what was learned; one of another format says nothing."""

KEPT_EVERY = 60.0
"""Seconds between two writes of it, at least."""

HASH_KEY = "hash.key"
"""The file of the state folder with the key of hashes, which no shadow file holds."""

_Key = tuple[object, ...]
_log = logging.getLogger(__name__)


class Keeper:
    """Keeps what is learned of a portal in a file of the state folder: now and then, and when `keep` is called.

    Whatever cannot be read says nothing. Two processes write whole files: the last one wins. `clock` counts seconds.
    """

    def __init__(self, settings: Settings, catalog: Catalog, clock: Callable[[], float] = time.monotonic) -> None:
        self.learned = Learned(catalog, self._heard)
        self._path = Path(settings.state_folder) / "learned" / f"{file_stem(settings)}.json"
        self._portal, self._clock = settings.portal_id, clock
        self._lock = threading.RLock()  # see Learned
        self._is_new, self._kept_at = False, clock()
        self._load()

    def keep(self) -> None:
        """Write what is known, if that is more than before; where it cannot be written, each process learns anew."""
        with self._lock:
            if not self._is_new or sys.is_finalizing():
                return
            self._is_new, self._kept_at = False, self._clock()
            document = {"format": FORMAT, "portal": self._portal, **self.learned.to_json()}
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                write_atomically(self._path, json.dumps(document, indent=1, ensure_ascii=False).encode())
            except OSError as error:
                _log.info("what was learned is not kept: %s: %s", self._path, error.strerror)

    def _heard(self) -> None:
        self._is_new = True
        if self._clock() - self._kept_at >= KEPT_EVERY:
            self.keep()

    def _load(self) -> None:
        try:
            stored = json.loads(self._path.read_bytes())
            if stored["format"] == FORMAT:
                self.learned.from_json(stored)
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return  # nothing to go by: it is learned again


@dataclass(slots=True)
class Portal:
    """A portal in use: its tables, its client, what is remembered and learned. `users` counts who holds it."""

    key: _Key
    catalog: Catalog
    client: Client
    source: Source
    keeper: Keeper
    mirror: Mirror
    users: int = 0


_lock = threading.Lock()
_portals: dict[_Key, Portal] = {}
_released: SimpleQueue[Portal] = SimpleQueue()
"""Portals that somebody let go of. The collector may do so anywhere, and within our own lock too."""


def _key(settings: Settings) -> _Key:
    """Return what two connections must share to share a portal: account and limits, tables, sizes.

    Raises SchemaError for schema files that cannot be read.
    """
    return (
        settings.client_key,
        settings.schemas and edition(settings.schemas),
        settings.first_page_rows,
        settings.page_rows,
        settings.memory_limit,
        settings.trace,
        settings.mirror,
        settings.mirror_key_file,
    )


def take(settings: Settings) -> Portal:
    """Return the portal of these settings for one more user, who must `release` it. Nothing travels."""
    key = _key(settings)
    try:
        with _lock:
            portal = _portals.get(key)
            if portal is None:
                portal = _portals[key] = _assemble(key, settings)
            portal.users += 1
            return portal
    finally:
        _settle()


def release(portal: Portal) -> None:
    """Let go of a portal; the last user to leave frees its thread and sockets, and what was learned is kept."""
    _released.put(portal)
    _settle()


@contextmanager
def shared_portal(settings: Settings) -> Iterator[Portal]:
    """Give the portal of these settings, until the end of the block. Raises SchemaError, MissingSetting."""
    settings.require_portal()
    portal = take(settings)
    try:
        yield portal
    finally:
        release(portal)


def _settle() -> None:
    """Do what releases are left to do; while somebody holds the lock, they do it as soon as they have let go of it."""
    while not _released.empty() and _lock.acquire(blocking=False):
        try:
            left = list(_without_users())
        finally:
            _lock.release()
        for portal in left:
            portal.client.close()
            portal.keeper.keep()


def _without_users() -> Iterator[Portal]:
    while not _released.empty():
        portal = _released.get()
        portal.users -= 1
        if not portal.users:
            yield _portals.pop(portal.key)


def _assemble(key: _Key, settings: Settings) -> Portal:
    catalog = load_catalog(settings.schemas)
    trace = sink_for(settings.trace)
    client = Client(settings, trace=trace, prompt=prompt_for(settings.username))
    sizes = Sizes(settings.first_page_rows, settings.page_rows)
    keeper = Keeper(settings, catalog)
    heard = _both(trace, keeper.learned.hear)
    remote = Remote(
        client,
        catalog,
        partial(abilities, client, catalog),
        sizes,
        heard,
        partial(load_capabilities, settings),
        partial(digesting, client, catalog),
        settings.concurrency,
    )
    source = Source(remote, int(settings.memory_limit * MEBIBYTE), learned=keeper.learned, tables=catalog)
    mirror = Mirror(
        mirror_path(settings),
        portal_of(settings),
        catalog,
        remote,
        counted=keeper.learned.table_read,
        hash_key=Path(settings.state_folder) / HASH_KEY,
        key_file=settings.mirror_key_file,
    )
    return Portal(key, catalog, client, source, keeper, mirror)


def _both(one: Sink, other: Sink) -> Sink:
    def hear(event: Event) -> None:
        one(event)
        other(event)

    return hear
