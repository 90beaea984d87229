"""What SQLite asks of a column, and how it compares values: the pure part of its rules.

Sources: https://www.sqlite.org/datatype3.html (affinity, comparison), docs/sql.md (what follows from it here).
"""

from __future__ import annotations

import re
from enum import StrEnum

from iptvvtab.types import Value


class Comparison(StrEnum):
    """A constraint that SQLite offers, in its own words."""

    EQ = "="
    IN = "IN"
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    NE = "!="
    IS = "IS"
    IS_NOT = "IS NOT"
    IS_NULL = "IS NULL"
    NOT_NULL = "IS NOT NULL"
    LIKE = "LIKE"
    GLOB = "GLOB"


RANGES = (Comparison.LT, Comparison.LE, Comparison.GT, Comparison.GE)
WITHOUT_VALUE = (Comparison.IS_NULL, Comparison.NOT_NULL)

BINARY = "BINARY"
"""The only collation under which the portal and SQLite agree on what is equal."""

_NUMBER = re.compile(r"[ \t\n\v\f\r]*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?[ \t\n\v\f\r]*", re.ASCII)


def numeric(value: Value) -> Value:
    """Return a value under numeric affinity: text that looks like a number (up to a NUL) becomes one."""
    if not isinstance(value, str):
        return value
    text = value.partition("\0")[0]  # SQLite reads numbers as C reads strings
    match = _NUMBER.fullmatch(text)
    if not match:
        return value
    if match[2] is None and match[3] is None and "." not in text:
        whole = int(text)
        if -(2**63) <= whole < 2**63:
            return whole
    return float(text)
