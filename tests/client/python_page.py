"""The table of docs/python.md: lookups, and the SQL that they make (cog puts it there)."""

from __future__ import annotations

from typing import Any

from iptvvtab.client import Q
from iptvvtab.client.lookups import LOOKUPS

VALUES: dict[str, Any] = {
    "in": [1, 2],
    "range": (1, 5),
    "isnull": True,
    "is": False,
    "exact": "a",
    "like": "a%",
    "ilike": "a%",
}
NUMBERS = ("gt", "gte", "lt", "lte")


def lookups() -> str:
    """Each lookup with an example."""
    lines = ["| condition | SQL |", "|---|---|"]
    for name in LOOKUPS:
        value = VALUES.get(name, 3 if name in NUMBERS else "50%")
        lines.append(f"| `Q(c__{name}={value!r})` | `{Q(**{f'c__{name}': value})}` |")
    return "\n".join(lines)
