"""What the shell offers after TAB: names of profiles and tables. Whatever is wrong, it offers nothing."""

from __future__ import annotations

from contextlib import suppress

import click
from click.shell_completion import CompletionItem

from iptvvtab.errors import Error


def complete_profile(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the profiles of the settings files."""
    with suppress(Error):
        from iptvvtab.config import profiles

        return [CompletionItem(one.name) for one in profiles() if one.name.startswith(incomplete)]
    return []


def complete_table(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the tables that the schemas describe."""
    with suppress(Error):
        from iptvvtab.config import load
        from iptvvtab.schema import load_catalog

        catalog = load_catalog(load(context.find_root().params.get("profile")).schemas)
        return [
            CompletionItem(table.name, help=table.description)
            for table in catalog.values()
            if table.name.startswith(incomplete.lower())
        ]
    return []


def complete_setting(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the names of settings."""
    from iptvvtab.config import SETTINGS

    return [CompletionItem(one.name, help=one.description) for one in SETTINGS if one.name.startswith(incomplete)]
