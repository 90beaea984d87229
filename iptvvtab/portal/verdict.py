"""What an HTTP answer means, pure: an answer worth handing on, an expired session, or a failure and what may help."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus

from iptvvtab.errors import BadAnswer, Forbidden, PortalError, RateLimited, Refused, ServerFailed, Unreachable
from iptvvtab.portal import rpc
from iptvvtab.portal.policies import Failure, retry_after
from iptvvtab.types import Json

SMALL = 16 * 1024
"""Bytes of a body that the I/O thread decodes to see an error early; larger ones only the caller decodes."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back over HTTP. `body` is decompressed; `received` counts what travelled, in bytes."""

    endpoint: str
    status: int
    body: bytes = field(repr=False)
    received: int = 0
    is_compressed: bool = False
    retry_after: str | None = None
    date: datetime | None = None


def has_expired(reply: Reply) -> bool:
    """Return whether the portal says that the session has ended: by status, or in a small body."""
    if reply.status == HTTPStatus.UNAUTHORIZED:
        return True
    if b'"error"' not in reply.body[:SMALL]:
        return False
    envelope = _small_json(reply)
    return envelope is not None and rpc.is_expiry(envelope)


def judge(reply: Reply, questions: tuple[rpc.Question, ...], *, is_batch: bool) -> Failure | None:
    """Return why a reply is no answer, or None: then its body is handed on (perhaps with an error in it)."""
    if reply.status == HTTPStatus.OK:
        return _judge_body(reply, questions, is_batch=is_batch)
    portal, said = questions[0].portal, f"HTTP {reply.status}"
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS:
        return _rate_limited(reply, portal)
    if reply.status == HTTPStatus.REQUEST_TIMEOUT:  # how some servers end an idle connection
        gone = Unreachable(portal, f"the connection had ended ({said})")
        return Failure(gone, reached=False, is_elsewhere=True)
    if reply.status == HTTPStatus.FORBIDDEN and not _is_complaint(reply):
        return _final(Forbidden(portal, said, code=reply.status, table=questions[0].table))
    if _is_complaint(reply):
        return None
    if reply.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return _final(Refused(portal, f"{said}: the request is too long", code=reply.status))
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _server_failed(reply, portal)
    if reply.status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        advice = "the proxy wants a user name and password: set them in IPTVPORTAL_PROXY"
    else:
        advice = "check IPTVPORTAL_API_URL and IPTVPORTAL_AUTH_URL: they must name the JSON-RPC endpoints themselves"
    return _final(BadAnswer(portal, f"{said} from {reply.endpoint}", advice))


def _judge_body(reply: Reply, questions: tuple[rpc.Question, ...], *, is_batch: bool) -> Failure | None:
    """Judge a body with status 200: decoded when small, else by its two ends."""
    portal = questions[0].portal
    try:
        if len(reply.body) > SMALL:
            if not rpc.looks_whole(reply.body):
                raise rpc.not_json(reply.body, portal)
        elif not is_batch:
            rpc.result(rpc.decode(reply.body, portal), questions[0])
        else:
            rpc.decode(reply.body, portal)
    except Refused:
        return None
    except BadAnswer as error:
        return Failure(error, reached=True, is_elsewhere=True)
    return None


def _rate_limited(reply: Reply, portal: str) -> Failure:
    wait = _wait(reply)
    asked = "" if wait is None else f" and asks to wait {wait:g} s"
    error = RateLimited(portal, f"too many requests (HTTP 429){asked}", "lower IPTVPORTAL_RATE", retry_after=wait)
    return Failure(error, reached=False, wait=wait)


def _server_failed(reply: Reply, portal: str) -> Failure:
    """A 5xx may come after the work was done; only 503 with Retry-After says that it was not begun."""
    wait = _wait(reply)
    not_begun = reply.status == HTTPStatus.SERVICE_UNAVAILABLE and wait is not None
    error = ServerFailed(
        portal,
        f"the server failed (HTTP {reply.status})",
        "its operator knows more" if reply.status == HTTPStatus.INTERNAL_SERVER_ERROR else "",
        status=reply.status,
    )
    return Failure(error, reached=not not_begun, wait=wait, is_elsewhere=True)


def _final(error: PortalError) -> Failure:
    return Failure(error, reached=False, is_passing=False)


def _wait(reply: Reply) -> float | None:
    return retry_after(reply.retry_after, reply.date or datetime.now(UTC))


def _is_complaint(reply: Reply) -> bool:
    envelope = _small_json(reply)
    return isinstance(envelope, dict) and rpc.complaint(envelope) is not None


def _small_json(reply: Reply) -> Json:
    """Return the JSON of a small body, or None."""
    if not 0 < len(reply.body) <= SMALL:
        return None
    try:
        return rpc.decode(reply.body, "")
    except BadAnswer:
        return None
