"""Changes to YAML text that leave the rest as people wrote it: comments, order, spacing, style.

The text is changed at the places its nodes name, never written anew; then it is read again, and must say
exactly what was wanted, else NotEditable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml

from iptvvtab.types import Json
from iptvvtab.yamltext.read import Malformed, Path, dotted, parse

Changes: TypeAlias = Mapping[str | int, Any]
"""Nested mappings: what is to be set where. A mapping descends, anything else replaces."""

REMOVED = object()
"""In changes: take the key away, with its value."""

_INDENT = 2
_WIDTH = 120
_ONE_LINE = 10**9


class NotEditable(Exception):
    """The text is written in a way that this editor cannot change in place."""


@dataclass(frozen=True, slots=True)
class _Splice:
    """Replace the characters from `start` to `end`."""

    start: int
    end: int
    text: str


def edit(text: str, changes: Changes, renames: Mapping[Path, str | int] | None = None) -> str:
    """Return the text with values set and keys renamed. Raises Malformed, NotEditable.

    Paths in `changes` are those before `renames`. Mappings that are not there yet are made.
    """
    renames = renames or {}
    document = parse(text)
    wanted = _renamed(_merged(document.value or {}, changes), renames)
    if document.root is None or document.value is None:
        return _ended(text) + dump(changes)
    if not isinstance(document.root, yaml.MappingNode):
        raise NotEditable("the document is not a mapping")
    splices = [*_splices(text, document.root, changes), *_key_splices(document.root, renames)]
    for splice in reversed(sorted(splices, key=lambda splice: splice.start)):  # noqa: C413 - inner before outer at one place
        text = text[: splice.start] + splice.text + text[splice.end :]
    try:
        said = parse(text).value
    except Malformed as error:
        raise NotEditable(str(error)) from None
    if said != wanted:
        raise NotEditable("the text is written in a way that cannot be changed in place")
    return text


def rewrite(text: str, changes: Changes, renames: Mapping[Path, str | int] | None = None) -> str:
    """Return the document written anew with the same values as `edit` would set: comments are lost."""
    return dump(_renamed(_merged(parse(text).value or {}, changes), renames or {}))


def dump(value: Mapping[str | int, Any]) -> str:
    """Write a mapping as YAML that `parse` reads back: blocks, with what holds only scalars in one line."""
    return "".join(
        _dumped({key: below}, is_flat=not isinstance(below, (Mapping, list))) for key, below in value.items()
    )


def _dumped(value: Json, *, is_flat: bool) -> str:
    style = False if is_flat else None
    return str(yaml.safe_dump(value, allow_unicode=True, sort_keys=False, default_flow_style=style, width=_WIDTH))


def _splices(text: str, node: yaml.MappingNode, changes: Changes) -> Iterator[_Splice]:
    children = {_plain_key(key): (key, value) for key, value in node.value}
    additions: dict[str | int, Any] = {}
    for key, value in changes.items():
        if key not in children:
            if value is not REMOVED:
                additions[key] = value
            continue
        key_node, child = children[key]
        if value is REMOVED:
            yield _removal(text, node, key_node, child)
        elif isinstance(value, Mapping) and isinstance(child, yaml.MappingNode):
            yield from _splices(text, child, value)
        else:
            yield _replacement(text, key_node, child, value)
    if additions:
        yield _addition(text, node, additions)


def _removal(text: str, node: yaml.MappingNode, key: yaml.Node, child: yaml.Node) -> _Splice:
    """Take away whole lines; the first key of a list's item and flow style are left to `rewrite`."""
    start = text.rfind("\n", 0, key.start_mark.index) + 1
    if node.flow_style or text[start : key.start_mark.index].strip():
        raise NotEditable(f"line {key.start_mark.line + 1}: not a line of its own")
    end = key.end_mark.index + 1 if _is_nothing(child) else _last(child)
    line_end = text.find("\n", end)
    return _Splice(start, len(text) if line_end < 0 else line_end + 1, "")


def _replacement(text: str, key: yaml.Node, child: yaml.Node, value: Json) -> _Splice:
    if isinstance(child, yaml.CollectionNode) and not child.flow_style:
        raise NotEditable(f"line {key.start_mark.line + 1}: a block cannot be replaced")
    if child.start_mark.line != child.end_mark.line:
        raise NotEditable(f"line {child.start_mark.line + 1}: a value of several lines cannot be replaced")
    start, end = child.start_mark.index, child.end_mark.index
    if _is_nothing(child):
        start = end = key.end_mark.index + 1
    if isinstance(value, Mapping):
        if start != end:
            raise NotEditable(f"line {child.start_mark.line + 1}: a value stands where a mapping belongs")
        return _Splice(start, end, "\n" + _indented(dump(value), key.start_mark.column + _INDENT).rstrip("\n"))
    space = "" if text[start - 1 : start].isspace() else " "
    return _Splice(start, end, space + _flow(value))


def _addition(text: str, node: yaml.MappingNode, additions: Changes) -> _Splice:
    if node.flow_style:
        inner = _flow(additions).removeprefix("{").removesuffix("}")
        end = node.value[-1][1].end_mark.index if node.value else node.start_mark.index + 1
        return _Splice(end, end, (", " if node.value else "") + inner)
    end = _last(node)
    line_end = text.find("\n", end)
    at = len(text) if line_end < 0 else line_end + 1
    block = _indented(dump(additions), node.start_mark.column)
    return _Splice(at, at, block if at and text[at - 1] == "\n" else "\n" + block.rstrip("\n"))


def _last(node: yaml.Node) -> int:
    """Where the last thing written in a node ends: a block's own end mark lies behind comments that follow."""
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        return int(node.end_mark.index) - 1
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    if not isinstance(last, tuple):
        return _last(last)
    key, value = last
    return int(key.end_mark.index) + 1 if _is_nothing(value) else _last(value)


def _is_nothing(node: yaml.Node) -> bool:
    """Tell whether a value is empty, as in `key:`: its place is then that of the next thing written."""
    return bool(node.start_mark.index == node.end_mark.index)


def _key_splices(root: yaml.MappingNode, renames: Mapping[Path, str | int]) -> Iterator[_Splice]:
    for path, new in renames.items():
        node: yaml.Node = root
        key: yaml.Node | None = None
        for step in path:
            pairs = node.value if isinstance(node, yaml.MappingNode) else []
            key, node = next(((key, value) for key, value in pairs if _plain_key(key) == step), (None, node))
            if key is None:
                raise NotEditable(f"no {dotted(path)}")
        if key is not None:
            yield _Splice(key.start_mark.index, key.end_mark.index, _flow(new))


def _plain_key(node: yaml.Node) -> str | int:
    return int(node.value) if node.tag.endswith(":int") else str(node.value)


def _flow(value: Json) -> str:
    text = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, default_flow_style=True, width=_ONE_LINE)
    return str(text).removesuffix("\n").removesuffix("\n...")


def _indented(block: str, columns: int) -> str:
    return "".join(" " * columns + line for line in block.splitlines(keepends=True))


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _merged(value: Json, changes: Changes) -> Json:
    merged = dict(value) if isinstance(value, dict) else {}
    for key, change in changes.items():
        if change is REMOVED:
            merged.pop(key, None)
        else:
            merged[key] = _merged(merged.get(key), change) if isinstance(change, Mapping) else change
    return merged


def _renamed(value: Json, renames: Mapping[Path, str | int], path: Path = ()) -> Json:
    if not isinstance(value, dict):
        return value
    return {renames.get((*path, key), key): _renamed(below, renames, (*path, key)) for key, below in value.items()}
