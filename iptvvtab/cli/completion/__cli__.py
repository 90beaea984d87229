"""`iptvvtab completion bash|zsh|fish`."""

# ruff: noqa: D301 -- click keeps the lines after a \b as they are

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from iptvvtab.cli.root import COMPLETION_VARIABLE, PROGRAM

SHELLS = ("bash", "zsh", "fish")


@click.command(short_help="Print what makes TAB complete commands, profiles and tables.")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print a script that makes TAB complete commands, options, profiles and tables.

    \b
    bash:  iptvvtab completion bash > ~/.local/share/bash-completion/completions/iptvvtab
    zsh:   iptvvtab completion zsh > "${fpath[1]}/_iptvvtab"
    fish:  iptvvtab completion fish > ~/.config/fish/completions/iptvvtab.fish
    """
    generator = get_completion_class(shell)
    assert generator is not None
    print(generator(context.find_root().command, {}, PROGRAM, COMPLETION_VARIABLE).source())
