"""How values look as text, where a format leaves a choice."""

from __future__ import annotations

import re
from dataclasses import dataclass

from iptvvtab.types import Value

NULL = "NULL"

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""Controls, which could move a terminal's cursor, and the marks that turn or hide the text around them."""

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


@dataclass(frozen=True, slots=True)
class Style:
    """Choices of `query`. `null`: how NULL looks, None for the format's own way; `delimiter` and `line_end`: of csv."""

    null: str | None = None
    delimiter: str = ","
    line_end: str = "\n"
    guards_formulas: bool = False


def plain(value: Value) -> str:
    """Return a value that is not NULL as text: a blob as SQL writes it, everything else as it is."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    return repr(value) if isinstance(value, float) else str(value)


def visible(text: str) -> str:
    """Return text on one line for a terminal: what cannot be seen is spelled out."""
    return _UNPRINTABLE.sub(lambda found: _SHORT.get(found[0]) or _spelled(ord(found[0])), text)


def _spelled(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def cell(value: Value, style: Style) -> str:
    """Return a value as a cell for eyes; a text that looks like NULL wears quotes."""
    null = NULL if style.null is None else style.null
    if value is None:
        return null
    text = visible(plain(value))
    return f"'{text}'" if text == null and isinstance(value, str) and text else text
