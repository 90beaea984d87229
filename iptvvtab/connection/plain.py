"""Which statements a scan of one table says wholly: columns, compared with values, sorted and cut. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from iptvvtab.connection.tokens import Token

_WORDS = frozenset(
    (
        *("select", "distinct", "as", "from", "where", "group", "having", "window", "order", "limit", "offset", "with"),
        *("join", "left", "inner", "cross", "natural", "on", "using", "union", "except", "intersect", "indexed"),
        *("and", "or", "not", "in", "between", "is", "null", "isnull", "notnull", "like", "glob", "exists", "case"),
        *("cast", "collate", "escape", "by", "asc", "desc", "nulls", "first", "last"),
    )
)
_COLUMN = r"n(?: \. n){0,2}"
_VALUE = r"(?:- )?(?:v|null)"
_COMPARED = r"(?:[=!<>] [=>]|[=<>]|is(?: not)?|like|glob)"
_TERM = (
    rf"(?:{_COLUMN} {_COMPARED} {_VALUE}|{_VALUE} [=<>] {_COLUMN}|{_COLUMN} (?:isnull|notnull|not null)"
    rf"|{_COLUMN} (?:not )?in \( {_VALUE}(?: , {_VALUE})* \)|{_COLUMN} between {_VALUE} and {_VALUE})"
)
_ITEM = rf"(?:(?:n \. ){{0,2}}\*|{_COLUMN}(?: as)?(?: n)?)"
_SORTED = rf"(?:{_COLUMN}|v)(?: asc| desc)?(?: nulls (?:first|last))?"
_SCAN = re.compile(
    rf"select {_ITEM}(?: , {_ITEM})* from n \. n(?: as)?(?: n)?(?: where {_TERM}(?: and {_TERM})*)?"
    rf"(?: order by {_SORTED}(?: , {_SORTED})*)?(?: limit v(?: (?:offset|,) v)?)?"
)


def is_scan(tokens: Iterable[Token]) -> bool:
    """Return whether a statement asks one table no more than a virtual table is told of it, as far as words show."""
    return _SCAN.fullmatch(" ".join(map(_letter, tokens))) is not None


def _letter(token: Token) -> str:
    """Return what a token is: a name, a value, or the word itself."""
    if token.kind == "name" and (token.is_quoted or token.word not in _WORDS):
        return "n"
    return token.word if token.kind in ("name", "other") else "v"
