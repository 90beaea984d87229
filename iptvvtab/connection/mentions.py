"""Which tables the text of a statement names by schema, and the same text that names another schema. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

LONGEST = 20_000
"""Characters of a text that is looked into; longer ones hold data."""

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
_QUERIES = frozenset(("select", "with", "values"))
_CHANGES = frozenset(("insert", "update", "delete", "replace"))
_TRANSACTIONS = frozenset(("begin", "commit", "end", "rollback", "savepoint", "release"))
_AT_ONCE = frozenset(("immediate", "exclusive"))
"""Transactions that begin in all databases of a connection."""

_EXPLAIN = frozenset(("explain", "query", "plan"))


@dataclass(frozen=True, slots=True)
class Mention:
    """A table under the name of a schema, both in small letters; `start` and `end` of the schema's name in the text."""

    schema: str
    table: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Text:
    """What the text of a statement shows before SQLite compiles it.

    `is_query`: it is one statement that may be a query. `is_quiet`: it asks for rows, changes some or is about a
    transaction, and touches no other databases than it names.
    `words`: its names and strings in small letters.
    """

    sql: str
    is_query: bool
    is_quiet: bool
    mentions: tuple[Mention, ...] = ()
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    word: str
    start: int
    end: int


def looked_into(sql: str, schemas: Mapping[str, object]) -> Text:
    """Return what a text shows of tables under these schemas, whose names are in small letters."""
    if len(sql) > LONGEST:
        first = next(_tokens(sql), None)
        return Text(sql, is_query=False, is_quiet=first is not None and first.word in _CHANGES)
    tokens = list(_tokens(sql))
    while tokens and (tokens[-1].kind, tokens[-1].word) == ("other", ";"):
        tokens.pop()
    words = [one.word for one in tokens if one.kind != "text"]
    is_explain = words[:1] == ["explain"]
    begins = next((word for word in words if not (is_explain and word in _EXPLAIN)), "")
    is_single = ";" not in words
    is_query = is_single and not is_explain and begins in _QUERIES
    is_transaction = begins in _TRANSACTIONS and _AT_ONCE.isdisjoint(words)
    is_quiet = is_single and (not words or is_transaction or begins in _QUERIES | _CHANGES)
    known = frozenset(one.word for one in tokens if one.kind in ("name", "text"))
    return Text(sql, is_query, is_quiet, tuple(_mentions(tokens, schemas)) if is_query else (), known)


def renamed(text: Text, tables: Mapping[tuple[str, str], str]) -> str:
    """Return a text in which these tables, by schema and name in small letters, are named under other schemas."""
    parts: list[str] = []
    at = 0
    for one in text.mentions:
        schema = tables.get((one.schema, one.table))
        if schema is not None:
            parts += [text.sql[at : one.start], '"' + schema.replace('"', '""') + '"']
            at = one.end
    return "".join([*parts, text.sql[at:]])


def _mentions(tokens: list[_Token], schemas: Mapping[str, object]) -> Iterator[Mention]:
    """Yield what stands as `schema . name`, whatever it means: a column of an alias looks the same."""
    before = ""
    for (schema, dot), (_, table) in pairwise(pairwise(tokens)):
        is_pair = schema.kind == table.kind == "name" and (dot.kind, dot.word) == ("other", ".") and before != "."
        if is_pair and schema.word in schemas:
            yield Mention(schema.word, table.word, schema.start, schema.end)
        before = schema.word


def _tokens(sql: str) -> Iterator[_Token]:
    for found in _TOKEN.finditer(sql):
        kind = found.lastgroup or ""
        if kind != "space":
            yield _Token(kind, _word(kind, found[0]), found.start(), found.end())


def _word(kind: str, written: str) -> str:
    """Return a token without its quotes, in small letters."""
    mark = written[0]
    if kind == "name" and mark == "[":
        return written[1:-1].lower()
    if kind == "text" or mark in '"`':
        return written[1:-1].replace(mark * 2, mark).lower()
    return written.lower()
