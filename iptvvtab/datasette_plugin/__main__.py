"""Serves a shadow file until Ctrl-C or SIGTERM.

    python -m iptvvtab.datasette_plugin < told.json

`told.json`: {"file": path, "name": of the database in URLs, "metadata": Datasette's, "socket": number of a descriptor
that listens, "is_local": whether only this machine reaches it}.
"""

from __future__ import annotations

import json
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import uvicorn
from datasette.app import Datasette
from datasette.plugins import pm

from iptvvtab.datasette_plugin import pages
from iptvvtab.datasette_plugin.local import LocalOnly
from iptvvtab.datasette_plugin.shadow import ShadowFile

if TYPE_CHECKING:
    from types import FrameType

SETTINGS = {
    "allow_csv_stream": False,  # it reads page after page: a sync between two of them would tear the table
    "sql_time_limit_ms": 5_000,
    "facet_time_limit_ms": 1_000,
    "max_returned_rows": 5_000,
}
"""Where we differ from Datasette: one person looks at tables of a million rows, no crowd at small ones."""

STOP_SECONDS = 5


def main(told: dict[str, Any]) -> None:
    """Serve."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    application = made(told["file"], told["name"], told["metadata"]).app()
    if told["is_local"]:
        application = LocalOnly(application)
    config = uvicorn.Config(
        application, log_level="warning", access_log=False, lifespan="on", timeout_graceful_shutdown=STOP_SECONDS
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=told["socket"])])


def made(file: str, name: str, metadata: dict[str, Any]) -> Datasette:
    """Return Datasette over one file."""
    pm.register(pages, pages.NAME)
    templates = Path(__file__).parent / "templates"
    datasette = Datasette([], metadata=metadata, settings=SETTINGS, template_dir=str(templates))
    datasette.remove_database("_memory")
    tables = datasette.plugin_config(pages.NAME)["tables"]
    labels = {table: about["label"] for table, about in tables.items() if about["label"]}
    datasette.add_database(ShadowFile(datasette, file, labels), name=name)
    return datasette


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    """End as it is meant to: uvicorn has finished what was under way, and sends itself the signal again."""
    print("stopped", file=sys.stderr)  # noqa: T201
    sys.exit(0)


if __name__ == "__main__":
    main(json.load(sys.stdin))
