"""How SQLite knows a row again: the rowid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b

from iptvvtab.types import Value


class ContentIds:
    """Rowids for a table without a key: from the values of a row, and its number among equal rows of one scan.

    So a row has the same id in every scan that brings it, whatever the order, which SQLite needs for OR and outer
    joins; equal rows have different ids, and a scan that brings one of them brings all (they satisfy the same terms).
    """

    def __init__(self) -> None:
        self._seen: Counter[int] = Counter()

    def of(self, row: Sequence[Value]) -> int:
        """Return the id of the next row; 63 bits: two different rows of a million share one with odds of 1 to 10^7."""
        digest = blake2b(repr(row).encode("utf-8", "surrogatepass"), digest_size=8).digest()
        content = int.from_bytes(digest, "big") >> 1
        number = self._seen[content]
        self._seen[content] += 1
        return (content + number) & 0x7FFF_FFFF_FFFF_FFFF
