"""Documents of a case in short, and as they travel."""

from __future__ import annotations

from typing import Any


def names(value: str | list[Any]) -> list[Any]:
    """Columns as they travel: `*` alone, names qualified, anything else as it is."""
    return ["*"] if value == "*" else [{"t": name} if isinstance(name, str) else name for name in value]


def written_out(short: dict[str, Any]) -> dict[str, Any]:
    """A document of a case as it travels: `data` and `order_by` are names, `from` or `count_of` a table."""
    if "count_of" in short:
        counting = {"data": [{"function": "count", "args": ["*"]}], "from": [{"table": short["count_of"], "as": "t"}]}
        return counting | ({"where": short["where"]} if "where" in short else {})
    document: dict[str, Any] = {"data": names(short["data"]), "from": [{"table": short["from"], "as": "t"}]}
    if "distinct" in short:
        document["distinct"] = short["distinct"]
    if "where" in short:
        document["where"] = short["where"]
    if "order_by" in short:
        document["order_by"] = names(short["order_by"])
    if "limit" in short:
        document["limit"] = short["limit"]
    return document
