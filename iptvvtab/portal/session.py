"""Sessions without I/O: what a login brings, how long it lasts, and the flow that gets one.

The flow is a generator, as httpx's auth flows are: it yields the step to take and is sent what came of it, so the
order of steps is tested without a file, a lock or a portal.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum, auto
from typing import TypeAlias

from iptvvtab.types import Json

LONGEST_MARGIN = 60.0
MARGIN_SHARE = 0.1
"""A session is renewed this share of its life before its end, but never more than LONGEST_MARGIN seconds early."""
_FITS_A_HEADER = re.compile(r"[\x21-\x7e]+")
DATE_PRECISION = 2.0
"""An HTTP Date says whole seconds, and it took its time to arrive: two clocks that differ by less are the same."""
_EPOCH_SECONDS = (1e9, 1e11)
"""A number below is a duration in seconds, one above is milliseconds."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who logs in."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    """What a login brought. Times are Unix seconds of this machine; `expires_at` None: the portal did not say.

    `is_shared`: found where another process had stored it. Raises ValueError for an id that no HTTP header can carry.
    """

    session_id: str = field(repr=False)
    begun_at: float
    expires_at: float | None = None
    is_shared: bool = field(default=False, compare=False)

    def __post_init__(self) -> None:
        if not _FITS_A_HEADER.fullmatch(self.session_id):
            raise ValueError("a session id that no header can carry")

    def is_ending(self, now: float) -> bool:
        """Return whether it should be renewed: its end is known and near, or past."""
        if self.expires_at is None:
            return False
        margin = min(LONGEST_MARGIN, MARGIN_SHARE * (self.expires_at - self.begun_at))
        return now >= self.expires_at - margin

    def is_same(self, other: Session | None) -> bool:
        """Return whether the portal knows both by the same id."""
        return other is not None and self.session_id == other.session_id


def begun(result: Json, now: float, server_now: datetime | None) -> Session | None:
    """Return the session in the result of `authorize_user`, or None if there is none.

    The end is moved by the difference of the two clocks where the portal's is known (its HTTP Date).
    """
    session_id = result.get("session_id") if isinstance(result, dict) else None
    if not isinstance(session_id, str | int) or not _FITS_A_HEADER.fullmatch(str(session_id)):
        return None
    ahead = server_now.timestamp() - now if server_now else 0.0
    if abs(ahead) < DATE_PRECISION:
        ahead = 0.0
    expires_at = expiry(result.get("expires_at"), now + ahead)
    return Session(str(session_id), now, None if expires_at is None else expires_at - ahead)


def expiry(value: Json, now: float) -> float | None:
    """Return when a session ends, in Unix seconds: from seconds, milliseconds, a duration or ISO text (naive: UTC).

    None when it is not said, not understood, or already past: then only the portal's 401 tells.
    """
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            value = _moment(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    seconds, milliseconds = _EPOCH_SECONDS
    end = now + value if value < seconds else value / 1000 if value > milliseconds else float(value)
    return end if end > now else None


def _moment(text: str) -> float | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


class Step(Enum):
    """What the login flow wants done next."""

    LOAD = auto()  # send back the stored session, or None
    LOCK = auto()  # wait until no other process logs in
    LOGIN = auto()  # ask the portal, store the session, send it back


LoginFlow: TypeAlias = Generator[Step, Session | None, Session]


def login_flow(stale: Session | None, now: float, *, is_forced: bool = False) -> LoginFlow:
    """Get a session other than `stale`: one that another process has stored, else by logging in.

    The store is looked at again under the lock: of eight processes that wait for it, one logs in. `is_forced`
    logs in without looking.
    """
    if not is_forced:
        stored = yield Step.LOAD
        if stored is not None and not stored.is_same(stale) and not stored.is_ending(now):
            return stored
    yield Step.LOCK
    if not is_forced:
        stored = yield Step.LOAD
        if stored is not None and not stored.is_same(stale) and not stored.is_ending(now):
            return stored
    session = yield Step.LOGIN
    if session is None:
        raise TypeError("a login that did not raise must bring a session")
    return session
