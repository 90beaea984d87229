"""How the answer to a whole statement is read: what SQLite would call its columns, and how they come out of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from iptvvtab.types import ColumnType


class Made(StrEnum):
    """How a value is made of the portal's."""

    VALUE = "value"
    SUM = "sum"
    TOTAL = "total"
    AVERAGE = "average"


@dataclass(frozen=True, slots=True)
class Answered:
    """A column that SQLite would answer.

    `places`: where its values stand in a row of the portal's, from 0: the value, or for a sum, a total and an average
    the sum, the count, the least and the greatest of what is added up. `type` is that of the value at the first place.
    """

    name: str
    type: ColumnType
    places: tuple[int, ...]
    made: Made = Made.VALUE


@dataclass(frozen=True, slots=True)
class Sorting:
    """A column that rows are sorted by here, which the statement may not show."""

    column: Answered
    is_down: bool
    nulls_first: bool


@dataclass(frozen=True, slots=True)
class Answering:
    """How rows of the portal become those of the statement.

    They are decoded by `columns`, sorted by `order`, and those from `skipped` on are kept, `kept` of them or all.
    `width`: values in a row of the portal's. `most_rows`: how many rows the portal sends at most, if that is known;
    whoever asks decides whether an answer of any length is to be asked for at once.
    """

    columns: tuple[Answered, ...]
    width: int
    order: tuple[Sorting, ...] = ()
    skipped: int = 0
    kept: int | None = None
    most_rows: int | None = None

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is left to do with the portal's rows, in sentences."""
        every = [*self.columns, *(one.column for one in self.order)]
        shown = {place for one in self.columns for place in one.places}
        said = {
            "a sum or mean is made of sum, count, least and greatest value: SQLite may overflow on the way": (
                any(one.made is not Made.VALUE for one in every)
            ),
            "the last columns are there to sort by": len(shown) < self.width,
            "the rows are sorted as SQLite does when they came": bool(self.order),
            "only some of them are kept then": bool(self.skipped or self.kept is not None),
        }
        return tuple(sentence for sentence, holds in said.items() if holds)
