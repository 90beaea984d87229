"""The portal as a place to read tables from: what it can do, and the pages of a Read."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from iptvvtab.jsonsql import Direction
from iptvvtab.remote.count import Count
from iptvvtab.remote.encode import LONGEST_IN
from iptvvtab.remote.journal import Journal
from iptvvtab.remote.ordered import Ordered
from iptvvtab.remote.pager import Manners, Pager
from iptvvtab.remote.read import Read
from iptvvtab.remote.sizes import Sizes
from iptvvtab.remote.wire import Wire
from iptvvtab.schema import Catalog, Table
from iptvvtab.trace import Sink, ignore

if TYPE_CHECKING:
    from iptvvtab.portal import Capabilities, Client


class Remote:
    """Reads the tables of one portal.

    `capabilities` is called at the first contact, and again (with `anew`) when the portal refuses a document that a
    stored capability promised; `stored` tells what an earlier contact left, without a request. Sizes are in rows.
    """

    def __init__(
        self,
        client: Client,
        catalog: Catalog,
        capabilities: Callable[[bool], Capabilities],
        sizes: Sizes,
        trace: Sink = ignore,
        stored: Callable[[], Capabilities | None] = lambda: None,
    ) -> None:
        self._client, self._catalog, self._sizes, self._trace = client, catalog, sizes, trace
        self._ask_capabilities = capabilities
        self._capabilities: Capabilities | None = None
        self._stored = stored
        self._proven: set[str] = set()

    @property
    def can_descend(self) -> bool:
        """Whether this portal is known to sort downward. Nothing travels: before the first contact it is not."""
        known = self._capabilities or self._stored()
        return known is not None and known.order_direction in ("list", "object")

    @property
    def portal(self) -> str:
        """The portal's name in errors."""
        return self._client.portal_id

    @property
    def capabilities(self) -> Capabilities:
        """What this portal was seen to do; the first look may ask the portal itself."""
        if self._capabilities is None:
            self._capabilities = self._ask_capabilities(False)
        return self._capabilities

    def probe_again(self) -> None:
        """Look anew at what the portal can do: it refused what it had promised."""
        self._capabilities = self._ask_capabilities(True)

    def pages(self, read: Read, journal: Journal, wanted: int | None = None) -> Pager | Count | Ordered:
        """Return the pages of a Read; nothing is sent before the first is asked for. `journal` gets the requests.

        `wanted`: rows that will do, if that is known; pages are no larger, and nothing beyond is asked for early.
        """
        wire = Wire(self._client, journal, self._trace)
        table = self._catalog[read.table]
        if read.is_count:
            return Count(wire, table, read, partial(self._pager, wire, table))
        if read.order:
            return Ordered(read, partial(self._pager, wire, table, wanted=wanted), self.probe_again)
        return self._pager(wire, table, read, wanted)

    def _pager(self, wire: Wire, table: Table, read: Read, wanted: int | None = None) -> Pager:
        capabilities = self.capabilities
        sizes = self._sizes if capabilities.row_cap is None else self._sizes.capped(capabilities.row_cap)
        longest_in = min(capabilities.longest_in or LONGEST_IN, LONGEST_IN)
        direction: Direction = "object" if capabilities.order_direction == "object" else "list"
        manners = Manners(sizes, longest_in, direction, self.probe_again, self._proven)
        return Pager(wire, table, read, manners, wanted)
