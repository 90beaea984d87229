"""The engines, and which workloads each has: Shillelagh only where it is installed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib import import_module
from importlib.util import find_spec

from tests.bench.neighbours.one_request import DOCUMENTS
from tests.bench.neighbours.workloads import STATEMENTS, SYNC, Given, Task

OURS, REDIRECTED, SHILLELAGH, BY_HAND = "iptvvtab", "redirected", "Shillelagh", "by hand"
ONE_REQUEST, NATIVE = "one request", "native SQLite"

_HOMES = {
    OURS: "ours.virtual",
    SHILLELAGH: "shillelagh_adapter.shillelagh",
    BY_HAND: "by_hand.by_hand",
    ONE_REQUEST: "one_request.one_request",
    REDIRECTED: "ours.redirected",
    NATIVE: "ours.native",
}
_PARTS = {
    ONE_REQUEST: frozenset(DOCUMENTS),
    REDIRECTED: frozenset(STATEMENTS) - {SYNC},
    NATIVE: frozenset(STATEMENTS) - {SYNC},
}

ENGINES = tuple(name for name in _HOMES if name != SHILLELAGH or find_spec("shillelagh"))


def has(engine: str, workload: str) -> bool:
    """Whether the engine does the workload."""
    return workload in _PARTS.get(engine, STATEMENTS)


def prepared(engine: str, given: Given) -> AbstractContextManager[Task]:
    """What will be measured; whatever is needed before has been done."""
    module, name = _HOMES[engine].split(".")
    prepare: Callable[[Given], AbstractContextManager[Task]] = getattr(
        import_module(f"tests.bench.neighbours.{module}"), name
    )
    return prepare(given)
