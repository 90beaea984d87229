"""The demo portal over HTTP: keep-alive, one send per answer, deliveries that can be spoiled, a control path.

`/api/jsonrpc/`, `/api/jsonsql/`, `/jsonrpc/`, `/jsonsql/` are the portal. `/demo/...` is for tests, needs the token
that the process announced, and answers 404 without it, so that nobody takes it for something a portal has.
"""

from __future__ import annotations

import secrets
import socket
import ssl
import struct
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias
from urllib.parse import urlsplit

import orjson

from iptvvtab.demo.announcement import CONTROL_HEADER, Announcement
from iptvvtab.demo.engine import PROFILES, Engine, Refusal, StoreName, open_engine
from iptvvtab.demo.faults import Fault, Kind
from iptvvtab.demo.protocol import PASSWORD, SESSION_HEADER, USERNAME, Desk, HttpAnswer, HttpRequest
from iptvvtab.demo.tables import DemoTable
from iptvvtab.types import Json

LOOPBACK = "127.0.0.1"
PORTAL_PATHS = ("/api/jsonrpc/", "/api/jsonsql/", "/jsonrpc/", "/jsonsql/")
LARGEST_BODY = 64 << 20
IDLE_SECONDS = 120.0
"""How long a connection may say nothing before the portal closes it."""


Announce: TypeAlias = Callable[[Announcement], None]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # an idle keep-alive connection must not hold the end up
    request_queue_size = 128

    def __init__(self, port: int, desk: Desk, token: str) -> None:
        self.desk, self.token = desk, token
        super().__init__((LOOPBACK, port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that went away or do not trust the certificate; show the rest."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "demo-portal"
    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class named it
        """Keep stderr for what breaks: the control path has the log."""

    def do_GET(self) -> None:
        """Answer the control path; the portal itself takes POST only."""
        self._control()

    def do_POST(self) -> None:
        """Answer a JSON-RPC request, or the control path."""
        self.path = urlsplit(self.path).path  # a proxy may send the whole URL (RFC 9112 3.2.2)
        if self.path not in PORTAL_PATHS:
            self._control()
            return
        body = self._body()
        if body is None:
            return
        request = HttpRequest(
            path=self.path,
            session=self.headers.get(SESSION_HEADER),
            accepts_gzip="gzip" in self.headers.get("Accept-Encoding", ""),
            body=body,
        )
        self._deliver(self.server.desk.answer(request))

    def _body(self) -> bytes | None:
        length = int(self.headers.get("Content-Length", 0))
        if length > LARGEST_BODY:
            self.close_connection = True
            self._send(HttpAnswer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE))
            return None
        return self.rfile.read(length)

    def _head(self, answer: HttpAnswer) -> bytes:
        phrase = HTTPStatus(answer.status).phrase
        headers = {
            "Server": self.server_version,
            "Date": self.date_time_string(int(time.time() + self.server.desk.clock_ahead)),
            "Content-Length": str(len(answer.body)),
            **answer.headers,
        }
        lines = [f"HTTP/1.1 {answer.status} {phrase}", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    def _send(self, answer: HttpAnswer) -> None:
        self.wfile.write(self._head(answer) + answer.body)

    def _deliver(self, answer: HttpAnswer) -> None:
        kind = answer.fault.kind if answer.fault else None
        if kind is Kind.RESET_BEFORE:
            self._reset()
        elif kind in (Kind.RESET_IN_BODY, Kind.SHORT_BODY):
            self.wfile.write(self._head(answer) + answer.body[: len(answer.body) // 2])
            self.close_connection = True
            if kind is Kind.RESET_IN_BODY:
                self._reset()
        elif kind is Kind.SLOW and answer.fault:
            self._drip(answer, answer.fault.seconds)
        else:
            if kind is Kind.HANG and answer.fault:
                time.sleep(answer.fault.seconds)
            self._send(answer)

    def _drip(self, answer: HttpAnswer, seconds: float) -> None:
        self.wfile.write(self._head(answer))
        for byte in answer.body:
            self.wfile.write(bytes([byte]))
            time.sleep(seconds)

    def _reset(self) -> None:
        """End the connection with RST instead of FIN."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        socket.close(self.connection.detach())

    def _control(self) -> None:
        body = self._body()
        if body is None:
            return
        shown = self.headers.get(CONTROL_HEADER, "").encode()
        if not secrets.compare_digest(shown, self.server.token.encode()):
            self._send(HttpAnswer(HTTPStatus.NOT_FOUND, {"Content-Type": "text/html"}, b"<h1>Not Found</h1>"))
            return
        try:
            result = _CONTROLS[self.path](self.server.desk, orjson.loads(body) if body else None)
        except (KeyError, TypeError, ValueError) as error:
            self._send(HttpAnswer(HTTPStatus.BAD_REQUEST, {}, f"{type(error).__name__}: {error}".encode()))
        else:
            self._send(HttpAnswer(HTTPStatus.OK, {"Content-Type": "application/json"}, orjson.dumps(result)))


def _log(desk: Desk, _: Json) -> Json:
    return desk.log()


def _reset(desk: Desk, _: Json) -> Json:
    desk.reset()
    return desk.engine.changes


def _faults(desk: Desk, faults: Json) -> None:
    desk.set_faults([Fault.from_json(one) for one in faults])


def _switches(desk: Desk, wanted: Json) -> None:
    """Take a profile's name, or a profile's name and single switches: `{"profile": "default", "batch": false}`."""
    wanted = {"profile": wanted} if isinstance(wanted, str) else dict(wanted)
    desk.engine.switches = replace(PROFILES[wanted.pop("profile", "default")], **wanted)


def _sessions(desk: Desk, wanted: Json) -> None:
    """Take `lifetime` (seconds or null) and `tells_expiry` for sessions to come; `forget` ends those that are open."""
    desk.sessions.lifetime = wanted.get("lifetime")
    desk.sessions.tells_expiry = bool(wanted.get("tells_expiry", True))
    if wanted.get("forget"):
        desk.sessions.forget()


def _clock(desk: Desk, ahead: Json) -> None:
    desk.clock_ahead = float(ahead)


def _tables(desk: Desk, given: Json) -> None:
    """Take tables as `[{"table": {...}, "rows": [[...]]}]`, each in place of one of its name."""
    for one in given:
        try:
            desk.engine.put(DemoTable.from_json(one["table"]), one["rows"])
        except Refusal as refusal:
            raise ValueError(refusal.message) from refusal


_CONTROLS: dict[str, Callable[[Desk, Json], Json]] = {
    "/demo/log": _log,
    "/demo/reset": _reset,
    "/demo/faults": _faults,
    "/demo/switches": _switches,
    "/demo/sessions": _sessions,
    "/demo/tables": _tables,
    "/demo/clock": _clock,
}


def serve(
    *,
    rows: int = 50,
    store: StoreName = "sqlite",
    latency_ms: float = 0,
    seed: int = 1,
    switches: str = "default",
    port: int = 0,
    certificate: Path | None = None,
    announce: Announce,
    lifeline: BinaryIO | None = None,
) -> None:
    """Serve a demo portal on loopback until interrupted, or until `lifeline` ends.

    `latency_ms`: what every request waits; `switches`: a profile of the engine; `port` 0: any free one;
    `certificate`: a PEM file with key and certificate, for HTTPS. `announce` is called once, when requests are
    accepted. Raises OSError if the port is taken.
    """
    engine = open_engine(store, rows, seed)
    try:
        engine.switches = PROFILES[switches]
        _serve_engine(engine, latency_ms / 1000, port, certificate, announce, lifeline)
    finally:
        engine.close()


def _serve_engine(
    engine: Engine,
    latency: float,
    port: int,
    certificate: Path | None,
    announce: Announce,
    lifeline: BinaryIO | None,
) -> None:
    token = secrets.token_hex(16)
    with _Server(port, Desk(engine, latency), token) as server:
        scheme = "http"
        if certificate is not None:
            scheme = "https"
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            # The handshake happens in the connection's thread, or one silent client would stop all others.
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        if lifeline is not None:
            threading.Thread(target=_end_with, args=(lifeline, server), daemon=True).start()
        announce(Announcement(f"{scheme}://{LOOPBACK}:{server.server_port}", USERNAME, PASSWORD, token))
        server.serve_forever(poll_interval=0.1)


def _end_with(lifeline: BinaryIO, server: _Server) -> None:
    """Stop the server when the other end of the lifeline is gone, however its process ended."""
    while lifeline.read(1):
        pass
    server.shutdown()
