"""`iptvvtab demo` (the tour), `iptvvtab demo QUERY` and `iptvvtab demo serve`."""

# ruff: noqa: D301 -- click keeps the lines after a \b as they are

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from iptvvtab.cli.demo.queries import Query, queries
from iptvvtab.cli.root import Group
from iptvvtab.cli.words import say
from iptvvtab.errors import UsageError

if TYPE_CHECKING:
    from iptvvtab.demo import Announcement

TOUR_ROWS = 500


class Demo(Group):
    """The commands of the demo: `serve`, and each query by its number or name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names: commands, then queries."""
        return [*super().list_commands(ctx), *(query.name for query in queries())]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, or one that shows the query of that number or name; None when there is neither."""
        found = (_showing(query) for query in queries() if query.is_called(cmd_name))
        return super().get_command(ctx, cmd_name) or next(found, None)


def _showing(query: Query) -> click.Command:
    def callback() -> None:
        from iptvvtab.cli.demo.tour import show

        show([query], TOUR_ROWS)

    about = "\n".join((query.question, "", *query.notes))
    return click.Command(query.name, callback=callback, help=about, short_help=query.question)


@click.group(
    cls=Demo,
    invoke_without_command=True,
    subcommand_metavar="[QUERY | serve [OPTIONS]]",
    short_help="A tour without an account; a portal to try things on.",
)
@click.option("--all", "is_all", is_flag=True, help="Ask all questions, one after another.")
@click.pass_context
def command(context: click.Context, is_all: bool) -> None:
    """Start a demo portal, log in over HTTP, run queries over its tables, show what travelled.

    Without a command: a tour of a few queries. With the number or name of a query (`12`, `busy-hour`): that one.
    Everything is invented, on this machine, and gone afterwards.
    """
    if context.invoked_subcommand is not None:
        if is_all:
            raise UsageError("--all goes without a command")
        return
    from iptvvtab.cli.demo.tour import show, tour

    if is_all:
        show(queries(), TOUR_ROWS)
    else:
        tour(TOUR_ROWS)


@command.command(short_help="Serve a demo portal until Ctrl-C.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Default: any that is free.")
@click.option("--rows", type=click.IntRange(1), default=TOUR_ROWS, show_default=True, help="Subscribers.")
@click.option("--store", type=click.Choice(["sqlite", "postgresql"]), default="sqlite", show_default=True)
@click.option("--latency", type=click.FloatRange(0), default=0.0, metavar="MS", help="What each request waits.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same rows.")
@click.option(
    "--profile",
    "switches",
    type=click.Choice(["full", "default", "bare"]),
    default="default",
    show_default=True,
    help="What the portal can do beside the certain.",
)
def serve(port: int, rows: int, store: str, latency: float, seed: int, switches: str) -> None:
    """Serve a seeded portal on this machine and print the environment that makes iptvvtab use it, as shell lines.

    \b
    iptvvtab demo serve --port 8080 > demo.env &
    . ./demo.env && iptvvtab query "SELECT count(*) FROM portal.subscriber"
    """
    from iptvvtab import demo

    try:
        demo.serve(
            rows=rows,
            store="postgresql" if store == "postgresql" else "sqlite",
            latency_ms=latency,
            seed=seed,
            switches=switches,
            port=port,
            announce=_announce,
        )
    except KeyboardInterrupt:
        return  # the way it is meant to end
    except ModuleNotFoundError as error:
        raise UsageError(f"the PostgreSQL store needs {error.name}: pip install 'iptvvtab[postgresql]'") from None
    except OSError as error:
        raise UsageError(f"port {port} cannot be served: {error.strerror}") from None


def _announce(announcement: Announcement) -> None:
    for name, value in announcement.environment.items():
        print(f"export {name}={shlex.quote(value)}", flush=True)
    say(f"serving {announcement.url}; Ctrl-C ends it")
