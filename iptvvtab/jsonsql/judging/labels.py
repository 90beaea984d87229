"""What SQLite calls the columns of a statement: it takes the text of an expression as it was written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlglot import TokenType

_BLANKS = " \t\n\v\f\r"
_MODIFIERS = (TokenType.DISTINCT, TokenType.ALL)


def written_items(text: str, tokens: Sequence[Any]) -> list[str]:
    """Return the text of each item of the outermost select, with what follows it up to the next comma or FROM."""
    found: list[str] = []
    depth, start, is_within = 0, None, False
    before = None
    for token in tokens:
        kind = token.token_type
        is_from = kind is TokenType.FROM and before is not TokenType.DISTINCT  # IS DISTINCT FROM
        ends = is_within and depth == 0 and (kind is TokenType.COMMA or is_from)
        if ends and start is not None:
            found.append(text[start : token.start].strip(_BLANKS))
            start = None
            if is_from:
                return found
        elif is_within and start is None and not (kind in _MODIFIERS and not found):
            start = token.start
        if depth == 0 and kind is TokenType.SELECT:
            is_within = True
        depth += (kind is TokenType.L_PAREN) - (kind is TokenType.R_PAREN)
        before = kind
    return found
