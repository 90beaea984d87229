"""Values that are bound to a statement, as if they had been written into it: SQLite makes the same of both."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from sqlglot import TokenType

from iptvvtab.errors import NotExact
from iptvvtab.types import Value

Bindings: TypeAlias = Mapping[str, Value] | Sequence[Value] | None
"""By name, or by place from 0 on; None: nothing is bound."""

_MARKS = (TokenType.PLACEHOLDER, TokenType.COLON, TokenType.PARAMETER)


def bound(tokens: Sequence[Any], bindings: Bindings) -> list[Any]:
    """Return the tokens of a statement with its parameters replaced. Raises NotExact for what cannot be written."""
    found: list[Any] = []
    last = 0
    waiting = iter(range(len(tokens)))
    for at in waiting:
        token = tokens[at]
        following: Any = tokens[at + 1] if at + 1 < len(tokens) else None
        is_glued = following is not None and following.start == token.end + 1
        if token.token_type in _MARKS:
            key: str | int = ""
            if token.token_type is not TokenType.PLACEHOLDER:
                if not is_glued:
                    raise _unbound(token.text)
                next(waiting)
                key = following.text
            elif is_glued and following.token_type is TokenType.NUMBER:
                next(waiting)
                key = int(following.text)
                last = max(last, key)
            else:
                key = last = last + 1
            found += _written(_value(key, bindings), token)
        elif re.fullmatch(r"\$\w+", token.text) and token.token_type is TokenType.VAR:
            found += _written(_value(token.text[1:], bindings), token)
        else:
            found.append(token)
    return found


def _value(key: str | int, bindings: Bindings) -> Value:
    """Return what is bound to a name, or to a place counted from 1."""
    try:
        if isinstance(key, str) and isinstance(bindings, Mapping):
            return bindings[key]
        if isinstance(key, int) and bindings is not None and not isinstance(bindings, Mapping | str | bytes):
            return bindings[key - 1]
    except (LookupError, TypeError):
        pass
    raise _unbound(str(key))


def _written(value: Value, mark: Any) -> Iterator[Any]:
    """Yield a value as it would be written, at the place of its mark."""

    def token(kind: TokenType, text: str) -> Any:
        return type(mark)(kind, text, mark.line, mark.col, mark.start, mark.end)

    if value is None:
        yield token(TokenType.NULL, "NULL")
    elif isinstance(value, str):
        if not value.isascii() and any("\ud800" <= one <= "\udfff" for one in value):
            raise NotExact("a parameter", "it holds half a character")
        yield token(TokenType.STRING, value)
    elif isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        number = repr(int(value) if isinstance(value, int) else value)
        yield token(TokenType.L_PAREN, "(")
        if number.startswith("-"):
            yield token(TokenType.DASH, "-")
        yield token(TokenType.NUMBER, number.removeprefix("-"))
        yield token(TokenType.R_PAREN, ")")
    else:
        raise NotExact("a parameter", f"no document has a value of type {type(value).__name__}")


def _unbound(key: str) -> NotExact:
    return NotExact("a parameter", f"nothing is bound to {key!r}" if key else "nothing is bound to it")
