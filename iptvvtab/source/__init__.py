"""One Read in, rows and their provenance out, by policy: from memory, from the shadow file or from the portal."""

from __future__ import annotations

from iptvvtab.source.learned import Learned, Pace, Size
from iptvvtab.source.source import Freshness, Origin, Provenance, Row, Rows, Source

__all__ = ["Freshness", "Learned", "Origin", "Pace", "Provenance", "Row", "Rows", "Size", "Source"]
