"""What a portal says of many rows in a few numbers: how many, and the sum of their hashes or of their keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from iptvvtab import jsonsql
from iptvvtab.errors import BadAnswer, KeyBroken
from iptvvtab.jsonsql import Grouping
from iptvvtab.remote.canonical import convert
from iptvvtab.remote.encode import conditions, row_hash
from iptvvtab.remote.read import Read
from iptvvtab.remote.sizes import Sizes
from iptvvtab.remote.wire import Wire
from iptvvtab.schema import Table
from iptvvtab.types import Json, Value


@dataclass(frozen=True, slots=True)
class Group:
    """Rows whose key divided by a number is `number`: how many there are, and the sum of their hashes."""

    number: int
    rows: int
    sum: int


@dataclass(frozen=True, slots=True)
class Totals:
    """All rows of a Read: how many, the sum of their keys if there is one, the largest value of a column."""

    rows: int
    keys: int | None = None
    highest: Value = None


class Digests:
    """Asks one portal about the rows of one table, whose key is one integer. The Reads name their `digest`.

    Raises PortalError and its kin; BadAnswer for what is no such answer, KeyBroken for groups that come twice or not
    in their order.
    """

    def __init__(self, wire: Wire, table: Table, sizes: Sizes) -> None:
        self._wire, self._table, self._sizes = wire, table, sizes

    def groups(self, read: Read, divisor: int, grouping: Grouping, expected: int) -> Iterator[Group]:
        """Yield the groups of a Read's rows by their key divided by a number, upward.

        `expected`: rows that they may well have together; then nothing is looked for beyond a short answer.
        """
        assert read.digest is not None
        group = jsonsql.quotient(self._key, divisor)
        value, limit, last = row_hash(self._table, read.digest), self._sizes.limit(self._sizes.largest, 3), None
        while True:
            where = conditions(self._table, read)
            if last is not None:
                where.append({"gt": [group, last]})
            document = jsonsql.groups(grouping, self._table.remote_name, group, value, jsonsql.every(where), limit)
            found = [self._group(row) for row in self._ask(document)]
            self._check_order(last, found)
            yield from found
            expected -= sum(one.rows for one in found)
            if self._sizes.is_last(len(found), limit) or (len(found) < limit and not expected):
                return
            last = found[-1].number

    def ranges(self, reads: Sequence[Read]) -> list[Group]:
        """Return for each Read how many rows it has and the sum of their hashes, asked in one request."""
        documents = []
        for read in reads:
            assert read.digest is not None
            total = jsonsql.total(row_hash(self._table, read.digest))
            where = jsonsql.every(conditions(self._table, read))
            documents.append(jsonsql.totals(self._table.remote_name, [total], where))
        answers = self._wire.together(self._table.name, documents)
        return [self._group([number, *self._only(rows)]) for number, rows in enumerate(answers)]

    def totals(self, read: Read, highest: str | None) -> Totals:
        """Return the totals of a Read; `highest` names the column whose largest value is asked for."""
        aggregates = [jsonsql.total(jsonsql.column(self._key))]
        if highest is not None:
            remote = str(self._table.column(highest).remote_name)
            aggregates.append(jsonsql.total(jsonsql.column(remote), "max"))
        where = jsonsql.every(conditions(self._table, read))
        row = self._only(self._ask(jsonsql.totals(self._table.remote_name, aggregates, where)))
        if len(row) != len(aggregates) + 1 or type(row[0]) is not int or not isinstance(row[1], int | float | None):
            raise self._bad()
        top = None if highest is None else convert(self._table.column(highest).type, row[2])
        return Totals(row[0], None if row[1] is None else int(row[1]), top)

    @property
    def _key(self) -> str:
        return str(self._table.column(self._table.key[0]).remote_name)

    def _ask(self, document: dict[str, Json]) -> list[list[Json]]:
        return self._wire.receive(self._wire.ask(self._table.name, document, document), None).rows

    def _group(self, row: list[Json]) -> Group:
        match row:
            case [int(number), int(rows), int() | None as total] if rows >= 0:
                return Group(number, rows, total or 0)  # of no rows, and of rows without a hash, the sum is NULL
        raise self._bad()

    def _only(self, rows: list[list[Json]]) -> list[Json]:
        if len(rows) != 1:
            raise self._bad()
        return rows[0]

    def _bad(self) -> BadAnswer:
        return BadAnswer(self._wire.portal, f"table {self._table.name!r} answered something else than sums of its rows")

    def _check_order(self, last: int | None, found: list[Group]) -> None:
        numbers = [one.number for one in found] if last is None else [last, *(one.number for one in found)]
        if any(one >= following for one, following in pairwise(numbers)):
            raise KeyBroken(
                self._wire.portal, self._table.name, self._table.key, "does not come in order in sums of rows"
            )
