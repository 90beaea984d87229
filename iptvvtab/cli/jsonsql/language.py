"""What commands share that write documents: the portal's names and abilities, files, an editor."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from iptvvtab.cli.door import Door
from iptvvtab.cli.query.statements import STDIO
from iptvvtab.cli.words import say
from iptvvtab.errors import DecodeError, UsageError

if TYPE_CHECKING:
    from iptvvtab.jsonsql import Document, Features, Names
    from iptvvtab.schema import Catalog


@dataclass(frozen=True, slots=True)
class Language:
    """The tables of a portal, and what its documents may say; `proven`: what it was surely seen to do."""

    catalog: Catalog
    names: Names
    features: Features
    proven: Features


def language_of(door: Door) -> Language:
    """Return what is known of the portal, without asking it. Raises ConfigError, SchemaError."""
    from iptvvtab.portal import load_capabilities
    from iptvvtab.remote import features_of, names_of, proven_features
    from iptvvtab.schema import load_catalog

    settings = door.settings()
    seen = load_capabilities(settings) if settings.api_url else None
    catalog = load_catalog(settings.schemas)
    return Language(catalog, names_of(catalog, door.schema), features_of(seen), proven_features(seen))


def read(path: Path, *, is_edited: bool = False) -> Document:
    """Return the document of a file, JSON or YAML; - is stdin. Raises DecodeError, OSError."""
    from iptvvtab.jsonsql import read_document
    from iptvvtab.yamltext import Malformed, parse

    text = sys.stdin.read() if path == STDIO else path.read_text(encoding="utf-8-sig")
    if is_edited:
        text = edited(text, path.suffix or ".json")
    try:
        return read_document(json.loads(text))
    except ValueError:
        pass  # YAML, then
    try:
        return read_document(parse(text).value)
    except Malformed as error:
        place = f"line {error.line}" if error.line else "document"
        raise DecodeError(place, f"neither JSON nor YAML: {error.reason.removeprefix('not YAML: ')}") from None


def edited(text: str, suffix: str) -> str:
    """Return what somebody made of a text in their editor.

    Raises UsageError when they left without saving, and for an editor that fails.
    """
    try:
        found = click.edit(text, extension=suffix)
    except click.ClickException as error:
        raise UsageError(f"the editor failed: {error.message}; VISUAL or EDITOR names another one") from None
    if found is None:
        raise UsageError("nothing was saved in the editor")
    return found


def written(document: Document, format_name: str = "json") -> str:
    """Return a document as text that `read` reads back: JSON with a line for each clause, or YAML."""
    if format_name == "yaml":
        from iptvvtab.yamltext import dump

        params = json.loads(_json(document.params))  # parts that stand twice are written twice, without YAML's anchors
        return dump({"method": document.method, "params": params}).rstrip("\n")
    clauses = [f"    {_json(name)}: {_json(value)}" for name, value in document.params.items()]
    shown = "{\n" + ",\n".join(clauses) + "\n  }" if clauses else "{}"
    return f'{{\n  "method": {_json(document.method)},\n  "params": {shown}\n}}'


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def note(text: str) -> None:
    """Tell people what they should know of a document."""
    say(f"note: {text}")
