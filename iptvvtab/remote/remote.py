"""The portal as a place to read tables from: what it can do, and the pages of a Read."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from iptvvtab.jsonsql import Direction
from iptvvtab.portal import Capabilities
from iptvvtab.remote.count import Count
from iptvvtab.remote.digest import Digests
from iptvvtab.remote.distinct import Distinct
from iptvvtab.remote.encode import LONGEST_IN, is_certain
from iptvvtab.remote.journal import Journal
from iptvvtab.remote.look import Look
from iptvvtab.remote.ordered import Ordered
from iptvvtab.remote.pager import Manners, Pager
from iptvvtab.remote.ranges import ALL, Ranges, Splitting
from iptvvtab.remote.read import Op, Order, Read
from iptvvtab.remote.sizes import Sizes
from iptvvtab.remote.uncut import Uncut
from iptvvtab.remote.whole import Whole, WholeManners, Wholly
from iptvvtab.remote.wire import Wire
from iptvvtab.schema import Catalog, Table
from iptvvtab.trace import Sink, ignore
from iptvvtab.types import Json

if TYPE_CHECKING:
    from iptvvtab.portal import Client


Pages: TypeAlias = Pager | Ranges | Count | Ordered | Distinct


class Remote:
    """Reads the tables of one portal.

    `capabilities` is called at the first contact, and again (with `anew`) when the portal refuses a document that a
    stored capability promised; `stored` tells what an earlier contact left, without a request. `digesting` adds to them
    how the portal hashes rows. Sizes are in rows. `together`: requests for one Read that may be under way at once.
    """

    def __init__(
        self,
        client: Client,
        catalog: Catalog,
        capabilities: Callable[[bool], Capabilities],
        sizes: Sizes,
        trace: Sink = ignore,
        stored: Callable[[], Capabilities | None] = lambda: None,
        digesting: Callable[[Capabilities], Capabilities] = lambda known: known,
        together: int = 1,
    ) -> None:
        self._client, self._catalog, self._trace = client, catalog, trace
        self.sizes = sizes
        self._ask_capabilities = capabilities
        self._capabilities: Capabilities | None = None
        self._stored, self._digesting = stored, digesting
        self._stored_before: Capabilities | None = None
        self._proven: set[str] = set()
        self._together = together
        self._uncut = Uncut()

    def known(self) -> Capabilities:
        """Return what is known of the portal. Nothing travels: before the first contact that may be nothing."""
        if self._capabilities is None and self._stored_before is None:
            self._stored_before = self._stored()
        return self._capabilities or self._stored_before or Capabilities()

    @property
    def portal(self) -> str:
        """The portal's name in errors."""
        return self._client.portal_id

    def clock(self) -> float | None:
        """Return the portal's time in seconds since 1970, never beyond it; None if no answer told.

        It is the last answer's, and what passed since by a clock that nobody can put forward or back.
        """
        date = self._client.server_date()
        return None if date is None else date.server.timestamp() + time.monotonic() - date.monotonic

    @property
    def capabilities(self) -> Capabilities:
        """What this portal was seen to do; the first look may ask the portal itself."""
        if self._capabilities is None:
            self._capabilities = self._ask_capabilities(False)
        return self._capabilities

    @property
    def digesting(self) -> Capabilities:
        """The same, with how it hashes rows and adds up hashes; the first look may ask the portal itself."""
        if self.capabilities.digest is None:
            self.ask_digesting_again()
        return self.capabilities

    def ask_digesting_again(self) -> None:
        """Ask anew how the portal hashes rows: it refused what it had been seen to do."""
        self._capabilities = self._digesting(self.capabilities)

    def digests(self, table: str, journal: Journal) -> Digests:
        """Return what asks about many rows of a table at once. `journal` gets the requests."""
        wire, manners = Wire(self._client, journal, self._trace), self._manners(self.capabilities)
        return Digests(wire, self._catalog[table], manners.sizes)

    @property
    def longest_in(self) -> int:
        """Values that one IN list may have."""
        return self._manners(self.capabilities).longest_in

    def probe_again(self) -> None:
        """Look anew at what the portal can do: it refused what it had promised."""
        self._capabilities = self._ask_capabilities(True)

    def pages(self, read: Read, journal: Journal, wanted: int | None = None) -> Pages:
        """Return the pages of a Read; nothing is sent before the first is asked for. `journal` gets the requests.

        `wanted`: rows that will do, if that is known; pages are no larger, and nothing beyond is asked for early.
        """
        return self._pages(read, journal, wanted, self.capabilities)

    def look(self, journal: Journal) -> Look:
        """Return what looks at tables: what they have, where that is not as it was known. `journal` as in `pages`."""
        return Look(Wire(self._client, journal, self._trace))

    def announced(self, read: Read, wanted: int | None = None) -> tuple[dict[str, Json], ...]:
        """Return the documents that a Read would begin with, as they may be shown: one for each part of it.

        Nothing travels. Before the first contact the portal may turn out to be able to do more.
        """
        return self._pages(read, Journal(), wanted, self.known()).announced()

    def wholly(self, asked: Whole, journal: Journal) -> Wholly:
        """Return the pages of a whole statement; nothing is sent before one is asked for. `journal` as in `pages`."""
        wire = Wire(self._client, journal, self._trace)
        return Wholly(wire, asked, self._whole_manners(self.capabilities), self._uncut, self.probe_again)

    def announced_whole(self, asked: Whole) -> list[dict[str, Json]]:
        """Return the documents of a whole statement as they would be sent. Raises AnswerTooLong."""
        return asked.announced(self._whole_manners(self.known()))

    def _whole_manners(self, known: Capabilities) -> WholeManners:
        is_batched = bool(known.batch)
        return WholeManners(self._manners(known).sizes, is_batched, counts=is_batched and bool(known.count))

    def _pages(self, read: Read, journal: Journal, wanted: int | None, capabilities: Capabilities) -> Pages:
        wire = Wire(self._client, journal, self._trace)
        table = self._catalog[read.table]
        manners = self._manners(capabilities)

        def pager(one: Read, enough: int | None = None) -> Pager:
            return Pager(wire, table, one, manners, enough)

        if read.is_count:
            return Count(wire, table, read, pager)
        if read.is_distinct:
            return Distinct(wire, table, read, pager, manners.sizes)
        if read.order:
            return Ordered(read, pager, self.probe_again, manners.longest_in, wanted)
        if not self._may_split(table, read, wanted, capabilities):
            return pager(read, wanted)

        def largest() -> int | None:
            page = pager(Read(table.name, table.key, order=(Order(table.key[0], is_down=True),)), 1).next()
            key = None if page is None else page.rows[0][0]
            return key if isinstance(key, int) else None

        def expect(rows: int | None) -> None:
            journal.expect(read, table.name, rows, is_counted=False)

        splitting = Splitting(largest, self._together, expect)
        return Ranges(table, read, pager, wanted, splitting)

    def _may_split(self, table: Table, read: Read, wanted: int | None, capabilities: Capabilities) -> bool:
        """Return whether a long Read may be asked for in ranges side by side: by an integer key whose end is known."""
        is_bounded = wanted is not None and wanted < ALL
        is_listed = any(term.op is Op.IN for term in read.terms)
        is_sorted = capabilities.order_direction in ("list", "object")
        is_whole = is_certain(table) and len(table.key) == 1 and table.key[0] in read.columns
        return self._together > 1 and is_whole and is_sorted and not is_bounded and not is_listed

    def _manners(self, capabilities: Capabilities) -> Manners:
        longest_in = min(capabilities.longest_in or LONGEST_IN, LONGEST_IN)
        direction: Direction = "object" if capabilities.order_direction == "object" else "list"
        if capabilities.rows_at_once is not None and capabilities.seen_at is not None:
            self._uncut.saw(capabilities.rows_at_once, capabilities.seen_at)
        sizes = self.sizes.of(capabilities, self._uncut.rows)
        return Manners(sizes, longest_in, direction, self.probe_again, self._proven)
