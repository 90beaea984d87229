"""The portal in miniature, on a real database, over real HTTP: for the tour, for tests, for benchmarks.

    start_demo, DemoProcess   a demo portal in a child process   (process.py)
    DemoTable, DemoColumn     a table, built in or the caller's  (tables.py)
    serve                     one in this process                (server.py: HTTP; protocol.py: JSON-RPC, sessions)
    Fault, Kind               what goes wrong on demand          (faults.py, pure)
    open_engine               JSONSQL in, rows out               (engine.py, on sqlite_store.py or postgresql_store.py)

Names are imported when they are first asked for: whoever only starts a portal needs neither the decoder nor the data.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from iptvvtab.demo.announcement import Announcement
    from iptvvtab.demo.engine import PROFILES, Engine, Refusal, Switches, open_engine
    from iptvvtab.demo.faults import Fault, Kind
    from iptvvtab.demo.process import DemoLog, DemoProcess, start_demo
    from iptvvtab.demo.server import serve
    from iptvvtab.demo.tables import DemoColumn, DemoTable

__all__ = [
    "PROFILES",
    "Announcement",
    "DemoColumn",
    "DemoLog",
    "DemoProcess",
    "DemoTable",
    "Engine",
    "Fault",
    "Kind",
    "Refusal",
    "Switches",
    "open_engine",
    "serve",
    "start_demo",
]

_HOMES = {
    "Announcement": "announcement",
    "DemoColumn": "tables",
    "DemoLog": "process",
    "DemoProcess": "process",
    "DemoTable": "tables",
    "Fault": "faults",
    "Kind": "faults",
    "serve": "server",
    "start_demo": "process",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES.get(name, 'engine')}"), name)
    globals()[name] = value
    return value
