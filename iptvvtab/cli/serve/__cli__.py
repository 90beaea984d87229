"""`iptvvtab serve`."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NoReturn

import click

from iptvvtab.cli.command import PortalCommand
from iptvvtab.cli.door import Door, pass_door
from iptvvtab.cli.serve.address import is_loopback, listen, url_of
from iptvvtab.cli.serve.described import described
from iptvvtab.cli.words import count, say, warn
from iptvvtab.errors import MirrorUnusable, NotInstalled

if TYPE_CHECKING:
    from iptvvtab.config import Settings

_SERVER = "iptvvtab.datasette_plugin"
"""The module that this process becomes; a neighbour, so that it is known by name only."""

_PORT = 8001
_SECRETS = "IPTVPORTAL_"


@click.command(cls=PortalCommand, short_help="Look at the shadow file in a browser (Datasette).")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", type=click.IntRange(0, 65535), default=_PORT, show_default=True, help="0: any that is free.")
@click.option("--open", "is_opened", is_flag=True, help="Open it in a browser.")
@pass_door
def command(door: Door, host: str, port: int, is_opened: bool) -> None:
    """Serve the tables of the shadow file as web pages and JSON, read-only, until Ctrl-C.

    Syncs may go on meanwhile; each page tells how fresh its rows are. Nothing is asked of the portal. Needs
    Datasette: pip install 'iptvvtab[serve]'.
    """
    if find_spec("datasette") is None:
        raise NotInstalled("iptvvtab serve", "serve")
    settings = door.portal_settings()
    served = _served(settings, door.schema)
    with listen(host, port) as listening:
        is_local = is_loopback(listening)
        if not is_local:
            warn(
                f"whoever reaches {host} reads these rows, people's data among them: there is no password. "
                "Put a proxy that asks for one before it, or leave --host away"
            )
        url = f"{url_of(listening)}/{door.schema}"
        say(f"serving {url}; Ctrl-C ends it")
        if is_opened:
            click.launch(url)  # it waits until somebody listens
        _become({**served, "socket": listening.detach(), "is_local": is_local})


def _served(settings: Settings, name: str) -> dict[str, Any]:
    """Return what the server is told of the file. Raises MirrorUnusable where there is nothing to show."""
    from iptvvtab.connection import mirror_of, ttl

    with mirror_of(settings) as mirror:
        statuses = [one for one in mirror.status() if one.published is not None]
        if settings.mirror_key_file is not None:
            raise MirrorUnusable(mirror.path, "is encrypted (mirror_key_file), which Datasette cannot read")
        if not statuses:
            raise MirrorUnusable(mirror.path, "holds no tables yet; `iptvvtab sync` copies them")
        outdated = [one.table for one in statuses if not one.is_current]
        if outdated:
            warn(f"{count(len(outdated), 'table')} synced by other schemas ({', '.join(outdated)}): `iptvvtab sync`")
        tables = [(table, ttl(settings, table)) for table in mirror.tables()]
        path = str(mirror.path.absolute())
    return {"file": path, "name": name, "metadata": described(name, settings.portal_id, tables)}


def _become(told: Mapping[str, Any]) -> NoReturn:
    """Become the server, which finds what it is told on its stdin.

    This process has opened the file by a SQLite that the server must not share it with; none of it stays.
    """
    with tempfile.TemporaryFile("w") as file:
        json.dump(told, file)
        file.seek(0)
        os.dup2(file.fileno(), sys.__stdin__.fileno() if sys.__stdin__ else 0)
    os.set_inheritable(told["socket"], True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_SECRETS)}
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(sys.executable, [sys.executable, "-m", _SERVER], environment)  # noqa: S606 - our own module
