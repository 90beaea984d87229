"""Commands that know a portal: every setting that is no secret is an option of theirs.

The options come from the table of settings, which costs a tenth of a second to import; so help does without
them and names where they are listed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from iptvvtab.cli.completing import complete_profile
from iptvvtab.cli.door import Door

if TYPE_CHECKING:
    from iptvvtab.config import Setting

_IS_PARSING = "iptvvtab.cli.command.is_parsing"
_HELP = ("-h", "--help")
_SETTINGS = "Settings are options too: --timeout 10s, --source live, --profile NAME ... (`iptvvtab config show`)."


class PortalCommand(click.Command):
    """A command whose context holds a Door with the settings that were given as options."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["epilog"] = " ".join(filter(None, [kwargs.get("epilog"), _SETTINGS]))
        super().__init__(*args, **kwargs)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the words of this command; a request for help anywhere wins over mistakes elsewhere."""
        before_end = args[: args.index("--")] if "--" in args else args
        if not ctx.resilient_parsing and any(word in _HELP for word in before_end):
            return super().parse_args(ctx, ["--help"])
        ctx.meta[_IS_PARSING] = True
        return super().parse_args(ctx, args)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the parameters of this command, and the settings unless only help is wanted."""
        own = super().get_params(ctx)
        if not ctx.meta.get(_IS_PARSING):
            return own
        taken = {word for one in own for word in one.opts}
        return [*own, *(option for option in setting_options() if not taken & set(option.opts))]


def setting_options() -> list[click.Option]:
    """Return an option for each setting that is no secret: `--max-age` for `max_age`."""
    from iptvvtab.config import SETTINGS

    return [_option(setting) for setting in SETTINGS if not setting.secret]


def _option(setting: Setting) -> click.Option:
    def take(context: click.Context, parameter: click.Parameter, value: object) -> None:
        if value is not None:
            context.obj = context.ensure_object(Door).with_flag(setting.name, value)

    return click.Option(
        [f"--{setting.name.replace('_', '-')}", f"setting_{setting.name}"],
        type=click.Choice(setting.allowed) if setting.allowed else None,
        metavar=None if setting.allowed else setting.kind.upper().replace(" ", "-"),
        help=setting.description,
        callback=take,
        expose_value=False,
        shell_complete=complete_profile if setting.name == "profile" else None,
    )
