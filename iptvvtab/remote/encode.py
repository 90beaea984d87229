"""A Read as JSONSQL documents: terms to conditions, pages by key, long IN lists in parts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from iptvvtab import jsonsql
from iptvvtab.errors import UnknownPosition
from iptvvtab.remote.read import Digest, Op, Order, Read, Term
from iptvvtab.schema import Column, Table
from iptvvtab.types import UTC, ColumnType, Json, Value

LONGEST_IN = 500
"""Members of one IN list: more travel in several requests."""

PLAIN = frozenset({ColumnType.INTEGER, ColumnType.FLOAT, ColumnType.BOOLEAN, ColumnType.DATETIME, ColumnType.DATE})
"""Types of which a portal prints NULL alone as nothing."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How the rows of a Read travel: the columns to ask for, or `["*"]` and which positions to keep.

    A column of which only the position is known (`Field_N`) cannot be asked for by name. `columns` has one more for the
    hash of a row, `digest` as JSONSQL.
    """

    columns: tuple[Column, ...]
    positions: tuple[int, ...] | None
    width: int | None
    digest: Json | None = None

    @property
    def asked(self) -> tuple[Json, ...]:
        """Names, and perhaps an expression, for the document's `data`."""
        if self.positions is not None:
            return (jsonsql.EVERY_COLUMN,)
        if self.digest is not None:
            return (*(str(one.remote_name) for one in self.columns[:-1]), self.digest)
        return tuple(str(one.remote_name) for one in self.columns)


def shape(table: Table, read: Read) -> Shape:
    """Return how the rows of a Read travel. `width` is None when the portal's width is not known.

    Raises UnknownPosition when one of its columns can only be read by position and another one only by name.
    """
    columns = tuple(table.column(name) for name in read.columns)
    if read.digest is not None:
        kind = ColumnType.INTEGER if read.digest.function == "hashtext" else ColumnType.STRING
        hashed = Column(position=table.total_fields or len(columns), name="hash", remote_name="hash", type=kind)
        return Shape((*columns, hashed), None, len(columns) + 1, row_hash(table, read.digest))
    if any(one.remote_name is None for one in columns):
        if unplaced := [one.name for one in columns if not table.is_placed(one)]:
            raise UnknownPosition(table.name, unplaced)
        return Shape(columns, tuple(one.position for one in columns), table.total_fields)
    return Shape(columns, None, len(columns))


def row_hash(table: Table, digest: Digest) -> Json:
    """Return the hash of a row in JSONSQL. Raises UnknownPosition for a column that has no name on the portal."""
    columns = [table.column(name) for name in digest.columns]
    if unnamed := [one.name for one in columns if one.remote_name is None]:
        raise UnknownPosition(table.name, unnamed)
    plain = [str(one.remote_name) for one in columns if one.type in PLAIN]
    texts = [str(one.remote_name) for one in columns if one.type not in PLAIN]
    return jsonsql.row_hash(digest.function, plain, texts)


def conditions(table: Table, read: Read) -> list[Json]:
    """Return the conditions of a Read in JSONSQL."""
    found = [condition(table, term) for term in read.terms]
    if read.slice is not None:
        key = jsonsql.quotient(str(table.column(table.key[0]).remote_name), read.slice.divisor)
        found.append({"in": [key, *read.slice.numbers]})
    return found


def condition(table: Table, term: Term) -> Json:
    """Return the condition that a term is in JSONSQL."""
    name = str(table.column(term.column).remote_name)
    match term.op:
        case Op.IS_NULL:
            return jsonsql.is_null(name)
        case Op.NOT_NULL:
            return jsonsql.is_not_null(name)
        case Op.NE_OR_NULL:
            return jsonsql.some([jsonsql.compare("neq", name, term.values[0]), jsonsql.is_null(name)])
        case Op.IN:
            return jsonsql.member(name, term.values)
        case Op.EQ if isinstance(term.values[0], str):
            return _equals_text(name, term.values[0])
        case _:
            return jsonsql.compare(term.op.value, name, term.values[0])


def _equals_text(name: str, text: str) -> Json:
    if jsonsql.could_be_a_name(text):
        return jsonsql.member(name, [text])
    return jsonsql.compare("eq", name, text)


def sort_of(table: Table, read: Read) -> tuple[Order, ...]:
    """Return what the rows of a Read are sorted by: its order, and the key, which makes every place a different one."""
    named = {one.column.casefold() for one in read.order}
    return (*read.order, *(Order(name) for name in table.key if name.casefold() not in named))


def document(
    table: Table,
    read: Read,
    limit: int | None = None,
    last: Sequence[Value] | None = None,
    *,
    offset: int | None = None,
    direction: jsonsql.Direction = "list",
    inclusive: bool = False,
) -> dict[str, Json]:
    """Return the parameters of the `select` that asks for the next page of a Read, after the place `last`.

    `last` has a value for each part of `sort_of`. Without a `limit` all rows are asked for at once, in no order: the
    only sound way without a key. `inclusive`: `last` is asked for once more, to see that it is there only once.
    """
    sort = sort_of(table, read)
    names = {one: str(table.column(one.column).remote_name) for one in sort}
    where = conditions(table, read)
    if last is not None:
        place = [sent(table.column(one.column), value) for one, value in zip(sort, last, strict=True)]
        down = [names[one] for one in sort if one.is_down]
        where.append(jsonsql.after(list(names.values()), place, down, inclusive=inclusive))
    order = [jsonsql.downward(names[one], direction) if one.is_down else names[one] for one in sort]
    return jsonsql.select(
        table.remote_name,
        shape(table, read).asked,
        where=jsonsql.every(where),
        order_by=order if limit is not None else (),
        limit=limit,
        offset=offset,
    )


def sent(column: Column, value: Value) -> Json:
    """Return a canonical value as the portal compares with it: a timestamp says its zone, UTC; a flag is a boolean."""
    if column.type is ColumnType.BOOLEAN and value is not None:
        return bool(value)
    if column.type is ColumnType.DATETIME and isinstance(value, str) and value[:1].isdigit():
        return value + UTC
    return value


def without_key(table: Table) -> dict[str, Json]:
    """Return the parameters of the `select` of one row whose key is NULL, which pages by key would never reach."""
    names = [str(table.column(name).remote_name) for name in table.key]
    return jsonsql.select(
        table.remote_name, names, where=jsonsql.some([jsonsql.is_null(name) for name in names]), limit=1
    )


def is_certain(table: Table) -> bool:
    """Return whether a table's key needs no proof: an integer `id`, which every installation was seen to have."""
    return [name.casefold() for name in table.key] == ["id"] and table.column("id").type is ColumnType.INTEGER


def distinct_document(table: Table, read: Read, limit: int, offset: int | None = None) -> dict[str, Json]:
    """Return the parameters of the `select` that asks for the different rows of a Read."""
    return {
        "distinct": True,
        **jsonsql.select(
            table.remote_name,
            shape(table, read).asked,
            where=jsonsql.every(conditions(table, read)),
            limit=limit,
            offset=offset,
        ),
    }


def count_document(table: Table, read: Read) -> dict[str, Json]:
    """Return the parameters of the `select` that counts the rows of a Read."""
    return jsonsql.count(table.remote_name, jsonsql.every(conditions(table, read)))


def masked(table: Table, read: Read) -> Read:
    """Return the Read with the values of sensitive columns masked, for receipts and traces; itself if it has none."""
    terms = tuple(
        replace(term, values=(jsonsql.MASK,) * min(len(term.values), 1))
        if table.column(term.column).sensitive
        else term
        for term in read.terms
    )
    return read if terms == read.terms else read.with_terms(terms)


def parts(read: Read, longest: int = LONGEST_IN) -> Iterator[Read]:
    """Split a Read whose IN list is too long into Reads of disjoint rows.

    Only the longest list is split; another one that is too long is left out (the rows are checked again anyway).
    """
    lists = [term for term in read.terms if term.op is Op.IN and len(term.values) > longest]
    if not lists:
        yield read
        return
    longest_list = max(lists, key=lambda term: len(term.values))
    others = tuple(term for term in read.terms if term not in lists)
    for start in range(0, len(longest_list.values), longest):
        part = replace(longest_list, values=longest_list.values[start : start + longest])
        yield read.with_terms((*others, part))


def stages(read: Read) -> tuple[Read, ...]:
    """Split a Read whose order has a column with NULL: SQLite puts NULL at the other end than the portal does."""
    if not read.order or not read.order[0].has_null:
        return (read,)
    first, *rest = read.order
    nulls = replace(read, terms=(*read.terms, Term(first.column, Op.IS_NULL)), order=tuple(rest))
    filled = replace(
        read,
        terms=(*read.terms, Term(first.column, Op.NOT_NULL)),
        order=(replace(first, has_null=False), *rest),
    )
    return (filled, nulls) if first.is_down else (nulls, filled)


def weaker(read: Read) -> Read | None:
    """Return the Read without the conditions on text, or None when it has none.

    A column that the schema calls text may be of another type on the portal (inet, uuid, an enumeration), which refuses
    a text that is not one of its values where SQLite just finds no row.
    """
    kept = tuple(term for term in read.terms if not any(isinstance(value, str) for value in term.values))
    return None if kept == read.terms else read.with_terms(kept)
