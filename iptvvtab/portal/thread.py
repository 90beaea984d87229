"""An event loop in a thread of its own, begun at the first use; it sleeps in the kernel while nothing happens.

Daemon, ended at the interpreter's exit and with its owner; a forked child starts one of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import weakref
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from iptvvtab.errors import UsageError

T = TypeVar("T")
Closer: TypeAlias = Callable[[], Coroutine[Any, Any, None]]

JOIN_SECONDS = 5.0
CLOSE_SECONDS = 2.0
"""How long a peer may take to let a connection go."""
RESOLVERS = 2
"""Threads that resolve names; more would only wait for the same resolver."""

_left_behind: list[object] = []
"""What a forked child inherited: never used, and never collected, because that could end the parent's connections."""


@dataclass(frozen=True, slots=True)
class _Running:
    """A loop and the thread that runs it, in one process."""

    loop: asyncio.AbstractEventLoop
    process: int
    thread: threading.Thread
    closers: list[Closer] = field(default_factory=list)

    def stop(self) -> None:
        """Cancel what runs, end the thread and wait for it; nothing happens in a forked child."""
        if self.process != os.getpid() or self.loop.is_closed():
            return
        with contextlib.suppress(RuntimeError):  # closed since
            self.loop.call_soon_threadsafe(self.loop.stop)
        if threading.current_thread() is not self.thread:  # a collected owner may be finalized in any thread
            self.thread.join(JOIN_SECONDS)


class LoopThread:
    """Runs coroutines for threads that wait. Thread-safe."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._running: _Running | None = None
        self._is_stopped = False
        self._finalizer: Any = None
        _all.add(self)

    def submit(self, act: Callable[[], Coroutine[Any, Any, T]]) -> Future[T]:
        """Run a coroutine in the loop; cancelling the future cancels it. Raises UsageError after `stop`."""
        with self._lock:
            if self._is_stopped:
                raise UsageError(f"{self._name} is closed")
            running = self._running or self._start()
            return asyncio.run_coroutine_threadsafe(act(), running.loop)

    def at_end(self, closer: Closer) -> None:
        """Have something closed by the loop before it ends, however that comes about."""
        if self._running is not None:
            self._running.closers.append(closer)

    def stop(self) -> None:
        """Cancel what runs and end the thread, for good. May be called again."""
        with self._lock:
            self._is_stopped = True
            running, self._running = self._running, None
        if running is not None:
            self._finalizer.detach()
            running.stop()

    def _start(self) -> _Running:
        loop = asyncio.new_event_loop()
        resolvers = ThreadPoolExecutor(RESOLVERS, thread_name_prefix=f"{self._name}-dns")
        loop.set_default_executor(resolvers)
        closers: list[Closer] = []
        thread = threading.Thread(target=_run, args=(loop, resolvers, closers), name=self._name, daemon=True)
        self._running = _Running(loop, os.getpid(), thread, closers)
        # Not a method of ours: the finalizer must not keep its own object alive. It also runs at exit.
        self._finalizer = weakref.finalize(self, self._running.stop)
        thread.start()
        return self._running

    def _forget(self) -> None:
        """Begin anew in a forked child: threads are not inherited, and the lock may have been held."""
        if self._running is not None:
            leave_behind(self._running)
            self._finalizer.detach()
        self._lock, self._running = threading.Lock(), None


def leave_behind(inherited: object) -> None:
    """Keep something that only the parent may use or close."""
    _left_behind.append(inherited)


_all: weakref.WeakSet[LoopThread] = weakref.WeakSet()


def _after_fork() -> None:
    for one in list(_all):
        one._forget()  # noqa: SLF001 - the class's own other half


os.register_at_fork(after_in_child=_after_fork)


def _run(loop: asyncio.AbstractEventLoop, resolvers: ThreadPoolExecutor, closers: list[Closer]) -> None:
    """Run a loop until it is stopped, then cancel what is left and close it."""
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        loop.run_until_complete(_wind_up(asyncio.all_tasks(loop), closers))
        loop.run_until_complete(loop.shutdown_asyncgens())
        resolvers.shutdown(wait=False, cancel_futures=True)  # a resolver that hangs must not hold the end up
        loop.close()


async def _wind_up(tasks: set[asyncio.Task[Any]], closers: list[Closer]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(CLOSE_SECONDS):
            for closer in closers:
                await closer()
    await asyncio.sleep(0)  # transports are let go in the round after the one that closes them
