"""SQL over an IPTVPORTAL: each portal table is a SQLite virtual table.

Enter here, read downward; a floor imports only those below it (import-linter checks it):

    __main__      the process
    cli           the door for people
    client        the door for programs that ask in whole statements
    connection    assembles: schemas, virtual tables, source policy
    vtab          SQLite's three classes, the plan, the scan
    source        one Read in, rows and provenance out: memory or remote, by policy
    remote        a Read as JSONSQL documents, pages, canonical rows; receipts
    portal | demo the wire | the portal in miniature
    jsonsql | schema | config    the language | what the portal has | settings with their origin
    trace | yamltext    event records | YAML with lines, edited without losing comments
    errors | types
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from iptvvtab.client import AsyncClient, Client, F, Q, delete, insert, select, update
    from iptvvtab.connection import connect, explain, meter, register
    from iptvvtab.errors import Error

__version__ = "0.1.0"
__all__ = [
    "AsyncClient",
    "Client",
    "Error",
    "F",
    "Q",
    "__version__",
    "connect",
    "delete",
    "explain",
    "insert",
    "meter",
    "register",
    "select",
    "update",
]

_DOORS = {
    **dict.fromkeys(("connect", "explain", "meter", "register"), "connection"),
    **dict.fromkeys(("AsyncClient", "Client", "F", "Q", "delete", "insert", "select", "update"), "client"),
    "Error": "errors",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for (PEP 562): `import iptvvtab` alone stays light."""
    if name not in _DOORS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{_DOORS[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
