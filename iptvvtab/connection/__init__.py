"""Assembles everything on an APSW connection: `register`, `connect`, `meter` and `explain` for what statements cost."""

from __future__ import annotations

from iptvvtab.connection.explanation import Explanation, Step
from iptvvtab.connection.mirroring import freshness, interval, mirror_of, ttl
from iptvvtab.connection.portals import Portal, shared_portal
from iptvvtab.connection.prompt import prompt_for
from iptvvtab.connection.recorder import Actual
from iptvvtab.connection.redirect import Way
from iptvvtab.connection.refresher import Refresher
from iptvvtab.connection.registration import connect, explain, meter, register
from iptvvtab.connection.wholes import WholeExplained

__all__ = [
    "Actual",
    "Explanation",
    "Portal",
    "Refresher",
    "Step",
    "Way",
    "WholeExplained",
    "connect",
    "explain",
    "freshness",
    "interval",
    "meter",
    "mirror_of",
    "prompt_for",
    "register",
    "shared_portal",
    "ttl",
]
