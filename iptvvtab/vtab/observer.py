"""Who looks on while SQLite plans and scans: `explain` does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from iptvvtab.remote import Journal
from iptvvtab.schema import Table
from iptvvtab.vtab.offer import Offer
from iptvvtab.vtab.plan import Plan
from iptvvtab.vtab.scan import Scan


class Observer(Protocol):
    """Is told of plans and scans. A plan's number travels through SQLite: to EXPLAIN QUERY PLAN, and to Filter."""

    def planned(self, table: Table, offer: Offer, made: Plan) -> int:
        """Take note of a plan that SQLite may choose; return a number for it, not 0."""

    def filtered(self, number: int, scan: Scan | None) -> Journal | None:
        """Take note of a scan under a plan; return the journal for its requests, None for the usual one."""


@dataclass(slots=True)
class Observed:
    """The observer of a schema's tables, if there is one."""

    by: Observer | None = None
