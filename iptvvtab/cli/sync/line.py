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
    is_part = done.strategy == "incremental" or done.rung not in (None, "rows")
    rows = count(done.rows, "changed row" if is_part else "row")
    verified = f", verified by {done.rung}," if done.rung else ""
    notice = f"; {done.notice}" if done.notice else ""
    return f"{done.table}: {rows}{verified} in {cost}{notice}"
