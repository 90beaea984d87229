r"""LIKE and GLOB patterns of SQLite in the portal's words. Pure.

SQLite's LIKE has no escape character and ignores the case of ASCII letters only; PostgreSQL's escapes with a backslash,
and its ILIKE compares both sides in lower case by the rules of the language. Those may make two characters of one
(`İ`), or another one at the end of a word (`Σ`): so only ASCII patterns are asked for with ILIKE, and without `_`.
"""

from __future__ import annotations

import re

from iptvvtab import jsonsql

_WILDCARD = re.compile("[%_]")
_ASCII_LETTER = re.compile("[A-Za-z]")
_OF_GLOB = re.compile(r"[*?\[]")
_PART_OF_GLOB = re.compile(r"\[\^?\]?[^\]]*\]|\*|\?|[^\[*?]+|\[", re.DOTALL)


def escaped(pattern: str) -> str:
    r"""Return the pattern with PostgreSQL's escapes: `\` is itself, and nothing can be taken for a column's name."""
    text = pattern.replace("\\", "\\\\")
    return "\\" + text if jsonsql.could_be_a_name(text) and text[0] not in "%_" else text


def has_case(pattern: str) -> bool:
    """Return whether the case of ASCII letters matters in it."""
    return _ASCII_LETTER.search(pattern) is not None


def of_any_width(pattern: str) -> str:
    """Return a wider pattern: where one character stood, any number of them may."""
    return pattern.replace("_", "%")


def without_letters(pattern: str) -> str:
    """Return a wider pattern in which each ASCII letter is any character: for a LIKE that minds the case."""
    return _ASCII_LETTER.sub("_", pattern)


def says_anything(pattern: str) -> bool:
    """Return whether the pattern asks for any particular character."""
    return _WILDCARD.sub("", pattern) != ""


def prefix(pattern: str) -> str:
    """Return what stands before the first wildcard."""
    return _WILDCARD.split(pattern, maxsplit=1)[0]


def of_glob(pattern: str) -> str | None:
    """Return a LIKE pattern that matches whatever a GLOB pattern does; None where nothing matches or none is known.

    A class such as `[a-z]` is any character. A `[` that is not closed matches nothing in SQLite.
    """
    said = []
    for part in _PART_OF_GLOB.findall(pattern):
        if part == "[":
            return None
        said.append(
            "_" if part[0] in "[?" else "%" if part == "*" else _WILDCARD.sub(r"\\\g<0>", part.replace("\\", "\\\\"))
        )
    text = "".join(said)
    return "\\" + text if jsonsql.could_be_a_name(text) and text[0] not in "%_" else text


def glob_prefix(pattern: str) -> str:
    """Return what stands before the first wildcard of a GLOB pattern."""
    return _OF_GLOB.split(pattern, maxsplit=1)[0]
