"""The text of a statement in tokens, as SQLite cuts it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
    (?P<space> [ \t\n\f\r]+ | --[^\n]* | /\*.*?(?:\*/|\Z) )
  | (?P<name> "(?:[^"]|"")*" | `(?:[^`]|``)*` | \[[^\]]*\] | [A-Za-z_\x80-\U0010ffff][0-9A-Za-z_$\x80-\U0010ffff]* )
  | (?P<text> '(?:[^']|'')*' )
  | (?P<variable> [$@\#:](?:[0-9A-Za-z_$\x80-\U0010ffff]|::)*(?:\([^)\s]*\))? | \?[0-9]* )
  | (?P<number> [0-9][0-9A-Za-z_.]* )
  | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_QUOTES = "'\"`["


class Token(NamedTuple):
    """A piece of a text. `word`: what it says, without its quotes and in small letters."""

    kind: str
    word: str
    start: int
    end: int
    is_quoted: bool


def tokens_of(sql: str) -> Iterator[Token]:
    """Yield the tokens of a text, without blanks and comments."""
    for found in _TOKEN.finditer(sql):
        kind, written = found.lastgroup or "", found[0]
        if kind != "space":
            is_quoted = written[0] in _QUOTES
            word = _unquoted(kind, written) if is_quoted else written
            yield Token(kind, word.lower(), *found.span(), is_quoted)


def _unquoted(kind: str, written: str) -> str:
    """Return a token without its quotes; a quote that nothing closes is left as it is."""
    mark = written[0]
    if kind == "other":
        return written
    return written[1:-1] if mark == "[" else written[1:-1].replace(mark * 2, mark)
