"""What a portal is asked to see what it can do, and how its answers are judged. Pure.

An answer counts only if its rows prove it: a portal that takes `["id", "DESC"]` and sorts upward knows no direction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from iptvvtab import jsonsql
from iptvvtab.types import Json

Rows: TypeAlias = list[list[Json]]

SAMPLE_ROWS, SAMPLE_WIDTH = 200, 2
TEXT_ROWS = 500
AT_ONCE = 20_000
"""Rows asked for to see a silent cut: the largest page that is asked for by default."""
MOST_COPIES = 8
"""Of a small table, that are multiplied with each other to see a silent cut all the same."""
_COUNT: Json = {"function": "count", "args": [jsonsql.EVERY_COLUMN]}
LONGEST_IN = (500, 200, 100, 50)
"""Lengths of IN lists that are tried; the first is the longest that is ever sent."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A table to ask about: its name on the portal, an integer key, a text column, one that may well hold NULLs."""

    table: str
    key: str
    text: str
    optional: str


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows (key, text) of a candidate, by key."""

    candidate: Candidate
    rows: Rows

    @property
    def keys(self) -> list[int]:
        """The keys, ascending."""
        return [row[0] for row in self.rows]

    @property
    def word(self) -> tuple[int, str] | None:
        """A key and its text with ASCII letters and nothing that LIKE takes for a sign, to ask in the other case."""
        for key, text in self.rows:
            is_plain = isinstance(text, str) and text.isascii() and not set(text) & set("%_\\")
            if is_plain and text.swapcase() != text:
                return key, text
        return None


@dataclass(frozen=True, slots=True)
class Question:
    """One select, and what its rows say. A refusal says `absent`; `judge` returns None when the rows cannot tell."""

    name: str
    document: dict[str, Json] = field(repr=False)
    judge: Callable[[Rows], Any]
    absent: Any = False


def sample_of(candidate: Candidate) -> dict[str, Json]:
    """Return the select of a sample."""
    names = [candidate.key, candidate.text]
    return jsonsql.select(candidate.table, names, order_by=[candidate.key], limit=SAMPLE_ROWS)


def questions(sample: Sample) -> list[Question]:
    """Return what to ask about a sample; questions that its rows cannot answer are left out."""
    return [
        Question("count", _expression(sample, _COUNT), _is_number),
        *_directions(sample),
        *_about_text(sample),
        Question("group_by_expression", _grouped(sample), lambda rows: bool(rows) or None),
        Question("hashtext", _hashed(sample, "hashtext"), _is_number),
        Question("md5", _hashed(sample, "md5"), _is_md5),
        Question("now", _expression(sample, {"function": "now", "args": []}), _is_text),
        Question("first_by_optional", _by(sample, sample.candidate.optional, 1), _first, absent=None),
        Question("null_optional", _null_optional(sample), bool, absent=None),
        Question("bytewise_text", _by(sample, sample.candidate.text, TEXT_ROWS), is_bytewise, absent=None),
    ]


def in_list(sample: Sample, length: int) -> dict[str, Json]:
    """Return the select with an IN list of so many numbers, one of which is there."""
    last = sample.keys[-1]
    where = jsonsql.member(sample.candidate.key, range(last, last + length))
    return jsonsql.select(sample.candidate.table, [sample.candidate.key], where=where, limit=1)


def count_of(candidate: Candidate) -> dict[str, Json]:
    """Return the select that counts a table's rows."""
    return {**jsonsql.select(candidate.table, []), "data": [_COUNT]}


def counted(rows: Rows | None) -> int | None:
    """Return what such a select answered; None if it is no number."""
    value = _cell(rows or [])
    return value if isinstance(value, int) else None


def at_once(candidate: Candidate) -> dict[str, Json]:
    """Return the select of more rows than some portals answer."""
    return jsonsql.select(candidate.table, [candidate.key], order_by=[candidate.key], limit=AT_ONCE)


def beyond(candidate: Candidate, rows: Rows) -> dict[str, Json]:
    """Return the select of a row after those of `at_once`."""
    where = jsonsql.after([candidate.key], [rows[-1][0]])
    return jsonsql.select(candidate.table, [candidate.key], where=where, order_by=[candidate.key], limit=1)


def multiplied(candidate: Candidate, rows: int) -> dict[str, Json]:
    """Return the select of AT_ONCE rows of a table that has fewer, each with each as often as it takes."""
    copies = [f"t{number}" for number in range(MOST_COPIES) if rows**number < AT_ONCE]
    tables: list[Json] = [{"table": candidate.table, "as": copy} for copy in copies]
    return {"data": [{copies[0]: candidate.key}], "from": tables, "limit": AT_ONCE}


def is_bytewise(rows: Rows) -> bool | None:
    """Return whether texts in a portal's order are ordered by their bytes; None if another order looks the same."""
    texts = [row[0] for row in rows if isinstance(row[0], str)]
    if texts != sorted(texts, key=lambda text: text.encode()):
        return False
    is_telling = texts != sorted(texts, key=lambda text: (text.casefold(), text))
    return True if is_telling else None


def _directions(sample: Sample) -> list[Question]:
    if len(sample.rows) < 2:  # one row is in every order
        return []
    candidate, last = sample.candidate, sample.keys[-1]
    key = jsonsql.column(candidate.key)

    def is_downward(rows: Rows) -> bool:
        keys = [row[0] for row in rows]
        return len(keys) > 1 and keys == sorted(keys, reverse=True) and keys[0] >= last

    base = jsonsql.select(candidate.table, [candidate.key], limit=2)
    forms: tuple[tuple[str, Json], ...] = (("list", [key, "DESC"]), ("object", {"desc": key}))
    return [Question(f"order_{name}", {**base, "order_by": [form]}, is_downward) for name, form in forms]


def _about_text(sample: Sample) -> list[Question]:
    if sample.word is None:
        return []
    key, text = sample.word
    candidate = sample.candidate
    column = jsonsql.column(candidate.text)

    def where(condition: Json) -> dict[str, Json]:
        both = {"and": [jsonsql.compare("eq", candidate.key, key), condition]}
        return jsonsql.select(candidate.table, [candidate.key], where=both, limit=1)

    def is_found(rows: Rows) -> bool:
        return [row[0] for row in rows] == [key]

    # The sign at the end keeps the pattern from being taken for a column's name.
    return [
        Question("ilike", where({"ilike": [column, text.swapcase() + "%"]}), is_found),
        Question("in_values", where({"in": [column, {"values": [[text]]}]}), is_found),
    ]


def _expression(sample: Sample, expression: Json) -> dict[str, Json]:
    return {**jsonsql.select(sample.candidate.table, [], limit=1), "data": [expression]}


def _grouped(sample: Sample) -> dict[str, Json]:
    expression = {"add": [jsonsql.column(sample.candidate.key), 0]}
    return {**_expression(sample, expression), "group_by": [expression]}


def _hashed(sample: Sample, function: str) -> dict[str, Json]:
    candidate = sample.candidate
    document = _expression(sample, {"function": function, "args": [jsonsql.column(candidate.text)]})
    return {**document, "where": jsonsql.is_not_null(candidate.text)}


def _by(sample: Sample, column: str, limit: int) -> dict[str, Json]:
    return jsonsql.select(sample.candidate.table, [column], order_by=[column], limit=limit)


def _null_optional(sample: Sample) -> dict[str, Json]:
    candidate = sample.candidate
    where = jsonsql.is_null(candidate.optional)
    return jsonsql.select(candidate.table, [candidate.key], where=where, limit=1)


def _cell(rows: Sequence[Json]) -> Json:
    """Return the one value of an answer, nested or flat."""
    value = rows[0] if rows else None
    return value[0] if isinstance(value, list) and value else value


def _first(rows: Rows) -> list[Json]:
    return [_cell(rows)] if rows else []


def _is_number(rows: Rows) -> bool | None:
    return isinstance(_cell(rows), int | float) if rows else None


def _is_text(rows: Rows) -> bool | None:
    return isinstance(_cell(rows), str) if rows else None


def _is_md5(rows: Rows) -> bool | None:
    value = _cell(rows)
    return (isinstance(value, str) and len(value) == len("d41d8cd98f00b204e9800998ecf8427e")) if rows else None
