"""One Read in, rows and their provenance out, by policy: from memory or from the portal."""

from __future__ import annotations

from iptvvtab.source.learned import Learned, Pace, Size
from iptvvtab.source.source import Freshness, Origin, Provenance, Rows, Source

__all__ = ["Freshness", "Learned", "Origin", "Pace", "Provenance", "Rows", "Size", "Source"]
