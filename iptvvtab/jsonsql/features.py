"""What a portal's dialect allows beyond the forms that every portal is known to take."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

AGGREGATES = frozenset({"avg", "count", "max", "min", "sum"})
EVIDENT_FUNCTIONS = AGGREGATES | {"date", "regexp_replace"}
"""Functions with evidence [C]; `distinct` is not one of them but a mark on an aggregate's argument."""


@dataclass(frozen=True, slots=True)
class Features:
    """What may be decoded. `order_direction`: `["c", "DESC"]` is "list", `{"desc": c}` is "object", None is neither."""

    order_direction: Literal["list", "object"] | None = None
    ilike: bool = False
    group_by_expression: bool = False
    derived_tables: bool = True
    functions: frozenset[str] = field(default=EVIDENT_FUNCTIONS)
    longest_in: int | None = None
    """Values that one `in` may list, or None."""
    bytewise_text: bool = False
    """Whether texts were seen to be told apart, and ordered, by their bytes."""
