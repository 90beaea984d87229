"""What of a document may be shown: values beside columns that are secret are masked. Pure.

What is masked may be more than the secret, never less: every value of a comparison, call or list in which a secret
column has a part, under any name that the document gives it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from iptvvtab.jsonsql.named import tables_of
from iptvvtab.types import Json

MASK = "***"

_PARTS = frozenset(
    ("and", "or", "not", "where", "on", "data", "from", "select", "columns", "group_by", "order_by", "returning")
)
"""Of these each member is looked at by itself; anything else is masked as a whole."""


def masked(params: dict[str, Json], secret: Mapping[str, Collection[str]]) -> dict[str, Json]:
    """Return a document's parameters as they may be shown. `secret`: columns by table, as the portal calls them."""
    columns = frozenset(column for table in tables_of(params) for column in secret.get(table, ()))
    if not columns:
        return params
    names = _with_labels(params, columns)
    if "set" in params:
        changes: Any = params["set"]
        hidden = {name: _hidden([one], names)[0] if name in names else one for name, one in changes.items()}
        return {**_shown({**params, "set": None}, names), "set": _shown(hidden, names)}
    if "into" in params:
        return _inserted(params, names)
    shown: dict[str, Json] = _shown(params, names)
    return shown


def _with_labels(params: Json, names: frozenset[str]) -> frozenset[str]:
    """Return the names with those by which selects pass what is made of them on."""
    more = names | frozenset(_labels(params, names))
    return names if more == names else _with_labels(params, more)


def _labels(value: Json, names: frozenset[str]) -> Iterator[str]:
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in members:
        yield from _labels(one, names)
    data = value.get("data") if isinstance(value, dict) else None
    for one in data if isinstance(data, list) else ():
        if isinstance(one, dict) and _mentions(one, names):
            yield str(one.get("as") or one.get("function") or next(iter(one)))


def _mentions(value: Json, names: frozenset[str]) -> bool:
    if isinstance(value, list):
        return any(_mentions(one, names) for one in value)
    if isinstance(value, dict):
        return any(_mentions(inner, names) for key, inner in value.items() if key != "values")  # which holds data
    return isinstance(value, str) and value in names


def _shown(value: Any, names: frozenset[str]) -> Any:
    if isinstance(value, list):
        return [_shown(one, names) for one in value]
    if isinstance(value, dict):
        return {
            key: _shown(inner, names) if key in _PARTS or not _mentions(inner, names) else _hidden(inner, names)
            for key, inner in value.items()
        }
    return value


def _hidden(value: Any, names: frozenset[str]) -> Any:
    """Return a value with all data in it masked; the members of objects that are no lists are names."""
    if isinstance(value, dict):
        return {
            key: _hidden([inner], names)[0] if key == "args" else _hidden(inner, names) for key, inner in value.items()
        }
    if isinstance(value, list):
        return [one if _is_shown(one, names) else MASK if _is_plain(one) else _hidden(one, names) for one in value]
    return value


def _is_plain(value: Any) -> bool:
    return not isinstance(value, list | dict)


def _is_shown(value: Any, names: frozenset[str]) -> bool:
    return value is None or isinstance(value, bool) or (isinstance(value, str) and value in names)


def _inserted(params: dict[str, Json], names: frozenset[str]) -> dict[str, Json]:
    columns, values = params.get("columns"), params.get("values")
    if isinstance(values, dict):
        rows: Json = {name: MASK if name in names else one for name, one in values.items()}
        return {**params, "values": rows}
    if not isinstance(columns, list) or not set(map(str, columns)) & names:
        return params
    if not isinstance(values, list):
        return {**params, "select": _hidden(params.get("select"), names)}
    if values and isinstance(values[0], list):
        return {**params, "values": [_row(columns, row, names) for row in values]}
    return {**params, "values": _row(columns, values, names)}


def _row(columns: list[Json], row: Any, names: frozenset[str]) -> list[Json]:
    return [MASK if name in names else value for name, value in zip(columns, row, strict=True)]
