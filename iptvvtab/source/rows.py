"""The rows of one Read, wherever they come from: pages, and where they are from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from iptvvtab.errors import PortalError
from iptvvtab.mirror import Demand, Reading
from iptvvtab.source.flight import Flight, Interrupted
from iptvvtab.types import Value

Row: TypeAlias = Sequence[Value]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where rows came from (live, memory, mirror) and their age in seconds when they were opened.

    `excuse`: why they are older than they may be: what the portal failed with.
    """

    source: str
    age: float
    excuse: str = ""


class Rows(Protocol):
    """The pages of one Read, lazily: iterate, then close. For one thread at a time."""

    @property
    def provenance(self) -> Provenance:
        """Where the rows come from."""

    def __iter__(self) -> Iterator[Sequence[Row]]:
        """Yield pages of rows; after an interrupt the same page can be asked for again."""

    def close(self) -> None:
        """Let go of the rows."""


class Mirrored:
    """The pages of one Read as the mirror gives them."""

    def __init__(self, reading: Reading, excuse: str = "") -> None:
        self.provenance = Provenance("mirror", reading.age, excuse)
        self._reading = reading

    def __iter__(self) -> Iterator[Sequence[Row]]:
        """Yield pages of rows."""
        return iter(self._reading)

    def close(self) -> None:
        """End the read."""
        self._reading.close()


class Travelling:
    """The pages of one Read of the portal, under way or remembered."""

    def __init__(
        self, flight: Flight, provenance: Provenance, interrupted: Interrupted, closed: Callable[[], None]
    ) -> None:
        self.provenance = provenance
        self._flight, self._interrupted, self._closed = flight, interrupted, closed
        self._is_open = True

    def __iter__(self) -> Iterator[Sequence[Row]]:
        """Yield pages of rows; after an interrupt the same page can be asked for again."""
        while self._is_open and (page := self._flight.next(self, self._interrupted)) is not None:
            yield page.rows

    def close(self) -> None:
        """Let go of the rows; a read that nobody else follows stops."""
        if self._is_open:
            self._is_open = False
            self._flight.leave(self)
            self._closed()


class Demanded:
    """The rows of one Read of a table that is kept on demand: those that were known, and those that `rows` brings."""

    def __init__(self, demand: Demand, rows: Rows) -> None:
        self._demand, self._rows = demand, rows
        self._found: list[Row] = []
        self._is_done = False

    @property
    def provenance(self) -> Provenance:
        """Where the rows that lacked come from; the age is that of the oldest row."""
        found = self._rows.provenance
        return Provenance(found.source, max(found.age, self._demand.age), found.excuse)

    def __iter__(self) -> Iterator[Sequence[Row]]:
        """Yield the rows once all are there; after an interrupt they can be asked for again."""
        for page in self._rows:
            self._found += page
        if not self._is_done:
            self._is_done = True
            if rows := self._demand.answered(self._found, self._rows.provenance.age):
                yield rows

    def close(self) -> None:
        """Let go of the rows."""
        self._rows.close()


class Insured:
    """The pages of one Read of the portal; if it fails before the first one, those that `stand_in` gives, if any."""

    def __init__(self, rows: Rows, stand_in: Callable[[PortalError], Rows | None]) -> None:
        self._rows, self._stand_in = rows, stand_in
        self._is_begun = False

    @property
    def provenance(self) -> Provenance:
        """Where the rows come from."""
        return self._rows.provenance

    def __iter__(self) -> Iterator[Sequence[Row]]:
        """Yield pages of rows; after an interrupt the same page can be asked for again."""
        try:
            for page in self._rows:
                self._is_begun = True
                yield page
        except PortalError as error:
            found = None if self._is_begun else self._stand_in(error)
            if found is None:
                raise
            self._rows.close()
            self._rows, self._is_begun = found, True
            yield from found

    def close(self) -> None:
        """Let go of the rows."""
        self._rows.close()
