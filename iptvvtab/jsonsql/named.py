"""The tables that a document names, and the one that it writes to, as the portal calls them. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from iptvvtab.types import Json

_TABLES = ("table", "join", "into")
_TARGETS = {"insert": "into", "update": "table", "delete": "from"}


def target_of(method: str, params: dict[str, Json]) -> str | None:
    """Return the table that a document writes to; None for one that reads."""
    target = params.get(_TARGETS.get(method, ""))
    return target if isinstance(target, str) else None


def tables_of(params: Json) -> tuple[str, ...]:
    """Return the tables that the parameters of a document name, as the portal calls them, each once."""
    return tuple(dict.fromkeys(_tables(params)))


def _tables(value: Json) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _tables(one)
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in _TABLES and isinstance(inner, str):
                yield inner
            elif key == "from" and not isinstance(inner, dict):
                for one in inner if isinstance(inner, list) else [inner]:
                    yield from [one] if isinstance(one, str) else _tables(one)
            else:
                yield from _tables(inner)
