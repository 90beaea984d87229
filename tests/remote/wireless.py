"""A portal without a wire: the client's seam in memory, answering selects from a list of rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from iptvvtab.errors import Interrupted
from iptvvtab.portal import Cost
from iptvvtab.remote import Journal, Op, Pager, Read, Remote, Sizes
from iptvvtab.remote.pager import Manners, Page
from iptvvtab.remote.wire import Wire
from iptvvtab.schema import Column, Table
from iptvvtab.trace import ignore
from iptvvtab.types import ColumnType

__all__ = ["Answering", "Given", "Journal", "Op", "Read", "Remote", "Sizes", "integers", "pager", "rows_of", "table"]


@dataclass
class Given:
    """An answer that has come."""

    rows: Any
    body: bytes = b"x" * 10
    cost: Cost = field(default_factory=lambda: Cost(attempts=1, bytes_sent=1, bytes_received=10, seconds=0.0))

    def result(self) -> Any:
        if isinstance(self.rows, Exception):
            raise self.rows
        return self.rows


@dataclass
class Pending:
    """An answer on its way."""

    answer: Given
    interrupts: int = 0
    is_cancelled: bool = False

    def result(self, interrupted: Callable[[], bool] | None = None) -> Given:
        if interrupted is not None and interrupted():
            raise Interrupted
        return self.answer

    def cancel(self) -> None:
        self.is_cancelled = True


class Answering:
    """Answers each select with what `answer` makes of its parameters, rows, an error or all of it; remembers both."""

    portal_id = "portal"

    def __init__(self, answer: Callable[[dict[str, Any]], Any]) -> None:
        self._answer = answer
        self.documents: list[dict[str, Any]] = []
        self.pending: list[Pending] = []

    def submit(self, method: str, params: dict[str, Any], *, repeatable: bool = False) -> Pending:
        assert (method, repeatable) == ("select", True)
        self.documents.append(params)
        given = self._answer(params)
        self.pending.append(Pending(given if isinstance(given, Given) else Given(given)))
        return self.pending[-1]


def integers(last: int, cap: int | None = None) -> Callable[[dict[str, Any]], list[list[int]]]:
    """A portal whose table holds 1..last in its only column `id`; it never answers more than `cap` rows."""

    def answer(document: dict[str, Any]) -> list[list[int]]:
        after = document.get("where", {}).get("gt", [None, 0])[1]
        limit = min(document.get("limit", last), cap or last)
        start = after + document.get("offset", 0)
        return [[n] for n in range(start + 1, last + 1)][:limit]

    return answer


def table(**kinds: str) -> Table:
    """A table `t` with columns of these types; `id` is its key where there is one."""
    columns = tuple(
        Column(position=place, name=name, remote_name=name, type=ColumnType(kind))
        for place, (name, kind) in enumerate(kinds.items())
    )
    return Table(name="t", remote_name="t", columns=columns, key=("id",) if "id" in kinds else ())


GROWING = Sizes(10, 1000)


def pager(client: Answering, what: Table, sizes: Sizes = GROWING, **more: Any) -> Pager:
    """The pages of a Read of the whole table."""
    read = more.pop("read", Read(what.name, tuple(column.name for column in what.columns)))
    wanted = more.pop("wanted", None)
    return Pager(Wire(client, Journal(), ignore), what, read, Manners(sizes, **more), wanted)  # type: ignore[arg-type]


def rows_of(pages: Pager) -> list[Sequence[Any]]:
    """All rows, page by page."""
    rows: list[Sequence[Any]] = []
    page: Page | None
    while (page := pages.next()) is not None:
        rows += page.rows
    return rows
