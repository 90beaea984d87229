"""`iptvvtab demo` (the tour) and `iptvvtab demo serve`."""

# ruff: noqa: D301 -- click keeps the lines after a \b as they are

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from iptvvtab.cli.root import Group
from iptvvtab.cli.words import say
from iptvvtab.errors import UsageError

if TYPE_CHECKING:
    from iptvvtab.demo import Announcement

TOUR_ROWS = 500


@click.group(cls=Group, invoke_without_command=True, short_help="A tour without an account; a portal to try things on.")
@click.pass_context
def command(context: click.Context) -> None:
    """Without a command: start a demo portal, log in over HTTP, run three queries over its tables, show what travelled.

    Everything is invented, on this machine, and gone afterwards.
    """
    if context.invoked_subcommand is None:
        from iptvvtab.cli.demo.tour import tour

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
