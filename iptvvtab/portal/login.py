"""Takes the steps of the login flow: the stored session, the lock between processes, the login itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from iptvvtab.errors import BadAnswer, Error, LoginRefused, NoCredentials, Refused
from iptvvtab.portal import rpc
from iptvvtab.portal.redaction import Redactor
from iptvvtab.portal.session import Credentials, LoginFlow, Session, Step, begun, login_flow
from iptvvtab.portal.session_file import SessionFile, session_path
from iptvvtab.portal.verdict import Reply
from iptvvtab.trace import LoggedIn, Sink
from iptvvtab.types import Json

if TYPE_CHECKING:
    from iptvvtab.config import Settings

Authorize: TypeAlias = Callable[[rpc.Request], Awaitable[Reply]]
"""Sends a login within the limits of the portal."""

METHOD = "authorize_user"
LOCK_SECONDS = 10.0
"""How long a process waits for another one to log in before it does so itself."""
LOCK_POLL = 0.02


@dataclass(frozen=True, slots=True)
class SessionStatus:
    """What is known of a session without asking the portal. Times are Unix seconds; None: no session, or not said."""

    file: Path
    username: str | None
    begun_at: float | None
    expires_at: float | None

    @property
    def is_stored(self) -> bool:
        """Whether there is a session to try."""
        return self.begun_at is not None


@dataclass(slots=True)
class Keyring:
    """What somebody typed at a terminal; forgotten when the portal does not take it."""

    prompted: Credentials | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class _Failed:
    """A login that failed, and when (monotonic): whoever waited for it failed with it."""

    error: Error
    at: float


class Login:
    """Keeps the session of one portal and user; used by one event loop, shared with other processes through a file."""

    def __init__(self, settings: Settings, keyring: Keyring, hide: Redactor, trace: Sink) -> None:
        owner = "\n".join((*settings.auth_url, settings.username or ""))
        self._settings, self._keyring, self._hide, self._trace = settings, keyring, hide, trace
        self._file = SessionFile(session_path(settings), owner)
        self._composer = rpc.Composer(settings.portal_id, hide)
        self._current: Session | None = None
        self._failed: _Failed | None = None
        self._turn = asyncio.Lock()
        self._renewal: asyncio.Task[Session] | None = None

    async def session(self, authorize: Authorize, *, stale: Session | None, is_forced: bool = False) -> Session:
        """Return a session other than `stale`. All who wait at once share one login, and its failure.

        Thirty refusals of one wrong password could lock the account. Whoever is cancelled leaves the login to the
        others: it goes on. Raises NoCredentials, LoginRefused, and what the way to the portal raises.
        """
        arrived = time.monotonic()
        async with self._turn:
            if self._failed is not None and self._failed.at >= arrived:
                raise self._failed.error.with_traceback(None)
            current, now = self._current, time.time()
            if is_forced and self._renewal is not None:  # whoever began it has gone: it may look into the store
                await asyncio.wait({self._renewal})
            if self._renewal is None:
                if current and not is_forced and not current.is_same(stale) and not current.is_ending(now):
                    return current
                flow = login_flow(stale or current, now, is_forced=is_forced)
                self._renewal = asyncio.create_task(self._renewed(flow, authorize))
                self._renewal.add_done_callback(_heard)
            return await asyncio.shield(self._renewal)

    async def _renewed(self, flow: LoginFlow, authorize: Authorize) -> Session:
        """Follow a flow to its session, which is the current one from then on."""
        try:
            session = await self._follow(flow, authorize)
        except Error as error:
            self._failed = _Failed(error, time.monotonic())
            raise
        finally:
            self._renewal = None
        self._hide.learn(session.session_id)
        self._trace(LoggedIn(self._settings.portal_id, session.is_shared))
        self._current = session
        return session

    async def _follow(self, flow: LoginFlow, authorize: Authorize) -> Session:
        """Take the steps of a flow until it has a session."""
        step = next(flow)
        try:
            while True:
                step = flow.send(await self._take(step, authorize))
        except StopIteration as done:
            session: Session = done.value
            return session
        finally:
            self._file.unlock()

    def forget(self) -> None:
        """Drop the session here and where it is stored."""
        self._current = None
        self._file.remove()

    def status(self) -> SessionStatus:
        """Return what is known of the session."""
        session = self._current or self._file.load()
        prompted = self._keyring.prompted
        return SessionStatus(
            self._file.path,
            prompted.username if prompted else self._settings.username,
            session.begun_at if session else None,
            session.expires_at if session else None,
        )

    async def _take(self, step: Step, authorize: Authorize) -> Session | None:
        if step is Step.LOAD:
            return self._file.load()
        if step is Step.LOCK:
            await self._lock()
            return None
        session = await self._log_in(authorize)
        self._file.save(session)
        return session

    async def _lock(self) -> None:
        """Wait for the turn of this process; a stuck one must not keep all others out."""
        ends = time.monotonic() + LOCK_SECONDS
        while not self._file.try_lock() and time.monotonic() < ends:  # noqa: ASYNC110 - another process has no Event
            await asyncio.sleep(LOCK_POLL)

    async def _log_in(self, authorize: Authorize) -> Session:
        portal, credentials = self._settings.portal_id, self._credentials()
        self._hide.learn(credentials.password)
        call = rpc.Call(METHOD, {"username": credentials.username, "password": credentials.password})
        request = self._composer.single(0, call, repeatable=True)
        try:
            reply = await authorize(request)
            result = _result(reply, request.questions[0])
        except Refused as error:
            self._keyring.prompted = None
            raise LoginRefused(portal, credentials.username, error.message) from None
        session = begun(result, time.time(), reply.date)
        if session is None:
            raise BadAnswer(portal, "the login's answer holds no session_id", "check IPTVPORTAL_AUTH_URL")
        return session

    def _credentials(self) -> Credentials:
        if self._keyring.prompted is not None:
            return self._keyring.prompted
        settings = self._settings
        if not settings.username:
            raise NoCredentials("user name")
        if settings.password is None:  # `load` has read `password_file` into it
            raise NoCredentials("password")
        return Credentials(settings.username, settings.password.get_secret_value())


def _heard(renewal: asyncio.Task[Session]) -> None:
    """Take note of how a login ended: nobody may be waiting for it any more."""
    if not renewal.cancelled():
        renewal.exception()


def _result(reply: Reply, question: rpc.Question) -> Json:
    if reply.status == HTTPStatus.UNAUTHORIZED:
        raise Refused(question.portal, f"HTTP {reply.status}")
    return rpc.result(rpc.decode(reply.body, question.portal), question)
