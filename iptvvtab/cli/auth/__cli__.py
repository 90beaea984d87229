"""`iptvvtab auth login|logout|status`."""

from __future__ import annotations

import time
from datetime import datetime

import click

from iptvvtab.cli.command import PortalCommand
from iptvvtab.cli.door import Door, pass_door
from iptvvtab.cli.reporting import json_option, report_facts
from iptvvtab.cli.root import Group
from iptvvtab.cli.words import say
from iptvvtab.errors import CredentialsError


@click.group(cls=Group, short_help="Log in, log out, see the session.")
def command() -> None:
    """The session with the portal. It is kept in a file that only you may read, and shared by all processes of yours.

    Logging in happens by itself where user name and password are set; `auth login` asks for what is not.
    """


@command.command(cls=PortalCommand, short_help="Begin a session.")
@pass_door
def login(door: Door) -> None:
    """Begin a new session, with the account that is set, or as you answer at the terminal."""
    with door.client() as client:
        client.login()
        status = client.session_status()
    say(f"logged in to {client.portal_id} as {status.username}" + _until(status.expires_at))


@command.command(cls=PortalCommand, short_help="Forget the session.")
@pass_door
def logout(door: Door) -> None:
    """Forget the session on this machine. The portal is not told: no way to do so is known."""
    with door.client() as client:
        was_stored = client.session_status().is_stored
        client.logout()
    say(f"the session with {client.portal_id} is forgotten" if was_stored else "there was no session")


@command.command(cls=PortalCommand, short_help="Tell whether there is a session.")
@json_option
@pass_door
def status(door: Door, is_json: bool) -> int:
    """Tell whether there is a session, without asking the portal. Exit code 4 when there is none, or it has ended."""
    with door.client() as client:
        found = client.session_status()
    has_ended = found.expires_at is not None and found.expires_at < time.time()
    is_open = found.is_stored and not has_ended
    facts = {
        "portal": client.portal_id,
        "username": found.username,
        "logged_in": is_open,
        "since": _moment(found.begun_at),
        "until": _moment(found.expires_at),
        "file": str(found.file),
    }
    report_facts(facts, is_json=is_json)
    return 0 if is_open else CredentialsError.exit_code


def _until(moment: float | None) -> str:
    return f", until {_moment(moment)}" if moment else ""


def _moment(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds).astimezone().isoformat(sep=" ", timespec="seconds")
