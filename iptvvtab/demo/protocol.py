"""The demo portal's side of JSON-RPC, without HTTP: sessions, single calls, batches, faults, the log.

One request in, one answer out; `server.py` only carries them.
"""

from __future__ import annotations

import gzip
import secrets
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias

import orjson

from iptvvtab.demo.engine import Engine, Refusal
from iptvvtab.demo.faults import (
    BATCH_KINDS,
    BODY_KINDS,
    ENVELOPE_KINDS,
    PAGE,
    Envelope,
    Fault,
    Kind,
    Scenario,
    spoil_body,
    spoil_envelopes,
)
from iptvvtab.types import Json

Headers: TypeAlias = dict[str, str]

USERNAME, PASSWORD = "demo", "demo-only"
"""Printed for everybody to use: the portal is on loopback, its rows are invented."""
SESSION_HEADER = "Iptvportal-Authorization"
WORTH_COMPRESSING = 1024
"""Bytes of a body below which gzip is not used, as servers do."""
LOG_LENGTH = 20_000
"""Requests that the log keeps."""
METHODS = frozenset({"select", "insert", "update", "delete"})
UNAUTHORIZED = {"error": {"code": 401, "message": "session expired"}}


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What a client sent: headers that matter, body undecoded."""

    path: str
    session: str | None
    accepts_gzip: bool
    body: bytes


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What to send, and the fault that spoils the delivery (or has already spoiled the answer)."""

    status: int = 200
    headers: Headers = field(default_factory=dict)
    body: bytes = b""
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Logged:
    """One HTTP request as the portal saw it; a login's parameters are left out."""

    path: str
    documents: list[dict[str, Json]]
    is_batch: bool
    status: int
    fault: str | None
    bytes_in: int
    bytes_out: int
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """Return the record for the control path."""
        return asdict(self)


class Sessions:
    """Who is logged in. `lifetime`: seconds a session lives, or None; `tells_expiry`: whether a login says when."""

    def __init__(self) -> None:
        self.lifetime: float | None = None
        self.tells_expiry = True
        self._ends: dict[str, float] = {}

    def open(self) -> dict[str, Json]:
        """Begin a session and return the result of a login."""
        session_id = secrets.token_hex(16)
        ends = float("inf") if self.lifetime is None else time.time() + self.lifetime
        self._ends[session_id] = ends
        result: dict[str, Json] = {"session_id": session_id, "user_id": 1}
        if self.lifetime is not None and self.tells_expiry:
            result["expires_at"] = ends
        return result

    def is_open(self, header: str | None) -> bool:
        """Return whether a header of the form `sessionid=<sid>` names a session that has not ended."""
        name, _, session_id = (header or "").partition("=")
        return name.strip() == "sessionid" and self._ends.get(session_id.strip(), 0.0) > time.time()

    def forget(self) -> None:
        """End all sessions."""
        self._ends.clear()


def asked(documents: Sequence[Json]) -> list[tuple[str, str | None]]:
    """Return the (method, table) of each document."""
    return [(str(one.get("method")), _table(one.get("params"))) for one in documents if isinstance(one, dict)]


def _table(params: Json) -> str | None:
    if not isinstance(params, dict):
        return None
    place = params.get("from", params.get("into", params.get("table")))
    while isinstance(place, list) and place:
        place = place[0]
    if isinstance(place, dict):
        place = place.get("table")
    return place if isinstance(place, str) else None


class Desk:
    """Where requests arrive: answers them from an engine, as this portal's switches, sessions and faults have it."""

    def __init__(self, engine: Engine, latency: float) -> None:
        self.engine, self.latency, self.sessions = engine, latency, Sessions()
        self.logins = self.requests = 0
        self.clock_ahead = 0.0
        self._log: deque[Logged] = deque(maxlen=LOG_LENGTH)
        self._scenario = Scenario()
        self._lock = threading.Lock()

    def set_faults(self, faults: Sequence[Fault]) -> None:
        """Replace the faults; counting starts anew."""
        with self._lock:
            self._scenario = Scenario.of(faults)

    def reset(self) -> None:
        """Forget faults, log, counts and how sessions were to end, and put the clock right; sessions stay open."""
        with self._lock:
            self._scenario, self.logins, self.requests = Scenario(), 0, 0
            self._log.clear()
            self.sessions.lifetime, self.sessions.tells_expiry = None, True
            self.clock_ahead = 0.0

    def log(self) -> dict[str, Any]:
        """Return the counts and the requests since the last reset."""
        with self._lock:
            return {
                "requests": self.requests,
                "logins": self.logins,
                "log": [one.to_json() for one in self._log],
            }

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """Answer one HTTP request to `/jsonrpc/` or `/jsonsql/`, after this portal's latency."""
        started = time.perf_counter()
        try:
            decoded = orjson.loads(request.body)
        except orjson.JSONDecodeError:
            decoded = None
        documents = decoded if isinstance(decoded, list) else [decoded]
        with self._lock:
            self._scenario, fault = self._scenario.next(asked(documents))
        if self.latency:
            time.sleep(self.latency)
        answer = self._refusal(fault) or self._run(request, decoded, fault)
        self._note(request, documents, isinstance(decoded, list), answer, time.perf_counter() - started)
        return answer

    def _refusal(self, fault: Fault | None) -> HttpAnswer | None:
        """Return the answer of a fault that keeps everything from running."""
        if fault is None:
            return None
        if fault.kind is Kind.EXPIRED:
            self.sessions.forget()
            return _json(401, UNAUTHORIZED, fault)
        if fault.kind is Kind.UNAUTHORIZED:
            return _json(401, UNAUTHORIZED, fault)
        if fault.kind is Kind.STATUS:
            return HttpAnswer(fault.status, _retry_headers(fault), b"", fault)
        if fault.kind is Kind.HTML_STATUS:
            return HttpAnswer(fault.status, {"Content-Type": "text/html"} | _retry_headers(fault), PAGE, fault)
        return None

    def _run(self, request: HttpRequest, decoded: Json, fault: Fault | None) -> HttpAnswer:
        switches = self.engine.switches
        if switches.longest_body is not None and len(request.body) > switches.longest_body:
            return HttpAnswer(413, {"Content-Type": "text/html"}, b"<html>413 Request Entity Too Large</html>")
        if decoded is None:
            return _json(200, _failed(None, -32700, "Parse error"))
        is_login_path = request.path.endswith("/jsonrpc/")
        if not is_login_path and not self.sessions.is_open(request.session):
            return _json(401, UNAUTHORIZED)
        is_batch = isinstance(decoded, list)
        if is_batch and not switches.batch:
            return _json(200, _failed(None, -32600, "Invalid Request"))
        envelopes = [self._call(one, is_login_path, fault) for one in (decoded if is_batch else [decoded])]
        return self._dress(envelopes, is_batch, request.accepts_gzip and switches.gzip, fault)

    def _dress(self, envelopes: list[Envelope], is_batch: bool, is_compressed: bool, fault: Fault | None) -> HttpAnswer:
        headers = {"Content-Type": "application/json"}
        kind = fault.kind if fault else None
        if kind in ENVELOPE_KINDS and (is_batch or kind not in BATCH_KINDS):
            envelopes = spoil_envelopes(kind, envelopes)
        if kind is Kind.COOKIE and "session_id" in (envelopes[0].get("result") or ()):
            headers["Set-Cookie"] = f"sid={envelopes[0]['result']['session_id']}; HttpOnly"
        body = orjson.dumps(envelopes if is_batch else envelopes[0])
        if kind in BODY_KINDS:
            body = spoil_body(kind, body)
        if (is_compressed and len(body) >= WORTH_COMPRESSING) or kind is Kind.TORN_GZIP:
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body, compresslevel=1)
        if kind is Kind.TORN_GZIP:
            body = body[: len(body) // 2]
        return HttpAnswer(200, headers, body, fault)

    def _call(self, document: Json, is_login_path: bool, fault: Fault | None) -> Envelope:
        if not isinstance(document, dict):
            return _failed(None, -32600, "Invalid Request")
        number, method, params = document.get("id"), document.get("method"), document.get("params")
        if fault and fault.kind is Kind.ERROR_OBJECT:
            return _failed(number, fault.code, fault.message)
        if fault and fault.kind is Kind.ERROR_TEXT:
            return {"jsonrpc": "2.0", "id": number, "error": fault.message}
        if fault and fault.kind is Kind.EXPIRED_MESSAGE:
            self.sessions.forget()
            return _failed(number, None, "Session expired")
        if not isinstance(params, dict):
            return _failed(number, -32602, "Invalid params")
        if is_login_path:
            return self._login(number, method, params)
        if method not in METHODS:
            return _failed(number, -32601, f"Method not found: {method}")
        try:
            return {"jsonrpc": "2.0", "id": number, "result": self.engine.execute(method, params)}
        except Refusal as refusal:
            return _failed(number, refusal.code, refusal.message)

    def _login(self, number: Json, method: Json, params: dict[str, Json]) -> Envelope:
        if method != "authorize_user":
            return _failed(number, -32601, f"Method not found: {method}")
        if (params.get("username"), params.get("password")) != (USERNAME, PASSWORD):
            return _failed(number, -32000, "Incorrect username or password")
        with self._lock:
            self.logins += 1
        return {"jsonrpc": "2.0", "id": number, "result": self.sessions.open()}

    def _note(
        self, request: HttpRequest, documents: list[Json], is_batch: bool, answer: HttpAnswer, seconds: float
    ) -> None:
        shown = [
            {"method": one.get("method")}
            | ({} if one.get("method") == "authorize_user" else {"params": one.get("params")})
            for one in documents
            if isinstance(one, dict)
        ]
        fault = answer.fault.kind.value if answer.fault else None
        entry = Logged(
            request.path,
            shown,
            is_batch,
            answer.status,
            fault,
            len(request.body),
            len(answer.body),
            seconds,
        )
        with self._lock:
            self.requests += 1
            self._log.append(entry)


def _failed(number: Json, code: int | None, message: str) -> Envelope:
    error = {"message": message} if code is None else {"code": code, "message": message}
    return {"jsonrpc": "2.0", "id": number, "error": error}


def _json(status: int, document: Json, fault: Fault | None = None) -> HttpAnswer:
    return HttpAnswer(status, {"Content-Type": "application/json"}, orjson.dumps(document), fault)


def _retry_headers(fault: Fault) -> Headers:
    if fault.retry_after is not None:
        return {"Retry-After": f"{fault.retry_after:g}"}
    if fault.retry_date is not None:
        moment = time.gmtime(time.time() + fault.retry_date)
        return {"Retry-After": time.strftime("%a, %d %b %Y %H:%M:%S GMT", moment)}
    return {}
