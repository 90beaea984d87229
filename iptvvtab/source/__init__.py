"""One Read in, rows and their provenance out, by policy: from memory, from the shadow file or from the portal."""

from __future__ import annotations

from iptvvtab.source.freshness import Freshness, Origin
from iptvvtab.source.learned import Learned, Pace, Size
from iptvvtab.source.rows import Provenance, Row, Rows
from iptvvtab.source.source import Source

__all__ = ["Freshness", "Learned", "Origin", "Pace", "Provenance", "Row", "Rows", "Size", "Source"]
