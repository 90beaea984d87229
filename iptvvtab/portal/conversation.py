"""The asynchronous core: one portal's calls with their limits, retries, endpoints and session, in one event loop."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeAlias

from iptvvtab.errors import CircuitOpen, PortalError, RateLimited, SessionRefused, TimedOut
from iptvvtab.portal import rpc
from iptvvtab.portal.answer import Cost
from iptvvtab.portal.policies import Backoff, Breaker, Bucket, Deadline, Failure, Retry
from iptvvtab.portal.session import Session
from iptvvtab.portal.transport import Transport
from iptvvtab.portal.verdict import Reply, has_expired, judge
from iptvvtab.trace import Exchanged, Sink, Waited

if TYPE_CHECKING:
    from iptvvtab.config import Settings
    from iptvvtab.portal.login import Login

RENEWALS = 4
"""Sessions that one attempt tries at most: other processes may keep storing ones that have ended."""
GRACE = 0.25
"""Seconds after the deadline at which a call is cut off: until then an attempt may end and say what it knows."""


@dataclass(frozen=True, slots=True)
class ServerDate:
    """The portal's clock as its last answer showed it (whole seconds), beside ours at that moment."""

    server: datetime
    local: datetime
    monotonic: float

    @property
    def offset(self) -> float:
        """Seconds by which the portal's clock is ahead of ours, right to about a second."""
        return (self.server - self.local).total_seconds()


class Progress:
    """What one call has done so far. `is_open`: something was sent to which no answer has come."""

    def __init__(self, seconds: float) -> None:
        self.deadline = Deadline(time.monotonic() + seconds, time.monotonic)
        self.attempts = self.sent = self.received = 0
        self.seconds = 0.0
        self.is_open = False
        self.last: PortalError | None = None

    @property
    def cost(self) -> Cost:
        """The cost until now."""
        return Cost(self.attempts, self.sent, self.received, self.seconds)


class Ring:
    """Endpoints tried in turn; the one that answered last stays first."""

    def __init__(self, endpoints: Sequence[str]) -> None:
        self._endpoints, self._current = tuple(endpoints), 0

    @property
    def current(self) -> str:
        """The endpoint to use now."""
        return self._endpoints[self._current]

    def leave(self, endpoint: str) -> None:
        """Go on to the next one, unless another call already has."""
        if endpoint == self.current:
            self._current = (self._current + 1) % len(self._endpoints)


Attempt: TypeAlias = Callable[[rpc.Request, Progress, str], Awaitable[Reply | Failure]]


class Conversation:
    """Talks to one portal; everything it sends, what `login` wants included, goes through the same limits."""

    def __init__(self, settings: Settings, login: Login, trace: Sink, backoff: Backoff) -> None:
        self._settings, self._trace = settings, trace
        self._transport = Transport(settings)
        self._retry = Retry(settings.max_retries, backoff)
        self._bucket = Bucket.of(settings.rate, time.monotonic())
        self._breaker = Breaker(settings.breaker_failures, settings.breaker_reset)
        self._places = asyncio.Semaphore(settings.concurrency)
        self._call_ring, self._login_ring = Ring(settings.api_url), Ring(settings.auth_url)
        self.login = login
        self.server_date: ServerDate | None = None

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.close()

    async def ask(self, request: rpc.Request) -> tuple[Reply, Cost]:
        """Send a request until it is answered, as often as the policies allow.

        Raises what docs/errors.md says; UnknownOutcome where the answer to a request that may not be repeated was lost.
        """
        progress = Progress(self._settings.deadline)
        try:
            async with self._until(progress):
                reply = await self._persist(request, progress, self._call_ring, self._with_session)
        except PortalError as error:
            if progress.is_open and not request.repeatable:
                raise rpc.unknown_outcome(error, request.questions[0]) from error
            raise
        return reply, progress.cost

    async def log_in(self) -> None:
        """Begin a new session, whatever is stored."""
        async with self._until(Progress(self._settings.deadline)):
            await self.login.session(self._authorize, stale=None, is_forced=True)

    @asynccontextmanager
    async def _until(self, progress: Progress) -> AsyncIterator[None]:
        """Bound everything inside by the deadline."""
        try:
            async with asyncio.timeout(progress.deadline.left + GRACE):
                yield
        except TimeoutError:
            so_far = f" (last: {progress.last.reason})" if progress.last else ""
            raise TimedOut(
                self._settings.portal_id,
                f"no answer within the deadline of {self._settings.deadline:g} s{so_far}",
                "IPTVPORTAL_DEADLINE allows more",
            ) from progress.last

    async def _authorize(self, request: rpc.Request) -> Reply:
        """Send a login: through the same limits, to the endpoints that log in, without a session."""
        progress = Progress(self._settings.deadline)
        async with self._until(progress):
            return await self._persist(request, progress, self._login_ring, self._without_session)

    async def _persist(self, request: rpc.Request, progress: Progress, ring: Ring, attempt: Attempt) -> Reply:
        """Repeat an attempt until it brings an answer, or nothing is left to hope for."""
        tried: set[str] = set()
        failures = fresh = 0  # an endpoint not tried before is worth an attempt that does not count as a retry
        while True:
            endpoint = ring.current
            tried.add(endpoint)
            outcome = await attempt(request, progress, endpoint)
            progress.is_open = isinstance(outcome, Failure) and outcome.reached
            if isinstance(outcome, Reply):
                return outcome
            progress.last = outcome.error
            failures += 1
            if outcome.is_elsewhere:
                ring.leave(endpoint)
            is_fresh = outcome.is_elsewhere and ring.current not in tried
            pause = self._retry.pause(
                outcome,
                failures - fresh,
                repeatable=request.repeatable,
                left=progress.deadline.left,
                chance=random.random(),  # noqa: S311 - jitter
                fresh_endpoint=is_fresh,
            )
            if pause is None:
                raise _last_word(outcome, progress)
            fresh += is_fresh
            await self._wait(pause, request, "retry")

    async def _without_session(self, request: rpc.Request, progress: Progress, endpoint: str) -> Reply | Failure:
        outcome = await self._exchange(request, progress, endpoint, None)
        if isinstance(outcome, Failure) or has_expired(outcome):  # the login says what its refusal means
            return outcome
        return judge(outcome, request.questions, is_batch=False) or outcome

    async def _with_session(self, request: rpc.Request, progress: Progress, endpoint: str) -> Reply | Failure:
        """Send with a session; when the portal says that it has ended, get another one and send again.

        A session that another process had stored may be just as old: only one that began after the last refusal, and
        is refused too, shows that logging in does not help.
        """
        session = await self.login.session(self._authorize, stale=None)
        refused_at = float("inf")
        for _ in range(RENEWALS):
            outcome = await self._exchange(request, progress, endpoint, session)
            if isinstance(outcome, Failure):
                return outcome
            if not has_expired(outcome):
                return judge(outcome, request.questions, is_batch=request.is_batch) or outcome
            progress.is_open = False  # a refused session proves that nothing was done
            if session.begun_at >= refused_at:
                if outcome.status != HTTPStatus.UNAUTHORIZED:
                    return outcome  # only its words were taken for an expiry: they are the answer
                break
            refused_at = time.time()
            session = await self.login.session(self._authorize, stale=session)
        raise SessionRefused(self._settings.portal_id)

    async def _exchange(
        self, request: rpc.Request, progress: Progress, endpoint: str, session: Session | None
    ) -> Reply | Failure:
        """Send one HTTP request within the limits, and tell what came of it."""
        self._check_breaker(progress)
        self._bucket, seconds = self._bucket.take(time.monotonic())
        await self._wait(seconds, request, "rate")
        async with self._places:
            self._check_breaker(progress)
            self._breaker = self._breaker.sent()
            progress.attempts += 1
            progress.sent += len(request.body)
            progress.is_open = True
            number, started = progress.attempts, time.monotonic()
            seconds = min(self._settings.timeout, progress.deadline.left)
            try:
                outcome = await self._transport.post(endpoint, request.body, session, seconds)
            except asyncio.CancelledError:
                self._breaker = self._breaker.dropped()
                self._tell(request, endpoint, number, started, None)
                raise
            finally:
                progress.seconds += time.monotonic() - started
        self._note(outcome, progress)
        self._tell(request, endpoint, number, started, outcome)
        return outcome

    def _note(self, outcome: Reply | Failure, progress: Progress) -> None:
        """Count bytes, keep the portal's clock, and let the breaker know."""
        if isinstance(outcome, Failure) or outcome.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self._breaker = self._breaker.failed(time.monotonic())
        else:
            self._breaker = self._breaker.succeeded()
        if isinstance(outcome, Reply):
            progress.received += outcome.received
            if outcome.date is not None:
                self.server_date = ServerDate(outcome.date, datetime.now(UTC), time.monotonic())

    def _tell(
        self,
        request: rpc.Request,
        endpoint: str,
        attempt: int,
        started: float,
        outcome: Reply | Failure | None,
    ) -> None:
        if outcome is None:
            status, received, what = None, 0, "dropped"
        elif isinstance(outcome, Reply):
            status, received, what = outcome.status, outcome.received, "answered"
        else:
            status, received, what = None, 0, type(outcome.error).__name__
        self._trace(
            Exchanged(
                portal=self._settings.portal_id,
                endpoint=endpoint,
                method=request.method,
                attempt=attempt,
                seconds=time.monotonic() - started,
                bytes_sent=len(request.body),
                bytes_received=received,
                status=status,
                outcome=what,
            )
        )

    async def _wait(self, seconds: float, request: rpc.Request, reason: str) -> None:
        if seconds > 0:
            self._trace(Waited(self._settings.portal_id, request.method, seconds, reason))
            await asyncio.sleep(seconds)

    def _check_breaker(self, progress: Progress) -> None:
        """Raise what opened the breaker, or CircuitOpen where that happened to other calls."""
        seconds = self._breaker.wait(time.monotonic())
        if seconds <= 0:
            return
        if progress.last is not None:
            raise progress.last
        raise CircuitOpen(
            self._settings.portal_id,
            f"{self._breaker.failures} requests in a row failed; it is left alone for {seconds:.0f} s more",
            "IPTVPORTAL_BREAKER_FAILURES and IPTVPORTAL_BREAKER_RESET change when and how long",
        )


def _last_word(failure: Failure, progress: Progress) -> PortalError:
    """Return the error to end with: a wait that the deadline does not allow for is worth telling."""
    error = failure.error
    if isinstance(error, RateLimited) and failure.wait is not None and failure.wait >= progress.deadline.left:
        reason = f"{error.reason}, which is past the deadline"
        return RateLimited(error.portal, reason, error.advice, retry_after=failure.wait)
    return error
