"""What the command line says about the portal to talk to, and the ways to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import click

from iptvvtab.cli.words import tell, warn
from iptvvtab.trace import Event, Sink, ignore

if TYPE_CHECKING:
    import apsw

    from iptvvtab.config import Settings
    from iptvvtab.portal import Client

_STEPS_BETWEEN_SIGNALS = 100_000
"""Virtual machine steps of SQLite after which Python may notice a Ctrl-C: some milliseconds."""


@dataclass(frozen=True, slots=True)
class Door:
    """The options of the root, and the settings that were given as options."""

    schema: str = "portal"
    profile: str | None = None
    is_verbose: bool = False
    flags: Mapping[str, object] = field(default_factory=dict)

    def with_flag(self, name: str, value: object) -> Door:
        """Return the same door with one more setting."""
        return replace(self, flags={**self.flags, name: value})

    def settings(self) -> Settings:
        """Return the settings in force, and tell people what looks like a mistake. Raises ConfigError."""
        from iptvvtab.config import load

        settings = load(self._profile, self._overrides)
        for sentence in settings.warnings:
            warn(sentence)
        return settings

    def portal_settings(self) -> Settings:
        """Return the settings of a portal. Raises ConfigError, MissingSetting when none is set."""
        settings = self.settings()
        settings.require_portal()
        return settings

    def client(self, hears: Sink = ignore) -> Client:
        """Return a client of the portal, which tells `hears` what happens on the wire; close it. Raises ConfigError."""
        from iptvvtab.connection import prompt_for
        from iptvvtab.portal import Client

        settings = self.portal_settings()

        def hear(event: Event) -> None:
            hears(event)
            if self.is_verbose:
                tell(event)

        return Client(settings, trace=hear, prompt=prompt_for(settings.username))

    def connect(self) -> apsw.Connection:
        """Return a connection with the portal's tables; Ctrl-C ends its statements. Raises ConfigError, SchemaError."""
        from iptvvtab.connection import connect

        self.settings()
        connection = connect(schema=self.schema, profile=self._profile, **self._overrides)
        # A statement that only sorts or counts in SQLite runs no Python, which would hold a signal back until its end.
        connection.set_progress_handler(lambda: False, _STEPS_BETWEEN_SIGNALS)
        return connection

    @property
    def _profile(self) -> str | None:
        given = self.flags.get("profile")
        return str(given) if given is not None else self.profile

    @property
    def _overrides(self) -> dict[str, object]:
        return {name: value for name, value in self.flags.items() if name != "profile"}


pass_door = click.make_pass_decorator(Door, ensure=True)
"""Hands the Door to a command as its first argument."""
