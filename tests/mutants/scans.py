"""Tables that plan or scan wrongly: each loses one thing that a rule about scans must mind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import apsw

from iptvvtab.remote import Journal, Read, Term
from iptvvtab.vtab.cursor import Cursor
from iptvvtab.vtab.leads import Key, Lead
from iptvvtab.vtab.lookups import Guide, Lookups, Open, Row
from iptvvtab.vtab.plan import Recipe, from_text
from iptvvtab.vtab.scan import Argument, Scan
from iptvvtab.vtab.table import PortalTable

DISTINCT = 2
"""How SQLite says that equal rows will do once."""


class Offered:
    """What SQLite offers, but for a few answers; what is said to SQLite arrives there."""

    def __init__(self, index: apsw.IndexInfo, **answers: object) -> None:
        object.__setattr__(self, "_index", index)
        object.__setattr__(self, "_answers", answers)

    def __getattr__(self, name: str) -> Any:
        answers = object.__getattribute__(self, "_answers")
        return answers[name] if name in answers else getattr(object.__getattribute__(self, "_index"), name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(object.__getattribute__(self, "_index"), name, value)


class OtherOffer(PortalTable):
    """A table that hears SQLite wrongly."""

    def answers(self, index: apsw.IndexInfo) -> dict[str, object]:
        """What it hears in place of what SQLite says."""
        raise NotImplementedError

    def BestIndexObject(self, index: apsw.IndexInfo) -> bool:  # noqa: N802 -- APSW's name
        """Plan for what was heard."""
        return super().BestIndexObject(cast("apsw.IndexInfo", Offered(index, **self.answers(index))))


class OtherScan(PortalTable):
    """A table that does another thing than it promised when it planned."""

    def recipe(self, recipe: Recipe) -> Recipe:
        """The recipe that it goes by."""
        return recipe

    def made(self, scan: Scan, recipe: Recipe, arguments: Sequence[Argument]) -> Scan:
        """The scan that it makes."""
        return scan

    def scan(self, number: int, text: str, arguments: Sequence[Argument]) -> tuple[Scan | None, Journal]:
        """Scan in another way."""
        recipe = self.recipe(from_text(text))
        scan, journal = super().scan(number, recipe.to_text(), arguments)
        return self.made(scan, recipe, arguments) if scan is not None else None, journal


def _bounds(recipe: Recipe, arguments: Sequence[Argument]) -> tuple[int, int]:
    """LIMIT (-1: none) and OFFSET."""
    values = zip(recipe.bounds, arguments[len(recipe.uses) :], strict=True)
    numbers = {bound.is_offset: value for bound, value in values if isinstance(value, int)}
    return numbers.get(False, -1), max(numbers.get(True, 0), 0)


class ToldTooMuch(OtherScan):
    """Tells how many rows are wanted though a condition may travel wider than it is."""

    def made(self, scan: Scan, recipe: Recipe, arguments: Sequence[Argument]) -> Scan:
        limit, offset = _bounds(recipe, arguments)
        return replace(scan, wanted=limit + offset) if limit >= 0 else scan


class OffsetForgotten(OtherScan):
    """Tells of LIMIT alone how many rows are wanted."""

    def made(self, scan: Scan, recipe: Recipe, arguments: Sequence[Argument]) -> Scan:
        return replace(scan, wanted=_bounds(recipe, arguments)[0]) if scan.wanted is not None else scan


class NeverDown(OtherOffer):
    """Takes every order for an upward one."""

    def answers(self, index: apsw.IndexInfo) -> dict[str, object]:
        return {"get_aOrderBy_desc": lambda _: False}


class AnyColumnIsTheKey(OtherOffer):
    """Takes every column of an order for the key."""

    def answers(self, index: apsw.IndexInfo) -> dict[str, object]:
        return {"get_aOrderBy_iColumn": lambda _: -1}


class FirstColumnAlone(OtherOffer):
    """Takes the first column for the whole of an order."""

    def answers(self, index: apsw.IndexInfo) -> dict[str, object]:
        return {"nOrderBy": min(index.nOrderBy, 1)}


class DirectionLost(OtherScan):
    """Sorts upward whatever was promised."""

    def recipe(self, recipe: Recipe) -> Recipe:
        return replace(recipe, order=tuple(replace(one, is_down=False) for one in recipe.order))


class NullForgotten(OtherScan):
    """Reads the part of an order that has values, and not the one that has NULL."""

    def recipe(self, recipe: Recipe) -> Recipe:
        return replace(recipe, order=tuple(replace(one, has_null=False) for one in recipe.order))


class NullLeftToThePortal(OtherScan):
    """Does not keep NULL apart: it stands at the portal's end of the order."""

    def made(self, scan: Scan, recipe: Recipe, arguments: Sequence[Argument]) -> Scan:
        order = tuple(replace(one, has_null=False) for one in scan.read.order)
        return replace(scan, read=replace(scan.read, order=order))


class OneColumnShort(OtherScan):
    """Asks for the different values of all columns in use but the last."""

    def recipe(self, recipe: Recipe) -> Recipe:
        return replace(recipe, distinct=recipe.distinct[:-1] or recipe.distinct)


class EveryoneWantsDistinct(OtherOffer):
    """Hears that equal rows will do once, whatever was said."""

    def answers(self, index: apsw.IndexInfo) -> dict[str, object]:
        return {"distinct": DISTINCT}


class CountedWithoutConditions(OtherScan):
    """Counts all rows of the table."""

    def made(self, scan: Scan, recipe: Recipe, arguments: Sequence[Argument]) -> Scan:
        if scan.summary is None or not scan.summary.is_count:
            return scan
        return replace(scan, summary=scan.summary.with_terms(()))


class PinnedElsewhere(OtherScan):
    """Takes a column for pinned to another value than the condition says."""

    def made(self, scan: Scan, recipe: Recipe, arguments: Sequence[Argument]) -> Scan:
        if scan.pinned is None:
            return scan
        return replace(scan, pinned={name: 1 if value is None else None for name, value in scan.pinned.items()})


class CountedAnyway(OtherScan):
    """Counts rows under any conditions, though columns in use have more than one value."""

    def made(self, scan: Scan, recipe: Recipe, arguments: Sequence[Argument]) -> Scan:
        if scan.summary is not None or not scan.read.terms or scan.read.order:
            return scan
        return replace(scan, summary=Read(scan.read.table, (), scan.read.terms, is_count=True), pinned={})


class ByAnotherColumn(Lookups):
    """Finds rows by the first column of a read."""

    def _places(self, by: Sequence[int], read: Read) -> list[int]:
        return [0 for _ in by]


class FirstOfAll(Lookups):
    """Finds the same rows again, whatever is looked up."""

    _first: list[Row] | None = None

    def find(self, read: Read, open_read: Open, *, is_summed_up: bool = False) -> list[Row] | None:
        found = super().find(read, open_read, is_summed_up=is_summed_up)
        self._first = found if self._first is None else self._first
        return self._first if found is not None else None


class LastForgotten(Lookups):
    """Asks for all keys of a batch but the last."""

    def _listed(self, lead: Lead, keys: Sequence[Key]) -> list[Term] | None:
        return super()._listed(lead, keys[:-1])


class NothingSeen(Lookups):
    """Sees no key before it is asked for."""

    def _leading(self, read: Read) -> Lead | None:
        return None


class FoundByAnotherColumn(PortalTable):
    """Indexes the rows of an inner table by a column that is not looked up."""

    following = ByAnotherColumn


class FirstAnswerForAll(PortalTable):
    """Answers every look-up as the first one."""

    following = FirstOfAll


class EachByItself(PortalTable):
    """Never reads an inner table at once."""

    def lookups(self, cursor: Cursor) -> Lookups:
        return Lookups(self._table, cast("Guide", None), cursor, is_allowed=False)


class LastKeyForgotten(PortalTable):
    """Lets all keys of a batch travel but the last."""

    following = LastForgotten


class NeverAhead(PortalTable):
    """Looks nothing up before its turn."""

    following = NothingSeen


SCANS: dict[str, type[PortalTable]] = {
    one.__name__: one
    for one in (
        ToldTooMuch,
        OffsetForgotten,
        NeverDown,
        AnyColumnIsTheKey,
        FirstColumnAlone,
        DirectionLost,
        NullForgotten,
        NullLeftToThePortal,
        OneColumnShort,
        EveryoneWantsDistinct,
        CountedWithoutConditions,
        PinnedElsewhere,
        CountedAnyway,
        FoundByAnotherColumn,
        FirstAnswerForAll,
        EachByItself,
        LastKeyForgotten,
        NeverAhead,
    )
}
"""By name, as mutants.yaml says it."""
