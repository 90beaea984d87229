"""What a schema knows of itself, as tables: `portal_requests` and `portal_tables`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from iptvvtab.vtab import ListTable

if TYPE_CHECKING:
    from iptvvtab.connection.choice import Choice
    from iptvvtab.connection.portals import Portal
    from iptvvtab.remote import Journal
    from iptvvtab.schema import Table
    from iptvvtab.source import Learned
    from iptvvtab.vtab import ListRow


def lists(portal: Portal, journal: Journal, choice: Choice) -> tuple[ListTable, ...]:
    """Return the tables that tell what travelled and what there is to ask."""
    return (
        ListTable(
            "portal_requests",
            (
                ("number", "INTEGER"),
                ("table_name", "TEXT"),
                ("document", "TEXT"),
                ("rows", "INTEGER"),
                ("started", "DATETIME"),
                ("seconds", "REAL"),
                ("bytes_sent", "INTEGER"),
                ("bytes_received", "INTEGER"),
                ("retries", "INTEGER"),
                ("error", "TEXT"),
            ),
            lambda: _requests(journal),
        ),
        ListTable(
            "portal_tables",
            (
                ("name", "TEXT"),
                ("key", "TEXT"),
                ("columns", "INTEGER"),
                ("row_count", "INTEGER"),
                ("row_count_from", "TEXT"),
                ("source", "TEXT"),
                ("max_age", "REAL"),
                ("mirror", "TEXT"),
                ("mirror_age", "REAL"),
                ("mirror_rows", "INTEGER"),
                ("ttl", "REAL"),
                ("swr", "REAL"),
                ("sie", "REAL"),
                ("description", "TEXT"),
            ),
            lambda: _tables(portal, choice),
        ),
    )


def _requests(journal: Journal) -> Iterator[ListRow]:
    for one in journal.requests():
        started = datetime.fromtimestamp(one.started, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        yield (
            one.number,
            one.table,
            one.document,
            one.rows,
            started,
            one.seconds,
            one.bytes_sent,
            one.bytes_received,
            one.retries,
            one.error,
        )


def _tables(portal: Portal, choice: Choice) -> Iterator[ListRow]:
    now = time.time()
    for table, status in zip(portal.catalog.values(), portal.mirror.status(), strict=True):
        accepted = choice.freshness(table.name)
        rows, rows_from = _row_count(table, portal.source.learned)
        found = status.published
        yield (
            table.name,
            ", ".join(table.key) or None,
            len(table.columns),
            rows,
            rows_from,
            accepted.origin.value,
            accepted.max_age,
            status.state(accepted.ttl, now),
            None if found is None else max(now - found.began, 0.0),
            None if found is None else found.rows,
            accepted.ttl,
            accepted.swr,
            accepted.sie,
            table.description or None,
        )


def _row_count(table: Table, learned: Learned) -> tuple[int | None, str | None]:
    """Return how many rows a table is known to have, and whether reads or its schema said so."""
    if (rows := learned.size(table.name).rows) is not None:
        return rows, "learned"
    rows = table.statistics.row_count
    return rows, None if rows is None else "metadata"
