r"""LIKE patterns of SQLite in the portal's words. Pure.

SQLite's LIKE has no escape character and ignores the case of ASCII letters only; PostgreSQL's escapes with a backslash,
and its ILIKE ignores the case of every letter.
"""

from __future__ import annotations

import re

from iptvvtab import jsonsql

_WILDCARD = re.compile("[%_]")
_ASCII_LETTER = re.compile("[A-Za-z]")


def escaped(pattern: str) -> str:
    r"""Return the pattern with PostgreSQL's escapes: `\` is itself, and nothing can be taken for a column's name."""
    text = pattern.replace("\\", "\\\\")
    return "\\" + text if jsonsql.could_be_a_name(text) and text[0] not in "%_" else text


def without_letters(pattern: str) -> str:
    """Return a wider pattern in which each ASCII letter is any character: for a LIKE that minds the case."""
    return _ASCII_LETTER.sub("_", pattern)


def says_anything(pattern: str) -> bool:
    """Return whether the pattern asks for any particular character."""
    return _WILDCARD.sub("", pattern) != ""


def prefix(pattern: str) -> str:
    """Return what stands before the first wildcard."""
    return _WILDCARD.split(pattern, maxsplit=1)[0]
