"""Look-ups by key, one after another, as SQLite's nested loops make them on the inner table of a join.

SQLite asks for one key at a time. Where the keys come from a cursor of the same connection (leads.py), those that will
follow travel together. Where nobody knows what will follow, look-ups are sent one by one until they have cost as much
as reading the table would; then it is read, and the rest is answered from it: never more than twice the cheaper way.
What is kept lives on one cursor and dies with its statement; it is found by value alone, and SQLite checks each row.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

from iptvvtab.remote import Op, Read, Term
from iptvvtab.schema import Column, Table
from iptvvtab.source import Row, Rows
from iptvvtab.types import BY_MEANING, ColumnType, Value
from iptvvtab.vtab.estimate import BATCH, Estimates
from iptvvtab.vtab.leads import MOST_PAIRS, Key, Leads, Match, Outer, Peers, leads_of, matches, related

FEWEST = 8
"""Look-ups before a table of unknown size is read because nobody knows what will follow: most joins need no more."""

MOST_ROWS = 200_000
"""Rows that are kept for a join; of a table with more, keys are looked up."""

NEAR_ROWS = 20_000
"""Rows up to which a table that need not be asked for is read at once: they take a few milliseconds."""

SAME_PRICE = 1.1
"""How much dearer than a batch of keys a whole table may be: it answers all keys that follow, too."""

BY_VALUE = BY_MEANING | {ColumnType.INTEGER, ColumnType.STRING}
"""Types whose canonical values are equal exactly when the portal's are, or more often on the portal."""

WIDE = frozenset({Op.NE, Op.NE_OR_NULL})
"""Comparisons that keep nearly every row: a look-up by nothing else costs as much as the table."""

MOST_SEEN = 20_000
"""Keys that are counted to see whether they are worth a whole table: a few milliseconds."""

ALL = 2**62
"""Rows that are wanted of a batch, or of a table: pages are large from the first on."""

Open = Callable[[Read, int | None], Rows]
"""Opens a Read of which so many rows are wanted, if that is known."""


class Guide(Protocol):
    """What look-ups know of the world."""

    @property
    def estimates(self) -> Estimates:
        """What reads of the table are expected to take."""

    @property
    def peers(self) -> Peers | None:
        """The open cursors that keys may come from; None where nobody looks ahead."""

    def listed(self, column: Column, values: frozenset[object]) -> Sequence[Term] | None:
        """Return the terms of a list of values; None where such a list does not travel."""

    def is_near(self, read: Read) -> bool:
        """Return whether a Read would be answered without the portal."""


@dataclass(slots=True)
class _Kept:
    """Rows by key. `by`: the places of the terms that are the key; `fixed`: other terms that held when they were read.

    `is_whole`: a key that is not there has no rows; else nobody has asked for it.
    """

    by: tuple[int, ...]
    fixed: dict[int, Term]
    is_whole: bool
    rows: dict[Key, list[Row]] = field(default_factory=dict)
    count: int = 0

    def is_of(self, read: Read, by: Iterable[int]) -> bool:
        """Return whether its rows were read under the terms of another look-up, and by these keys."""
        return self.by == tuple(by) and all(read.terms[place] == term for place, term in self.fixed.items())

    def find(self, read: Read) -> list[Row] | None:
        """Return the rows of a look-up; None where nobody knows."""
        if any(read.terms[place] != term for place, term in self.fixed.items()):
            return None
        return self._of(tuple(read.terms[place].values[0] for place in self.by))

    def find_by_values(self, values: Sequence[Value]) -> list[Row] | None:
        """Return the rows of a look-up, of whose terms only the values are given: each is one EQ."""
        for place, term in self.fixed.items():
            if (values[place],) != term.values:
                return None
        return self._of(tuple([values[place] for place in self.by]))

    def _of(self, key: Key) -> list[Row] | None:
        found = self.rows.get(key)
        return [] if found is None and self.is_whole else found


class Lookups:
    """The look-ups of one cursor. Unless `is_allowed`, each is asked for by itself.

    `batches`: reads that answered more than one; `hits`: look-ups that were answered out of them.
    """

    def __init__(self, table: Table, guide: Guide, cursor: Outer, *, is_allowed: bool = True) -> None:
        self._table, self._guide, self._cursor, self._is_allowed = table, guide, cursor, is_allowed
        self._last: Read | None = None
        self._varying: frozenset[int] = frozenset()
        self._matches: list[Match] | None = None
        self._lead: Leads | None = None
        self._count = self._alone = 0
        self._price_of_batches = 0.0
        self._is_too_large = False
        self._is_near: bool | None = None
        self._kept: _Kept | None = None
        self.batches = self.hits = 0

    def find(self, read: Read, open_read: Open, *, is_summed_up: bool = False) -> list[Row] | None:
        """Return the rows of a look-up, or None when it should be asked for by itself. `open_read` opens a Read.

        `is_summed_up`: a summary will do, so that asking for the very same one again is cheaper than its rows.
        """
        if not self._is_allowed:
            return None
        is_next = self._follow(read)
        if self._kept is not None and (rows := self._kept.find(read)) is not None:
            self.hits += 1
            return rows
        if self._is_near is None:
            self._is_near = self._guide.is_near(read)
        if self._is_near:
            return self._from_near(read, open_read) if is_next else None
        if self._looks_ahead(read, open_read) or (
            is_next and not (is_summed_up and not self._varying) and self._reads_all(read, open_read)
        ):
            assert self._kept is not None
            return self._kept.find(read)
        self._alone += 1
        return None

    @property
    def _spent(self) -> float:
        """The milliseconds that look-ups like the present one are estimated to have taken."""
        alone = self._guide.estimates.cost(1, 1) * self._alone if self._alone else 0.0
        return self._price_of_batches + alone

    def _from_near(self, read: Read, open_read: Open) -> list[Row] | None:
        """Read a small table once that costs no request: a look-up here is cheaper than one in a file."""
        is_small = self._varying and self._count > FEWEST and self._guide.estimates.total <= NEAR_ROWS
        by = [place for place in self._keys(read) if place in self._varying]
        if not is_small or not by or not self._keep_all(read, open_read, by):
            return None
        assert self._kept is not None
        return self._kept.find(read)

    def find_by_values(self, values: Sequence[Value]) -> list[Row] | None:
        """Return the kept rows of one more look-up, given the values of its terms alone; None where nobody knows."""
        rows = None if self._kept is None else self._kept.find_by_values(values)
        self.hits += rows is not None
        return rows

    def opened(self, source: str) -> None:
        """Be told where the rows of a look-up came from: what is near needs no batches, until it is far."""
        self._is_near = source != "live"

    def ahead(self) -> Iterator[Row]:
        """Yield the kept rows of the keys that will follow, in their order; all kept ones where nobody knows them."""
        if self._kept is None:
            return
        keys: Iterable[Key] = tuple(self._kept.rows)
        if self._lead is not None and self._last is not None and self._lead.places == self._kept.by:
            keys = self._lead.coming(_values(self._last), BATCH)
        for key in keys:
            yield from self._kept.rows.get(key, ())

    def _follow(self, read: Read) -> bool:
        """Follow the row of look-ups: which terms change from one to the next, and how many there were."""
        last, self._last = self._last, read
        changed = None if last is None else _changed(last, read)
        if changed is None:
            self._varying, self._matches, self._lead, self._kept = frozenset(), None, None, None
            self._count, self._alone, self._price_of_batches, self._is_near = 1, 0, 0.0, None
            return False
        if not changed <= self._varying:
            self._varying |= changed
            self._lead = None
        self._count += 1
        return True

    def _keys(self, read: Read) -> dict[int, Column]:
        """Return the terms by which rows can be found, by place."""
        found = {}
        for place, term in enumerate(read.terms):
            column = self._table.column(term.column)
            if term.op is Op.EQ and term.column in read.columns and column.type in BY_VALUE:
                found[place] = column
        return found

    def _looks_ahead(self, read: Read, open_read: Open) -> bool:
        """Have the keys that follow travel together with this one; return whether they do.

        One alone is kept too if it finds a row at most: it may come again.
        """
        lead = self._lead = self._leading(read)
        if lead is None:
            return False
        kept = self._kept if self._kept is not None and self._kept.is_of(read, lead.places) else None
        keys = self._following(read, lead, {} if kept is None else kept.rows)
        price = self._price(lead, keys)
        if price > len(keys) * self._price(lead, keys[:1]):
            return False
        if self._cost_as_much(read, lead, keys, price) and self._keep_all(read, open_read, lead.places):
            return True
        fixed = {place: term for place, term in self._fixed(read).items() if place not in lead.places}
        asked = self._together(read, lead, keys, fixed)
        if asked is None:
            return False
        if kept is None or kept.count > MOST_ROWS:
            kept = _Kept(lead.places, fixed, is_whole=False)
        self._price_of_batches += price
        rows = open_read(asked, None if asked is read else ALL)
        found = self._taken(kept.by, read, rows, {key: [] for key in keys})
        assert found is not None
        kept.rows.update(found)
        kept.count += sum(map(len, found.values()))
        self._kept = kept
        return True

    def _cost_as_much(self, read: Read, lead: Leads, keys: Sequence[Key], price: float) -> bool:
        """Return whether the keys that are seen to follow cost as much as the whole table, with what was spent."""
        most = self._most(lead)
        if not self._spent and len(keys) < most:  # these may well be all
            return False
        left = self._guide.estimates.whole() - self._spent
        needed = max(math.ceil(left / (price * SAME_PRICE)), 1) * most
        if needed == most or needed > MOST_SEEN or len(lead.parts) > 1:
            return needed == most
        return sum(1 for _ in islice(lead.coming(_values(read), most), needed)) == needed

    def _together(self, read: Read, lead: Leads, keys: Sequence[Key], fixed: Mapping[int, Term]) -> Read | None:
        """Return the Read that brings the rows of keys; None where such a list does not travel."""
        if len(keys) == 1:
            return read
        terms = self._listed(lead, keys)
        return None if terms is None else read.with_terms((*fixed.values(), *terms))

    def _following(self, read: Read, lead: Leads, known: Mapping[Key, object]) -> list[Key]:
        """Return the key of a look-up, then those that nobody has asked for yet of the ones that will follow."""
        most = self._most(lead)
        coming = (key for key in lead.coming(_values(read), most) if key not in known)
        return list(islice(coming, most if len(lead.parts) == 1 else MOST_PAIRS))

    def _leading(self, read: Read) -> Leads | None:
        """Return the cursor that the keys come from: by foreign keys at once, by what was seen after two look-ups."""
        if self._guide.peers is None:
            return None
        keys = self._keys(read)
        wanted = {place: term.values[0] for place, term in enumerate(read.terms) if place in keys}
        outers = self._guide.peers.others(self._cursor)
        now = matches(wanted, outers)
        self._matches = now if self._matches is None else [one for one in self._matches if one in now]
        by_schema = related(self._table, keys, outers)
        sure = [one for one in by_schema if one in now]
        guessed = [one for one in self._matches if one[1] in self._varying]
        if not sure and not guessed:  # rows that SQLite sorted or grouped before it joins them: it is ahead of us there
            sure = [one for one in by_schema if one[0].holds(one[2], wanted[one[1]])]
        lead = leads_of([*sure, *guessed], outers)
        return None if lead is None else lead.moving(_values(read))

    def _listed(self, lead: Leads, keys: Sequence[Key]) -> list[Term] | None:
        found: list[Term] = []
        for number, place in enumerate(lead.places):
            assert self._last is not None
            column = self._table.column(self._last.terms[place].column)
            terms = self._guide.listed(column, frozenset(key[number] for key in keys))
            if not terms:
                return None
            found += terms
        return found

    def _fixed(self, read: Read) -> dict[int, Term]:
        return {place: term for place, term in enumerate(read.terms) if place not in self._varying}

    def _reads_all(self, read: Read, open_read: Open) -> bool:
        """Read the table once look-ups have cost as much; return whether it was."""
        estimates = self._guide.estimates
        is_wide = all(read.terms[place].op in WIDE for place in self._varying)
        is_guessed = not estimates.is_counted and self._count <= FEWEST
        if not is_wide and (is_guessed or self._spent < estimates.whole(unknown=0.0)):
            return False
        # The very same question again, as a join without a usable condition asks: the first answer would have done.
        return self._keep_all(read, open_read, [place for place in self._keys(read) if place in self._varying])

    def _keep_all(self, read: Read, open_read: Open, by: Iterable[int]) -> bool:
        """Read all rows that any key finds; return False if they are too many to be kept."""
        if self._is_too_large or self._guide.estimates.total > MOST_ROWS:
            return False
        by = tuple(by)
        fixed = {place: term for place, term in self._fixed(read).items() if place not in by}
        found = self._taken(by, read, open_read(read.with_terms(tuple(fixed.values())), ALL))
        self._is_too_large = found is None
        self._kept = None if found is None else _Kept(by, fixed, is_whole=True, rows=found)
        return found is not None

    def _taken(
        self, by: Sequence[int], read: Read, rows: Rows, asked: dict[Key, list[Row]] | None = None
    ) -> dict[Key, list[Row]] | None:
        """Return rows by key: of those that were asked for, else all, unless they are too many."""
        found: dict[Key, list[Row]] = {} if asked is None else asked
        places, count = self._places(by, read), 0
        self.batches += asked is None or len(asked) > 1
        for page in _pages(rows):
            count += len(page)
            if asked is None and count > MOST_ROWS:
                return None
            for row in page:
                key = tuple(row[place] for place in places)
                if key in found:
                    found[key].append(row)
                elif asked is None:
                    found[key] = [row]
        return found

    def _places(self, by: Sequence[int], read: Read) -> list[int]:
        return [read.columns.index(read.terms[place].column) for place in by]

    def _most(self, lead: Leads) -> int:
        """Return how many keys travel together: as many as a list takes, if their rows can be kept."""
        estimates = self._guide.estimates
        assert self._last is not None
        per_key = max(1.0, *(estimates.rows_of(self._last.terms[place].column, 1) for place in lead.places))
        return max(2, min(BATCH, estimates.longest_in or BATCH, int(MOST_ROWS / per_key)))

    def _price(self, lead: Leads, keys: Sequence[Key]) -> float:
        assert self._last is not None
        estimates = self._guide.estimates
        different = [len({key[number] for key in keys}) for number in range(len(lead.places))]
        columns = [self._last.terms[place].column for place in lead.places]
        return estimates.at_once(max(min(map(estimates.rows_of, columns, different)), 1.0))


def _values(read: Read) -> dict[int, Value]:
    """Return what the terms of a look-up have for a value, by place; of those that are lists, the first one."""
    return {place: term.values[0] for place, term in enumerate(read.terms) if term.values}


def _pages(rows: Rows) -> Iterator[Sequence[Row]]:
    try:
        yield from rows
    finally:
        rows.close()


def _changed(last: Read, read: Read) -> frozenset[int] | None:
    """Return the places of the terms whose values changed; None when more than values did."""
    if last.columns != read.columns or len(last.terms) != len(read.terms):
        return None
    pairs = list(zip(last.terms, read.terms, strict=True))
    if any((one.column, one.op) != (other.column, other.op) for one, other in pairs):
        return None
    return frozenset(place for place, (one, other) in enumerate(pairs) if one != other)
