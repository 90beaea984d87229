"""The root of the command line: commands are found by name and imported when they are asked for."""

from __future__ import annotations

import click

from iptvvtab import __version__
from iptvvtab.cli import discovery
from iptvvtab.cli.completing import complete_profile
from iptvvtab.cli.door import Door
from iptvvtab.errors import UsageError, did_you_mean

PROGRAM = "iptvvtab"
COMPLETION_VARIABLE = "_IPTVVTAB_COMPLETE"


class Group(click.Group):
    """A group whose wrong command names get "did you mean"."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the first word names. Raises click.UsageError."""
        name = args[0]
        command = self.get_command(ctx, name)
        if command is None and not ctx.resilient_parsing and not name.startswith("-"):
            hint = did_you_mean(name, self.list_commands(ctx))
            raise click.UsageError(f"there is no command {name!r}{hint}", ctx)
        return super().resolve_command(ctx, args)


class Root(Group):
    """Commands of ours and of plugins; ours win a name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names: ours, then those of plugins."""
        own = discovery.own()
        return [*own, *sorted(set(discovery.plugins()) - set(own))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command; None when there is none of that name."""
        loader = discovery.own().get(cmd_name) or discovery.plugins().get(cmd_name)
        return loader() if loader else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands; a plugin that cannot be loaded says so in its own line."""
        rows = [(name, self._about(ctx, name, formatter.width)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def _about(self, ctx: click.Context, name: str, width: int) -> str:
        try:
            command = self.get_command(ctx, name)
        except UsageError as error:
            return str(error)
        return command.get_short_help_str(width) if command else ""


@click.group(
    cls=Root,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Set a portal first (`iptvvtab config show` tells how), or look around without one: `iptvvtab demo`.",
)
@click.version_option(__version__, "--version", message=f"{PROGRAM} %(version)s")
@click.option("--profile", metavar="NAME", help="Profile of the settings files.", shell_complete=complete_profile)
@click.option("--schema", metavar="NAME", default="portal", help="Name of the portal in SQL; default `portal`.")
@click.option("-v", "--verbose", is_flag=True, help="Show the requests that travelled, and where an error came from.")
@click.pass_context
def root(context: click.Context, profile: str | None, schema: str, verbose: bool) -> None:
    """SQL over an IPTVPORTAL: each portal table is a SQLite virtual table.

    Data goes to stdout, words to stderr. Exit codes: 0 ok, 1 bug, 2 usage, 3 SQL or schema, 4 credentials, 5 portal or
    network, 6 refused to protect data, 7 partly done, 130 Ctrl-C.
    """
    context.obj = Door(schema, profile, verbose)
