"""YAML text as plain values that know their lines.

Scalars follow YAML 1.2's core schema: `on`, `no`, `1:30` and `2024-01-01` are texts, as those who write them expect,
and as the community client's files (written quoted by PyYAML) read anyway. A key may stand in a mapping only once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import yaml

from iptvvtab.types import Json

Path: TypeAlias = tuple[str | int, ...]
"""The keys and list places that lead to a value."""

_SCALARS = (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
)  # fmt: skip


class Malformed(Exception):
    """The text is not YAML that can be used. `line` counts from 1; `path` leads to the place, dotted."""

    def __init__(self, line: int | None, path: str, reason: str) -> None:
        self.line, self.path, self.reason = line, path, reason
        super().__init__(f"line {line}: {path}: {reason}")


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers = {}  # noqa: RUF012 - PyYAML's own way: copied when a subclass adds to it

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse aliases: a value with two places has two lines, and a few of them can stand for gigabytes."""
        if self.check_event(yaml.AliasEvent):
            mark = self.get_mark()
            raise yaml.composer.ComposerError(None, None, "aliases (*name) are not used here", mark)
        return super().compose_node(parent, index)


for _kind, _pattern, _first in _SCALARS:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_kind}", re.compile(f"^(?:{_pattern})$"), list(_first))


def _integer(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> int:
    text = loader.construct_scalar(node)
    return int(text, 16) if text.startswith("0x") else int(text)


_Loader.add_constructor("tag:yaml.org,2002:int", _integer)


@dataclass(frozen=True)
class Document:
    """A parsed text: its value, the line of every key, and the node tree that edits need."""

    text: str
    value: Json
    root: yaml.Node | None
    lines: Mapping[Path, int] = field(repr=False)

    def line(self, path: Path) -> int | None:
        """Return the line (from 1) of a value's key, or of the nearest thing around it that is there."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)


def dotted(path: Path) -> str:
    """Write a path as people read it: `schemas.subscriber.fields.3.type`."""
    return ".".join(str(step) for step in path)


def parse(text: str) -> Document:
    """Read one YAML document. Raises Malformed: not YAML, several documents, unusable tags or keys, a key twice."""
    try:
        loader = _Loader(text)
    except yaml.reader.ReaderError as error:
        raise Malformed(None, "", f"not text: character {error.character!r}") from None
    try:
        root = loader.get_single_node()
        lines: dict[Path, int] = {}
        if root is not None:
            _walk(loader, root, (), lines)
        value = None if root is None else loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Malformed(mark.line + 1 if mark else None, "", f"not YAML: {error.problem or error.context}") from None
    except ValueError:
        raise Malformed(None, "", "not YAML: a value is not of the type that its tag names") from None
    except RecursionError:
        raise Malformed(None, "", "nested too deeply") from None
    finally:
        loader.dispose()
    return Document(text, value, root, lines)


def _walk(loader: _Loader, node: yaml.Node, path: Path, lines: dict[Path, int]) -> None:
    """Note the line of everything below a node, and refuse a key that stands twice."""
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        for place, item in enumerate(node.value):
            _walk(loader, item, (*path, place), lines)
    elif isinstance(node, yaml.MappingNode):
        for key_node, value_node in node.value:
            below = (*path, _key(loader, key_node, path))
            line = key_node.start_mark.line + 1
            if below in lines:
                raise Malformed(line, dotted(below), f"stands twice, first in line {lines[below]}")
            lines[below] = line
            _walk(loader, value_node, below, lines)


def _key(loader: _Loader, node: yaml.Node, path: Path) -> str | int:
    if not isinstance(node, yaml.ScalarNode):
        raise Malformed(node.start_mark.line + 1, dotted(path), "a key must be a word or a number")
    value = loader.construct_object(node)
    return value if isinstance(value, int) and not isinstance(value, bool) else str(node.value)
