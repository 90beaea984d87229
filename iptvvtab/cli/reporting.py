"""What commands report: a table for people, `--json` for programs; both to stdout."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import click

from iptvvtab.types import Json

F = TypeVar("F", bound=Callable[..., Any])


def json_option(function: F) -> F:
    """Add `--json`, which a command gets as `is_json`."""
    return click.option("--json", "is_json", is_flag=True, help="Report as JSON.")(function)


def report_rows(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, is_json: bool) -> None:
    """Write rows: a table whose empty cells are empty, or a JSON array of objects."""
    from iptvvtab.cli.formats import FORMATS, Style

    if is_json:
        report_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        FORMATS["table"].write(columns, [tuple(row) for row in rows], sys.stdout, Style(null=""))


def report_facts(facts: Mapping[str, Any], *, is_json: bool) -> None:
    """Write names and values: a line each, or a JSON object."""
    if is_json:
        report_json(dict(facts))
        return
    width = max(map(len, facts))
    for name, value in facts.items():
        print(f"{name.replace('_', ' '):<{width}}  {_shown(value)}".rstrip())


def report_json(document: Json) -> None:
    """Write a JSON document."""
    print(json.dumps(document, ensure_ascii=False, indent=2))


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
