"""How the answer to a whole statement is read: what SQLite would call its columns, and how they come out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from iptvvtab.types import ColumnType


class Rest(IntEnum):
    """What SQLite does with an answer: each does what those before it do, and more."""

    NOTHING = 0
    COLUMNS = 1
    """It works out columns, and what rows are sorted by, of what the portal answers."""
    STATEMENT = 2
    """It goes on, in a statement of which this is a part, by all that it would know of the columns of that one."""
    WHERE = 3
    """It checks WHERE again, which may keep more rows than it says."""


class Made(StrEnum):
    """How a value is made of the portal's."""

    VALUE = "value"
    SUM = "sum"
    TOTAL = "total"
    AVERAGE = "average"


class Affinity(StrEnum):
    """By what SQLite compares a value; it stands before the place of such columns (`taken`).

    BLOB is that of a column without a type, NONE that of an expression: it takes the affinity of a text beside it.
    """

    NONE = "+c"
    BLOB = "c"
    NUMERIC = "n"
    TEXT = "t"


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
class Shown:
    """A column as people get it: its name, and the expression that SQLite makes of the answer's columns (`taken`)."""

    name: str
    sql: str

    @property
    def is_made(self) -> bool:
        """Whether it is more than a column of the answer."""
        return not self.sql.removeprefix("+").isalnum()


@dataclass(frozen=True, slots=True)
class Answering:
    """How rows of the portal become those of the statement.

    They are decoded by `columns`, sorted by `order`, and those from `skipped` on are kept, `kept` of them or all.
    `width`: values in a row of the portal's. `most_rows`: how many rows the portal sends at most, if that is known;
    whoever asks decides whether an answer of any length is to be asked for at once. Of that SQLite makes what is
    `shown`, and the `tail` of a select over it sorts and cuts where that needs what SQLite makes; `is_thinned`: it
    leaves one of equal rows. `is_scan`: a virtual table reads no more.
    """

    columns: tuple[Answered, ...]
    width: int
    order: tuple[Sorting, ...] = ()
    skipped: int = 0
    kept: int | None = None
    most_rows: int | None = None
    shown: tuple[Shown, ...] = field(default=(), compare=False)
    tail: str = field(default="", compare=False)
    is_thinned: bool = field(default=False, compare=False)
    is_scan: bool = field(default=False, compare=False)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is left to do with the portal's rows, in sentences."""
        every = [*self.columns, *(one.column for one in self.order)]
        shown = {place for one in self.columns for place in one.places}
        made = ", ".join(one.name for one in self.shown if one.is_made)
        said = {
            "a sum or mean is made of sum, count, least and greatest value: SQLite may overflow on the way": (
                any(one.made is not Made.VALUE for one in every)
            ),
            f"SQLite works out what the portal lacks: {made}": bool(made),
            "SQLite leaves one of equal rows": self.is_thinned,
            "the last columns are there to sort by": len(shown) < self.width,
            "the rows are sorted as SQLite does when they came": bool(self.order or self.tail),
            "only some of them are kept then": bool(self.skipped or self.kept is not None or "LIMIT" in self.tail),
        }
        return tuple(sentence for sentence, holds in said.items() if holds)


def taken(place: int, affinity: Affinity) -> str:
    """Return what stands for a column of the answer where SQLite shall compare it by an affinity."""
    return f"{affinity.value}{place}"
