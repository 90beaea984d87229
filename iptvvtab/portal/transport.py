"""One HTTP attempt: bytes to an endpoint, a Reply or a Failure back. The only module that knows httpx."""

from __future__ import annotations

import asyncio
import logging
import re
import socket
import ssl
import zlib
from collections.abc import Iterator
from contextlib import aclosing
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from iptvvtab.errors import BadAnswer, InvalidSetting, PortalError, TimedOut, TlsFailed, Unreachable
from iptvvtab.portal.policies import Failure, http_date
from iptvvtab.portal.verdict import Reply

if TYPE_CHECKING:
    from iptvvtab.config import Settings
    from iptvvtab.portal.session import Session

SESSION_HEADER = "Iptvportal-Authorization"
KEEPALIVE_SECONDS = 20.0
"""How long an idle connection is kept: shorter than common servers do, so that they seldom close it first."""
_HEADERS = {
    "Content-Type": "application/json",
    "Accept": "application/json",
    "Accept-Encoding": "gzip",
    "User-Agent": f"python-httpx/{httpx.__version__}",
}
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


class _NoCookies(logging.Filter):
    """Masks the cookies that httpcore writes at DEBUG: a portal may set one that holds the session id."""

    _value = re.compile(r"(?i)(b'set-cookie', b['\"])[^'\"]*")

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.msg, str) and not record.args:
            record.msg = self._value.sub(r"\1***", record.msg)
        return True


logging.getLogger("httpcore.http11").addFilter(_NoCookies())


class Transport:
    """A pool of connections to one portal. Made and used in one event loop.

    It is httpx's transport without its client, which takes as long again: nothing follows redirects (a POST would lose
    its body, or carry the session elsewhere), keeps cookies, reads HTTP_PROXY or ~/.netrc (what is used is what
    `config show` shows). asyncio.timeout bounds the whole attempt; httpx would bound each read.
    """

    def __init__(self, settings: Settings) -> None:
        self._portal = settings.portal_id
        self._proxy = settings.proxy
        self._urls = {one: httpx.URL(one) for one in (*settings.api_url, *settings.auth_url)}
        self._http = httpx.AsyncHTTPTransport(
            verify=tls_context(settings),
            proxy=settings.proxy,
            trust_env=False,
            limits=httpx.Limits(
                max_connections=settings.concurrency,
                max_keepalive_connections=settings.concurrency,
                keepalive_expiry=KEEPALIVE_SECONDS,
            ),
        )

    async def post(self, endpoint: str, body: bytes, session: Session | None, seconds: float) -> Reply | Failure:
        """Send one request and read its whole answer, within so many seconds."""
        was_sent = False

        async def watch(event: str, info: dict[str, Any]) -> None:
            nonlocal was_sent
            # A tunnel through a proxy begins with a CONNECT of the proxy's own, which the portal never sees.
            if event == "http11.send_request_headers.started" and info["request"].method == b"POST":
                was_sent = True

        headers = {**_HEADERS, SESSION_HEADER: f"sessionid={session.session_id}"} if session else _HEADERS
        request = httpx.Request(
            "POST", self._urls[endpoint], headers=headers, content=body, extensions={"trace": watch}
        )
        try:
            async with asyncio.timeout(seconds):
                response = await self._http.handle_async_request(request)
                async with aclosing(response):
                    raw = b"".join([chunk async for chunk in response.aiter_raw()])
        except TimeoutError:
            error = TimedOut(self._portal, f"no whole answer within {seconds:.3g} s", "IPTVPORTAL_TIMEOUT allows more")
            return Failure(error, reached=was_sent, is_elsewhere=True)
        except (httpx.HTTPError, ssl.SSLError, OSError) as error:
            return self._failure(error, endpoint, was_sent)
        return self._reply(endpoint, response, raw)

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    def _reply(self, endpoint: str, response: httpx.Response, raw: bytes) -> Reply | Failure:
        encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
        try:
            body = raw if encoding == "identity" else _decompress(raw, encoding)
        except (zlib.error, ValueError) as error:
            bad = BadAnswer(self._portal, f"the compressed answer is torn: {error}")
            return Failure(bad, reached=True, is_elsewhere=True)
        return Reply(
            endpoint=endpoint,
            status=response.status_code,
            body=body,
            received=len(raw),
            is_compressed=encoding != "identity",
            retry_after=response.headers.get("Retry-After"),
            date=http_date(response.headers.get("Date")),
        )

    def _failure(self, error: Exception, endpoint: str, was_sent: bool) -> Failure:
        found = describe(error, self._portal, endpoint, was_sent=was_sent, proxy=self._proxy)
        found.__cause__ = error
        is_passing = not isinstance(found, TlsFailed)
        return Failure(found, reached=was_sent, is_passing=is_passing, is_elsewhere=True)


def tls_context(settings: Settings) -> ssl.SSLContext:
    """Return what to trust: `ca_file` alone, else the system's and certifi's authorities; all when `verify_ssl` is off.

    Raises InvalidSetting for a `ca_file` that holds no certificates.
    """
    if not settings.verify_ssl:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context
    if settings.ca_file is not None:
        try:
            return ssl.create_default_context(cafile=settings.ca_file)
        except OSError as error:
            reason = error.strerror or error.args[0]
            raise InvalidSetting("ca_file", settings.origin("ca_file"), f"no certificates: {reason}") from error
    return _public_authorities()


@cache
def _public_authorities() -> ssl.SSLContext:
    """Read the system's and certifi's authorities once a process: it takes longer than a request."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


def describe(
    error: Exception, portal: str, endpoint: str, *, was_sent: bool = False, proxy: str | None = None
) -> PortalError:
    """Return the typed error for what httpx raised, named by its deepest cause.

    What TLS complains of after a request `was_sent` is a connection that broke, not one that cannot be had.
    With a proxy, a connection that cannot be had is the one to the proxy.
    """
    host = urlsplit(endpoint).hostname or endpoint
    causes = tuple(_causes(error))
    if proxy and any(isinstance(cause, socket.gaierror | ConnectionRefusedError) for cause in causes):
        reached = urlsplit(proxy).netloc.rpartition("@")[2]
        return Unreachable(portal, f"the proxy {reached} cannot be reached", "check IPTVPORTAL_PROXY")
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            advice = "check the name in IPTVPORTAL_API_URL or IPTVPORTAL_DOMAIN, and this machine's network"
            return Unreachable(portal, f"the name {host!r} cannot be resolved", advice)
        if isinstance(cause, ssl.SSLCertVerificationError):
            advice = (
                "set IPTVPORTAL_CA_FILE to its authority's certificate (or IPTVPORTAL_VERIFY_SSL=no, "
                "if it does not matter who answers and reads along)"
            )
            return TlsFailed(portal, f"the certificate of {host} is not trusted: {cause.verify_message}", advice)
        if isinstance(cause, ssl.SSLError) and not was_sent:
            advice = "does the address speak TLS at all, or should it begin with http://?"
            return TlsFailed(portal, f"TLS with {host} failed: {getattr(cause, 'reason', None) or cause}", advice)
    if isinstance(error, httpx.ProxyError):
        return Unreachable(portal, f"the proxy refused: {error}", "check IPTVPORTAL_PROXY")
    for cause in causes:
        if isinstance(cause, ConnectionRefusedError):
            return Unreachable(portal, f"{urlsplit(endpoint).netloc} refused the connection", "is the portal up?")
        if isinstance(cause, ConnectionResetError | BrokenPipeError):
            return Unreachable(portal, f"{host} reset the connection")
    if isinstance(error, httpx.RemoteProtocolError):
        return Unreachable(portal, f"{host} broke the answer off")
    return Unreachable(portal, f"no connection to {host}: {_sentence(error)}")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """What lies beneath an error, and in the groups that anyio raises for several addresses; each once."""
    waiting, seen = [error], set[int]()
    while waiting:
        one = waiting.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions


def _sentence(error: Exception) -> str:
    return str(error) or type(error).__name__


def _decompress(raw: bytes, encoding: str) -> bytes:
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise ValueError(f"unknown encoding {encoding!r}")
    inflate = zlib.decompressobj(_GZIP_OR_ZLIB)
    body = inflate.decompress(raw)
    if raw and not inflate.eof:
        raise ValueError("it ends too early")
    return body
