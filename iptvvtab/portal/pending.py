"""Waiting for what the loop's thread does, in the thread or in the event loop that wants it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from typing import Generic, TypeAlias, TypeVar

from iptvvtab.errors import Interrupted, NoCredentials
from iptvvtab.portal.answer import Answer

T = TypeVar("T")
IsInterrupted: TypeAlias = Callable[[], bool] | None
"""Asked every POLL_SECONDS while somebody waits; true ends the wait."""

POLL_SECONDS = 0.05


class UnderWay(Generic[T]):
    """Something that was begun by `start`. `prompt` gets missing credentials, and says whether it could."""

    def __init__(self, start: Callable[[], Future[T]], prompt: Callable[[], bool]) -> None:
        self._start, self._prompt = start, prompt
        self._future = start()

    def result(self, interrupted: IsInterrupted = None) -> T:
        """Wait, and begin anew once if credentials were missing and somebody gave them. May be called again."""
        try:
            return wait(self._future, interrupted)
        except NoCredentials:
            if not self._prompt():
                raise
        self._future = self._start()
        return wait(self._future, interrupted)

    async def arrive(self) -> T:
        """Wait in an event loop, any one, as `result` does; cancelling the wait drops what was waited for."""
        try:
            return await _arrive(self._future)
        except NoCredentials:
            if not await asyncio.to_thread(self._prompt):
                raise
        self._future = self._start()
        return await _arrive(self._future)

    def cancel(self) -> None:
        """Drop it: its request is abandoned, its answer never comes. What has finished stays finished."""
        self._future.cancel()


class Pending(UnderWay[Answer]):
    """A call under way. Wait for it, or drop it; `result` raises what `Client.call` raises."""


def wait(future: Future[T], interrupted: IsInterrupted) -> T:
    """Wait in the calling thread; whatever ends the wait, Ctrl-C included, drops what was waited for."""
    try:
        return future.result() if interrupted is None else _poll(future, interrupted)
    except CancelledError:
        raise Interrupted("the call was dropped") from None
    except BaseException:
        future.cancel()
        raise


async def _arrive(future: Future[T]) -> T:
    try:
        return await asyncio.wrap_future(future)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise Interrupted("the call was dropped") from None


def _poll(future: Future[T], interrupted: Callable[[], bool]) -> T:
    while True:
        try:
            return future.result(POLL_SECONDS)
        except TimeoutError:
            if future.done():  # it finished, or failed with a TimeoutError of its own
                return future.result()
        if interrupted():
            raise Interrupted
