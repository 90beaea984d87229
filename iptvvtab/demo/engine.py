"""The demo portal without HTTP: a JSONSQL document in, rows out, on a real database.

    engine = open_engine("sqlite", rows=50, seed=1)
    engine.execute("select", {"data": ["id", "username"], "from": "subscriber", "limit": 2})

What has no evidence in jsonsql.md is refused unless a switch turns it on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from iptvvtab.types import Json

StoreName = Literal["sqlite", "postgresql"]
INVALID_PARAMS = -32602
"""JSON-RPC: the document itself."""
DATABASE_ERROR = -32000
"""JSON-RPC: what the database says about the document."""


class Refusal(Exception):
    """The portal understood the request and says no. `message`: as the portal words it; `code`: of JSON-RPC."""

    def __init__(self, message: str, code: int = DATABASE_ERROR) -> None:
        self.message, self.code = message, code
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Switches:
    """What this portal can do. `batch`, `gzip` and `longest_body` (bytes) are the server's; the rest the engine's."""

    order_direction: Literal["list", "object"] | None = "list"
    batch: bool = True
    gzip: bool = True
    longest_body: int | None = None
    ilike: bool = True
    group_by_expression: bool = False
    count: bool = True
    hashtext: bool = False
    md5: bool = False
    now: bool = False
    row_cap: int | None = None
    """Rows after which a select is cut without a word, or None."""
    longest_in: int | None = None
    """Values that one `in` may list, or None."""
    bytewise_text: bool = False
    """Whether text is ordered by its bytes."""


PROFILES = {
    "full": Switches(group_by_expression=True, hashtext=True, md5=True, now=True),
    "default": Switches(),
    "bare": Switches(
        order_direction=None, batch=False, gzip=False, longest_body=65_536, ilike=False, count=False, row_cap=1000, longest_in=100
    ),
}


class Engine(Protocol):
    """A portal's tables and what it answers. May be called from several threads; `switches` may be replaced at any time."""

    switches: Switches

    def execute(self, method: str, params: dict[str, Json]) -> list[Json]:
        """Run select, insert, update or delete and return its rows (flat when one column is returned). Raises Refusal."""
        ...

    def close(self) -> None:
        """Free the database."""
        ...


def open_engine(store: StoreName, rows: int, seed: int) -> Engine:
    """Build a seeded portal of `rows` subscribers."""
    raise NotImplementedError
