"""Whole documents in the journal: the tables that they name, what of them may be shown, and what came of them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from iptvvtab.errors import BadAnswer, ConfigError, CredentialsError, Error, Interrupted, UsageError, WrongWidth
from iptvvtab.jsonsql import masked, tables_of
from iptvvtab.remote.wire import DROPPED
from iptvvtab.types import Json

if TYPE_CHECKING:
    from iptvvtab.jsonsql import Document
    from iptvvtab.portal import Cost
    from iptvvtab.remote.journal import Journal
    from iptvvtab.schema import Catalog

NO_TABLE = "(no table)"
"""What a receipt calls the tables of a document that names none."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a journal may say of one request: the tables that it names, all as one, and its text."""

    tables: str
    shown: str


@dataclass(slots=True)
class Came:
    """What came of a request, as far as whoever sent it knows by now; `error` names a class."""

    cost: Cost | None = None
    rows: int = 0
    error: str | None = None


def entry_of(documents: Sequence[Document], catalog: Catalog) -> Entry:
    """Return what may be said of documents that travel as one request; those of a batch are a list."""
    secret = {
        table.remote_name: [str(one.remote_name) for one in table.columns if one.sensitive]
        for table in catalog.values()
    }
    called = {table.remote_name: table.name for table in catalog.values()}
    tables = dict.fromkeys(called.get(name, name) for one in documents for name in tables_of(one.params))
    shown: list[Json] = [masked(one.params, secret) for one in documents]
    text = orjson.dumps(shown[0] if len(shown) == 1 else shown).decode()
    return Entry(", ".join(tables) or NO_TABLE, text)


@contextmanager
def noted(journal: Journal, entry: Entry) -> Iterator[Came]:
    """Write into a journal what comes of a request that is sent within; whoever sends it says what it cost and brought.

    What raises before anything travelled (no credentials, a closed client) is not written. A request that nobody waits
    for any more is, as `Dropped`, though it may still have stood in the queue.
    """
    came, started = Came(), time.time()
    try:
        yield came
    except (CredentialsError, UsageError, ConfigError):
        raise
    except BaseException as error:
        is_answer = isinstance(error, Error) and not isinstance(error, Interrupted)
        journal.travelled(
            entry.tables, entry.shown, came.cost, 0, started, type(error).__name__ if is_answer else DROPPED
        )
        raise
    journal.travelled(entry.tables, entry.shown, came.cost, came.rows, started, came.error)
    if came.error is None:
        journal.answered(entry.tables, "live", 0.0)


def rows_of(result: Json, width: int, portal: str, *, is_write: bool, table: str = "") -> list[tuple[Json, ...]]:
    """Return the rows of an answer that has so many columns; none of a write that answers no columns.

    What a write returns may come flat, where it is one column [B]. Raises BadAnswer, WrongWidth.
    """
    if not width:
        return []
    if not isinstance(result, list):
        raise BadAnswer(portal, "answered with something else than rows")
    is_flat = is_write and width == 1
    rows = [[row] if is_flat and not _is_alone(row) else row for row in result]
    for row in rows:
        if not isinstance(row, list) or len(row) != width:
            raise WrongWidth(portal, table, width, len(row) if isinstance(row, list) else 1)
    return [tuple(row) for row in rows if isinstance(row, list)]


def _is_alone(row: Json) -> bool:
    return isinstance(row, list) and len(row) == 1
