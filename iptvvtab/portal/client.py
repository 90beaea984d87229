"""The synchronous face of a portal: calls, calls under way, batches, the session."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Self, TypeAlias, TypeVar

from iptvvtab.errors import PortalError
from iptvvtab.portal import rpc
from iptvvtab.portal.answer import Answer, BatchAnswer
from iptvvtab.portal.conversation import Conversation, ServerDate
from iptvvtab.portal.login import Keyring, Login
from iptvvtab.portal.pending import IsInterrupted, Pending, UnderWay
from iptvvtab.portal.policies import Backoff
from iptvvtab.portal.redaction import Redactor
from iptvvtab.portal.session import Credentials
from iptvvtab.portal.thread import LoopThread, leave_behind
from iptvvtab.trace import Sink, ignore

if TYPE_CHECKING:
    from iptvvtab.config import Settings
    from iptvvtab.portal.login import SessionStatus

T = TypeVar("T")
Prompt: TypeAlias = Callable[[], tuple[str, str] | None] | None
"""Asks somebody at a terminal for a user name and a password; None: nobody answers there."""


class Client:
    """One portal: a pool of connections, a session, limits, retries. Thread-safe; one per portal is enough.

    `trace` hears what happens on the wire. `prompt` asks for credentials when none are set; it is called in the
    thread that waits, and returns None when nobody is at a terminal. `backoff`: how long to wait before asking again.
    Nothing starts before the first call.
    """

    def __init__(
        self, settings: Settings, *, trace: Sink = ignore, prompt: Prompt = None, backoff: Backoff | None = None
    ) -> None:
        self._settings, self._trace, self._prompt = settings, trace, prompt
        self._backoff = backoff or Backoff()
        self._hide = Redactor()
        self._composer = rpc.Composer(settings.portal_id, self._hide)
        self._numbers = itertools.count(1)
        self._numbering = threading.Lock()
        self._prompting = threading.Lock()
        self._keyring = Keyring()
        self._thread = LoopThread(f"client of {settings.portal_id}")
        self._conversation: tuple[int, Conversation] | None = None

    def __repr__(self) -> str:
        return f"Client({self.portal_id!r})"

    @property
    def portal_id(self) -> str:
        """The portal's name in errors and receipts."""
        return self._settings.portal_id

    @property
    def settings(self) -> Settings:
        """What it was made with."""
        return self._settings

    def call(
        self,
        method: str,
        params: dict[str, Any],
        *,
        repeatable: bool = False,
        interrupted: IsInterrupted = None,
    ) -> Answer:
        """Ask and wait. `repeatable`: the call may be sent again after it may have reached the portal.

        Raises Interrupted when `interrupted` says so, CredentialsError, PortalError (docs/errors.md), UsageError for
        parameters that JSON cannot say or a client that is closed.
        """
        return self.submit(method, params, repeatable=repeatable).result(interrupted)

    def submit(self, method: str, params: dict[str, Any], *, repeatable: bool = False) -> Pending:
        """Ask, and return while the answer is on its way."""
        request = self._composer.single(self._take(1), rpc.Call(method, params), repeatable=repeatable)

        async def send() -> Answer:
            reply, cost = await self._here().ask(request)
            return Answer(reply.body, cost, reply.is_compressed, request.questions[0])

        return Pending(lambda: self._start(send), self._ask_credentials)

    def batch(
        self, calls: Sequence[rpc.Call], *, repeatable: bool = False, interrupted: IsInterrupted = None
    ) -> list[Answer | PortalError]:
        """Ask several calls in one request and return, in their order, an answer or the error of each.

        An answer that is missing or doubled is a BadAnswer (UnknownOutcome when not `repeatable`); `result()` of the
        others raises what the portal refused. The cost stands on the first answer. Raises as `call`, and Refused when
        the portal takes no batches.
        """
        if not calls:
            return []
        return self.submit_batch(calls, repeatable=repeatable).result(interrupted).answers()

    def submit_batch(self, calls: Sequence[rpc.Call], *, repeatable: bool = False) -> UnderWay[BatchAnswer]:
        """Ask several calls, at least one, in one request, and return while their answers are on their way."""
        request = self._composer.batch(self._take(len(calls)), calls, repeatable=repeatable)

        async def send() -> BatchAnswer:
            reply, cost = await self._here().ask(request)
            return BatchAnswer(reply.body, cost, reply.is_compressed, request)

        return UnderWay(lambda: self._start(send), self._ask_credentials)

    def login(self, interrupted: IsInterrupted = None) -> None:
        """Begin a new session and store it. Raises CredentialsError, PortalError."""

        async def begin() -> None:
            await self._here().log_in()

        self._do(begin, interrupted)

    def logout(self) -> None:
        """Forget the session, here and where it is stored; the portal is not told (there is no evidence of a way)."""

        async def forget() -> None:
            self._here().login.forget()

        self._do(forget)

    def session_status(self) -> SessionStatus:
        """Return what is known of the session without asking the portal."""

        async def status() -> SessionStatus:
            return self._here().login.status()

        return self._do(status)

    def server_date(self) -> ServerDate | None:
        """Return the portal's clock as the last answer showed it; None before the first."""
        return self._conversation[1].server_date if self._conversation else None

    def close(self) -> None:
        """Drop what is under way, close connections, end the thread. May be called again."""
        self._thread.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _take(self, count: int) -> int:
        """Return the first of so many numbers that no other request of this client has."""
        with self._numbering:
            first = next(self._numbers)
            for _ in range(count - 1):
                next(self._numbers)
            return first

    def _do(self, act: Callable[[], Coroutine[Any, Any, T]], interrupted: IsInterrupted = None) -> T:
        """Have the loop do something, and wait for it."""
        return UnderWay(lambda: self._start(act), self._ask_credentials).result(interrupted)

    def _start(self, act: Callable[[], Coroutine[Any, Any, T]]) -> Future[T]:
        self._settings.require_portal()
        return self._thread.submit(act)

    def _here(self) -> Conversation:
        """Return the conversation of this process; called in the loop. A forked child begins its own."""
        if self._conversation is None or self._conversation[0] != os.getpid():
            if self._conversation is not None:
                leave_behind(self._conversation)
            login = Login(self._settings, self._keyring, self._hide, self._trace)
            conversation = Conversation(self._settings, login, self._trace, self._backoff)
            self._thread.at_end(conversation.close)
            self._conversation = (os.getpid(), conversation)
        return self._conversation[1]

    def _ask_credentials(self) -> bool:
        """Ask whoever is at the terminal, once however many calls wait; false when nobody can be asked."""
        if self._prompt is None:
            return False
        with self._prompting:
            if self._keyring.prompted is None and (given := self._prompt()) is not None:
                self._keyring.prompted = Credentials(*given)
        return self._keyring.prompted is not None
