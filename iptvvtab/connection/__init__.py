"""Assembles everything on an APSW connection: `register`, `connect`, `meter` and `explain` for what statements cost."""

from __future__ import annotations

from iptvvtab.connection.explanation import Actual, Explanation, Step
from iptvvtab.connection.mirroring import interval, mirror_of, ttl
from iptvvtab.connection.prompt import prompt_for
from iptvvtab.connection.redirect import Way
from iptvvtab.connection.registration import connect, explain, meter, register

__all__ = [
    "Actual",
    "Explanation",
    "Step",
    "Way",
    "connect",
    "explain",
    "interval",
    "meter",
    "mirror_of",
    "prompt_for",
    "register",
    "ttl",
]
