"""The table of settings for people: docs/settings.md is generated from it."""

from __future__ import annotations

from iptvvtab.config.settings import SETTINGS, Setting


def reference() -> str:
    """Return the table of settings as Markdown."""
    head = "| setting | environment | kind | default | what it does |\n|---|---|---|---|---|\n"
    return head + "".join(_line(setting) for setting in SETTINGS)


def _line(setting: Setting) -> str:
    kind = ", ".join(f"`{value}`" for value in setting.allowed) or setting.kind
    unit = f" ({setting.unit})" if setting.unit else ""
    default = setting.default if " " in setting.default or not setting.default else f"`{setting.default}`"
    return f"| `{setting.name}` | `{setting.variable}` | {kind}{unit} | {default} | {setting.description} |\n"
