"""What happens on the wire, as records: a no-op unless somebody listens.

An event holds facts, never a body, a header, a credential or a session id, so that no listener can leak one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Exchanged:
    """One HTTP exchange ended. Seconds of wall time, bytes of bodies; `status` is None when nothing came back."""

    portal: str
    endpoint: str
    method: str
    attempt: int
    seconds: float
    bytes_sent: int
    bytes_received: int
    status: int | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Waited:
    """A call slept before it was sent (again): `reason` is retry, rate or breaker."""

    portal: str
    method: str
    seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A session began. `shared` when another process had already stored it."""

    portal: str
    shared: bool


@dataclass(frozen=True, slots=True)
class Fetched:
    """One page of a table arrived. `document` names columns and values asked for, sensitive ones masked."""

    portal: str
    table: str
    document: str
    rows: int
    seconds: float


Event: TypeAlias = Exchanged | Waited | LoggedIn | Fetched
Sink: TypeAlias = Callable[[Event], None]


def ignore(event: Event) -> None:
    """Do nothing: the default sink."""
