"""When to ask again, how long to wait, when to stop asking: small frozen values; time and chance are arguments."""

from __future__ import annotations

import email.utils
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from iptvvtab.errors import PortalError


@dataclass(frozen=True, slots=True)
class Failure:
    """An attempt that brought no answer. `reached`: the portal may have acted on it.

    `wait`: seconds the portal asked for (Retry-After), or None. `is_passing`: whether another attempt may help.
    `is_elsewhere`: whether another endpoint may do better.
    """

    error: PortalError
    reached: bool
    wait: float | None = None
    is_passing: bool = True
    is_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential backoff with full jitter, in seconds: somewhere between nothing and `first * factor ** n`."""

    first: float = 0.2
    factor: float = 2.0
    longest: float = 10.0

    def pause(self, attempt: int, chance: float) -> float:
        """Return how long to sleep after the failed attempt of this number (from 1). `chance`: in [0, 1)."""
        return chance * min(self.longest, self.first * self.factor ** (attempt - 1))


@dataclass(frozen=True, slots=True)
class Retry:
    """Which failures are worth another attempt, and when."""

    retries: int
    backoff: Backoff = Backoff()

    def pause(
        self, failure: Failure, attempt: int, *, repeatable: bool, left: float, chance: float, fresh_endpoint: bool
    ) -> float | None:
        """Return seconds to sleep before the next attempt, or None to give up.

        `attempt`: the number of the failed one; `left`: seconds until the deadline; `fresh_endpoint`: an endpoint
        that this call has not tried yet is next, which is worth an attempt of its own.
        """
        if not failure.is_passing or (failure.reached and not repeatable):
            return None
        if failure.is_elsewhere and fresh_endpoint:
            return 0.0
        if attempt > self.retries:
            return None
        seconds = self.backoff.pause(attempt, chance) if failure.wait is None else failure.wait
        return seconds if seconds < left else None


@dataclass(frozen=True, slots=True)
class Bucket:
    """A token bucket: `rate` requests a second (0: unlimited), `burst` at once. `at`: the moment `tokens` are of."""

    rate: float
    burst: float = 1.0
    tokens: float = 1.0
    at: float = 0.0

    @classmethod
    def of(cls, rate: float, now: float) -> Bucket:
        """Return a full bucket that allows one second's requests at once."""
        burst = max(1.0, rate)
        return cls(rate, burst, burst, now)

    def take(self, now: float) -> tuple[Bucket, float]:
        """Return the bucket after one more request, and the seconds that request must wait.

        Tokens may go below zero: each waiting request has its own place in the queue.
        """
        if self.rate <= 0:
            return self, 0.0
        tokens = min(self.burst, self.tokens + (now - self.at) * self.rate) - 1
        return replace(self, tokens=tokens, at=now), max(0.0, -tokens / self.rate)


@dataclass(frozen=True, slots=True)
class Breaker:
    """Closed, open or half-open: after `limit` failures in a row (0: never) nothing is sent for `reset` seconds.

    Then one request may try; its failure opens the breaker anew, its success closes it.
    """

    limit: int
    reset: float
    failures: int = 0
    opened_at: float | None = None
    is_trying: bool = False

    def wait(self, now: float) -> float:
        """Return seconds until a request may be sent; 0 when it may now."""
        if self.opened_at is None:
            return 0.0
        left = self.opened_at + self.reset - now
        if left > 0:
            return left
        return self.reset if self.is_trying else 0.0

    def sent(self) -> Breaker:
        """Return the breaker when a request is on its way."""
        return self if self.opened_at is None else replace(self, is_trying=True)

    def failed(self, now: float) -> Breaker:
        """Return the breaker after a failure."""
        failures = self.failures + 1
        if self.limit <= 0 or (failures < self.limit and self.opened_at is None):
            return replace(self, failures=failures)
        return replace(self, failures=failures, opened_at=now, is_trying=False)

    def succeeded(self) -> Breaker:
        """Return the breaker after an answer: closed."""
        return replace(self, failures=0, opened_at=None, is_trying=False)

    def dropped(self) -> Breaker:
        """Return the breaker after a request that was dropped: another one may try."""
        return replace(self, is_trying=False)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment, on the monotonic clock, after which a call is over."""

    at: float
    clock: Callable[[], float]

    @property
    def left(self) -> float:
        """Seconds until then; 0 when it has passed."""
        return max(0.0, self.at - self.clock())


def retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for: a number, or an HTTP date seen from `now` (RFC 9110).

    None for no header or one that says neither.
    """
    if value is None:
        return None
    text = value.strip()
    try:
        return max(0.0, float(text)) if text[:1].isdigit() else max(0.0, (_date(text) - now).total_seconds())
    except ValueError:
        return None


def http_date(value: str | None) -> datetime | None:
    """Return the moment that a Date header names, in UTC; None for no header or one that names none."""
    try:
        return None if value is None else _date(value)
    except ValueError:
        return None


def _date(text: str) -> datetime:
    moment = email.utils.parsedate_to_datetime(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
