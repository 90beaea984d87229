"""Assembles everything on an APSW connection: `register`, `connect`, and `meter` for what statements cost."""

from __future__ import annotations

from iptvvtab.connection.prompt import prompt_for
from iptvvtab.connection.registration import connect, meter, register

__all__ = ["connect", "meter", "prompt_for", "register"]
