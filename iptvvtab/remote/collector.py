"""Keeps Python's garbage collector from looking at a page while it is being made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the collector for the decoding of one page (some 10 ms), and leave it as it was.

    A page makes tens of thousands of lists and no garbage. Counting them, the collector would go through the whole heap
    for every second page: a third of the time of a long scan (`make bench`).
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
