"""The rows of an answer: tuples, and as dicts or models for who wants them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol, Self, TypeVar, overload

from iptvvtab.errors import UsageError
from iptvvtab.portal import Cost
from iptvvtab.types import Row, Value


class Validates(Protocol):
    """A pydantic model, or what makes itself of a dict in the same way."""

    @classmethod
    def model_validate(cls, obj: Any, /) -> Self:
        """Return one made of a dict."""


M = TypeVar("M", bound=Validates)


class Rows(Sequence[Row]):
    """The rows of an answer, each a tuple of values in the order of `columns`; all of them are there.

    Values are those that a SQLite table would hold: flags are 0 and 1, moments and JSON are texts. `remarks`: what
    people should know of the statement, as that PostgreSQL means something else by it than SQLite. `cost`: requests,
    bytes and seconds; that of a batch stands on its first answer.
    """

    __slots__ = ("_rows", "columns", "cost", "remarks")

    def __init__(self, columns: tuple[str, ...], rows: Sequence[Row], remarks: tuple[str, ...], cost: Cost) -> None:
        self.columns, self._rows, self.remarks, self.cost = columns, tuple(rows), remarks, cost

    def __repr__(self) -> str:
        return f"<{len(self)} rows of {', '.join(self.columns) or 'no columns'}>"

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | Sequence[Row]:
        return self._rows[place]

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def dicts(self) -> list[dict[str, Value]]:
        """Return each row by the names of its columns. Raises UsageError where two columns have one name."""
        twice = sorted({name for name in self.columns if self.columns.count(name) > 1})
        if twice:
            raise UsageError(f"two columns are called {twice[0]!r}: name one of them otherwise, with AS")
        return [dict(zip(self.columns, row, strict=True)) for row in self._rows]

    def models(self, model: type[M]) -> list[M]:
        """Return each row as a pydantic model, which takes columns by its fields' names.

        Raises pydantic.ValidationError for a row that does not fit.
        """
        return [model.model_validate(row) for row in self.dicts()]
