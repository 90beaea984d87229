"""Awaiting, in any event loop, what other threads do: the portal's loop, or one that waits by itself."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from iptvvtab.errors import UsageError

if TYPE_CHECKING:
    from iptvvtab.portal import UnderWay

T = TypeVar("T")
IsDropped: TypeAlias = Callable[[], bool]


@asynccontextmanager
async def in_threads(manager: AbstractContextManager[T]) -> AsyncIterator[T]:
    """Enter and leave a context in threads, each of which may wait; it is not told of errors within."""
    value = await asyncio.to_thread(manager.__enter__)
    try:
        yield value
    finally:
        await asyncio.to_thread(manager.__exit__, None, None, None)


class Waiting:
    """What one client awaits. `threads`: how many may wait by themselves at once; they begin when first wanted."""

    def __init__(self, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="iptvvtab-async")
        self._is_closed = False
        self._under_way: set[Callable[[], object]] = set()

    async def arrival(self, pending: UnderWay[T]) -> T:
        """Return what is under way to the portal and back; cancelled, it is dropped there, too."""
        with self._droppable(pending.cancel):
            return await pending.arrive()

    async def in_thread(self, act: Callable[[IsDropped], T]) -> T:
        """Return what a function does in a thread; it can ask whether anybody still wants it.

        Raises UsageError after `close`.
        """
        if self._is_closed:
            raise UsageError("this client is closed")
        dropped = threading.Event()
        with self._droppable(dropped.set):
            try:
                return await asyncio.wrap_future(self._threads.submit(act, dropped.is_set))
            except asyncio.CancelledError:
                dropped.set()
                raise

    async def close(self) -> None:
        """Drop everything, and wait for threads to end. May be called again."""
        self._is_closed = True
        for drop in list(self._under_way):
            drop()
        await asyncio.to_thread(self._threads.shutdown)

    @contextmanager
    def _droppable(self, drop: Callable[[], object]) -> Iterator[None]:
        """Let `close` drop something while it is under way."""
        self._under_way.add(drop)
        try:
            yield
        finally:
            self._under_way.discard(drop)
