"""Files of tables, read and checked one by one: what is wrong is told with its file, line, path and what is allowed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from iptvvtab.errors import SchemaFileError, did_you_mean
from iptvvtab.schema.written import WrittenTable
from iptvvtab.types import ColumnType
from iptvvtab.yamltext import Document, Malformed, parse

TOP = "schemas"
_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Entry:
    """One table as a file describes it, with the place to point at when it is wrong."""

    name: str
    table: WrittenTable
    file: str
    document: Document

    def refusal(self, path: tuple[str | int, ...], reason: str, hint: str = "") -> SchemaFileError:
        """Return the error for something wrong below this table; `path` starts at the table."""
        return _refusal(self.file, self.document, (TOP, self.name, *path), reason, hint)


@dataclass(frozen=True, slots=True)
class File:
    """What one file holds; `name` is what errors call it."""

    name: str
    text: str


def read_files(place: Path) -> tuple[File, ...]:
    """Read every YAML file of a folder, or the one file. Raises SchemaFileError for what cannot be read."""
    return tuple(_read(file) for file in _files(place))


def entries(files: Iterable[File]) -> dict[str, Entry]:
    """Return the tables that files describe, by folded name.

    Raises SchemaFileError: malformed, or one table in two files.
    """
    found: dict[str, Entry] = {}
    for file in files:
        for entry in entries_of(file.text, file.name):
            other = found.setdefault(entry.name.casefold(), entry)
            if other is not entry:
                where = f"{other.file}:{other.document.line((TOP, other.name))}"
                raise entry.refusal((), f"table {entry.name!r} is described twice, first in {where}")
    return found


def edition(place: Path) -> tuple[object, ...]:
    """Return what differs once the YAML files of a folder, or the one file, have changed.

    Raises SchemaFileError for files that cannot be looked at.
    """
    try:
        stats = [(str(file), file.stat()) for file in _files(place)]
    except OSError as error:
        raise SchemaFileError(str(place), None, "", f"cannot be read: {error}") from None
    return tuple((name, seen.st_mtime_ns, seen.st_size) for name, seen in stats)


def entries_of(text: str, file: str) -> Iterator[Entry]:
    """Read the tables that one text describes; `file` is what errors call it. Raises SchemaFileError."""
    try:
        document = parse(text)
    except Malformed as error:
        raise SchemaFileError(file, error.line, error.path, error.reason) from None
    top = document.value
    if top is None:
        return
    if not isinstance(top, dict):
        raise SchemaFileError(file, 1, "", f"not a mapping with the key {TOP!r}")
    for key in top:
        if key != TOP:
            hint = f"a file of tables has one key at its top, {TOP!r}{did_you_mean(str(key), [TOP])}"
            raise _refusal(file, document, (key,), "unknown key", hint)
    tables = top.get(TOP)
    if not isinstance(tables, dict | None):
        raise _refusal(file, document, (TOP,), "must hold tables by name")
    for name, written in (tables or {}).items():
        yield _entry(str(name), written, file, document)


def _files(place: Path) -> Iterable[Path]:
    if place.is_file():
        return [place]
    if not place.is_dir():
        raise SchemaFileError(str(place), None, "", "no such folder or file")
    return sorted(file for file in place.iterdir() if file.suffix in _SUFFIXES and file.is_file())


def _read(file: Path) -> File:
    try:
        return File(str(file), file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SchemaFileError(str(file), None, "", f"cannot be read: {error}") from None


def _entry(name: str, written: Any, file: str, document: Document) -> Entry:
    if not isinstance(written, dict | None):
        raise _refusal(file, document, (TOP, name), "must hold a table's keys", _allowed(WrittenTable.model_fields))
    prepared = dict(written or {})
    if isinstance(prepared.get("fields"), dict):
        prepared["fields"] = dict(_positions(prepared["fields"], (TOP, name, "fields"), file, document))
    elif prepared.get("fields", {}) is None:
        del prepared["fields"]
    try:
        table = WrittenTable.model_validate(prepared)
    except ValidationError as error:
        raise _explained(error.errors(include_url=False)[0], name, file, document) from None
    return Entry(name, table, file, document)


def _positions(
    fields: Mapping[str | int, Any], path: tuple[str, ...], file: str, document: Document
) -> Iterator[tuple[int, Any]]:
    """Read positions written as numbers or as texts (the community client writes texts)."""
    seen: dict[int, str | int] = {}
    for key, column in fields.items():
        text = str(key)
        if not (text.isascii() and text.isdigit()):
            raise _refusal(file, document, (*path, key), "a position is a whole number, counted from 0")
        if int(text) in seen:
            line = document.line((*path, seen[int(text)]))
            raise _refusal(file, document, (*path, key), f"stands twice, first in line {line}")
        seen[int(text)] = key
        yield int(text), {} if column is None else column


def _explained(first: ErrorDetails, name: str, file: str, document: Document) -> SchemaFileError:
    """Say what pydantic refused, in the words of the file."""
    path = tuple(step for step in first["loc"] if step != "[key]" and not _is_union_arm(step))
    given = first.get("input")
    match first["type"]:
        case "extra_forbidden":
            known = list(_model_at(WrittenTable, path[:-1]).model_fields)
            reason, hint = f"unknown key{did_you_mean(str(path[-1]), known)}", _allowed(known)
        case "enum":
            known = [str(kind) for kind in ColumnType]
            reason, hint = f"{given!r} is no type{did_you_mean(str(given), known)}", _allowed(known)
        case "literal_error":
            reason, hint = f"{given!r} is not possible here", f"allowed: {first['ctx']['expected']}"
        case "missing" | "model_type" | "dict_type":
            reason, hint = "must hold keys and values", ""
        case _:
            message = str(first["msg"]).removeprefix("Value error, ").replace("Input should be", "must be")
            reason, hint = message, ""
    return _refusal(file, document, (TOP, name, *path), reason, hint)


def _is_union_arm(step: str | int) -> bool:
    """Pydantic names the arm of a union in its path; people did not write it."""
    return isinstance(step, str) and (step == "Relationship" or step.startswith(("tuple[", "union")))


def _model_at(model: type[BaseModel], path: tuple[str | int, ...]) -> type[BaseModel]:
    """Find the model that a path into the file leads to."""
    for step in path:
        field = model.model_fields.get(step) if isinstance(step, str) else None
        below = _models(field.annotation) if field is not None else []
        model = below[0] if below else model
    return model


def _models(hint: Any) -> list[type[BaseModel]]:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return [hint]
    if get_origin(hint) in (Union, UnionType, dict, tuple):
        return [model for part in get_args(hint) for model in _models(part)]
    return []


def _allowed(known: Iterable[str]) -> str:
    return f"allowed: {', '.join(known)}"


def _refusal(
    file: str, document: Document, path: tuple[str | int, ...], reason: str, hint: str = ""
) -> SchemaFileError:
    written = _as_written(document, path)
    return SchemaFileError(file, document.line(written), ".".join(str(step) for step in path), reason, hint)


def _as_written(document: Document, path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Find the path in the document: a position may be written as a number or as a text."""
    found: tuple[str | int, ...] = ()
    for step in path:
        variants = ((*found, step), (*found, str(step)))
        found = next((variant for variant in variants if variant in document.lines), (*found, step))
    return found
