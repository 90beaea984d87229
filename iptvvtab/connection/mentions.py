"""Which tables the text of a statement names by schema, and the same text that names another schema. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from iptvvtab.connection.plain import is_scan
from iptvvtab.connection.tokens import Token, tokens_of

LONGEST = 20_000
"""Characters of a text that is looked into; longer ones hold data."""

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
    `words`: its names and strings in small letters. `is_scan`: it asks one table no more than a scan of it says.
    """

    sql: str
    is_query: bool
    is_quiet: bool
    mentions: tuple[Mention, ...] = ()
    words: frozenset[str] = frozenset()
    is_scan: bool = False


def looked_into(sql: str, schemas: Mapping[str, object]) -> Text:
    """Return what a text shows of tables under these schemas, whose names are in small letters."""
    if len(sql) > LONGEST:
        first = next(tokens_of(sql), None)
        return Text(sql, is_query=False, is_quiet=first is not None and first.word in _CHANGES)
    tokens = list(tokens_of(sql))
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
    mentions = tuple(_mentions(tokens, schemas)) if is_query else ()
    return Text(sql, is_query, is_quiet, mentions, known, bool(mentions) and is_scan(tokens))


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


def _mentions(tokens: list[Token], schemas: Mapping[str, object]) -> Iterator[Mention]:
    """Yield what stands as `schema . name`, whatever it means: a column of an alias looks the same."""
    before = ""
    for (schema, dot), (_, table) in pairwise(pairwise(tokens)):
        is_pair = schema.kind == table.kind == "name" and (dot.kind, dot.word) == ("other", ".") and before != "."
        if is_pair and schema.word in schemas:
            yield Mention(schema.word, table.word, schema.start, schema.end)
        before = schema.word
