"""What people are told of one table's sync."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iptvvtab.cli.words import count, duration, size

if TYPE_CHECKING:
    from iptvvtab.mirror import Synced


def line(done: Synced) -> str:
    """Return one line: the outcome, and what it cost."""
    if done.error is not None:
        return f"{done.table}: failed: {done.error}"
    if done.outcome == "busy":
        return f"{done.table}: busy: another process is syncing it"
    if done.outcome == "fresh":
        return f"{done.table}: fresh, {count(done.rows, 'row')}"
    cost = f"{count(done.requests, 'request')}, {size(done.bytes)}, {duration(done.seconds)}"
    rows = count(done.rows, "changed row" if done.strategy == "incremental" else "row")
    notice = f"; {done.notice}" if done.notice else ""
    return f"{done.table}: {rows} in {cost}{notice}"
