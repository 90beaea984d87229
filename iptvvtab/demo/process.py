"""A demo portal in a child process: started, driven over its control path, and ended.

Own process because a busy Python thread beside a virtual-table scan slows it hundreds of times.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Self

import orjson

from iptvvtab import errors
from iptvvtab.demo.announcement import CONTROL_HEADER, Announcement
from iptvvtab.demo.faults import Fault
from iptvvtab.types import Json

if TYPE_CHECKING:
    from iptvvtab.demo.engine import StoreName
    from iptvvtab.demo.store import Rows
    from iptvvtab.demo.tables import DemoTable

START_SECONDS = 120.0
"""How long a portal may take to build its data."""
STOP_SECONDS = 15.0
CONTROL_SECONDS = 10.0
ERROR_TAIL = 2000
"""Characters of a failed child's stderr that are shown."""


@dataclass(frozen=True, slots=True)
class DemoLog:
    """What a portal was asked since its last reset. `entries`: one per HTTP request, oldest first."""

    requests: int
    logins: int
    entries: tuple[dict[str, Json], ...]

    @property
    def documents(self) -> list[dict[str, Json]]:
        """The JSON-RPC documents (method, params) in the order they came; logins are left out."""
        return [one for entry in self.entries for one in entry["documents"] if one["method"] != "authorize_user"]


class DemoProcess:
    """A demo portal that runs; a context manager that stops it."""

    def __init__(self, child: subprocess.Popen[bytes], announcement: Announcement) -> None:
        self._child, self._announcement = child, announcement

    def __repr__(self) -> str:
        return f"DemoProcess({self.url!r}, pid={self._child.pid})"

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return self._announcement.url

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._child.pid

    @property
    def environment(self) -> dict[str, str]:
        """The variables to export for this portal."""
        return self._announcement.environment

    def log(self) -> DemoLog:
        """Return what was asked since the last reset."""
        answer = self._control("log")
        return DemoLog(answer["requests"], answer["logins"], tuple(answer["log"]))

    def reset(self) -> int:
        """Forget log, faults and the ends of sessions, and put the clock right; open sessions stay open.

        Rows stay as they are: returned is how many statements have changed since the start, and tables that were put.
        """
        return int(self._control("reset", {}))

    def faults(self, *faults: Fault) -> None:
        """Replace the faults."""
        self._control("faults", [fault.to_json() for fault in faults])

    def set_switches(self, profile: str = "default", **switches: Json) -> None:
        """Use a profile of capability switches, with single ones changed."""
        self._control("switches", {"profile": profile, **switches})

    def set_sessions(self, *, lifetime: float | None = None, tells_expiry: bool = True, forget: bool = False) -> None:
        """Say how long sessions to come live (seconds), whether logins tell, and whether to end the open ones."""
        self._control("sessions", {"lifetime": lifetime, "tells_expiry": tells_expiry, "forget": forget})

    def set_clock(self, ahead: float) -> None:
        """Let the portal say that it is so many seconds later than it is."""
        self._control("clock", ahead)

    def put_tables(self, tables: Iterable[tuple[DemoTable, Rows]]) -> None:
        """Serve tables and rows of the caller's, each in place of one of that name; the others stay.

        Values are those of JSON, documents (jsonb) as their text. Raises UsageError for rows that do not fit.
        """
        self._control("tables", [{"table": table, "rows": list(rows)} for table, rows in tables])

    def stop(self) -> None:
        """End the child: politely, then by its process id. May be called again."""
        if self._child.stdin and not self._child.stdin.closed:
            self._child.stdin.close()
        for end in (None, self._child.terminate, self._child.kill):
            if end is not None:
                end()
            try:
                self._child.wait(STOP_SECONDS)
                break
            except subprocess.TimeoutExpired:
                continue
        if self._child.stdout:
            self._child.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _control(self, verb: str, document: Json = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - our own child on loopback
            f"{self._announcement.url}/demo/{verb}",
            data=None if document is None else orjson.dumps(document),
            headers={CONTROL_HEADER: self._announcement.token},
        )
        try:
            with _opener(self.url).open(request, timeout=CONTROL_SECONDS) as answer:
                return orjson.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                raise errors.UsageError(f"the demo portal: {error.read().decode()}") from None


@lru_cache(maxsize=8)
def _opener(url: str) -> urllib.request.OpenerDirector:
    """Return a way to the child that ignores proxies and, on its test certificate, who signed it."""
    handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
    if url.startswith("https:"):
        import ssl

        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        handlers.append(urllib.request.HTTPSHandler(context=context))
    return urllib.request.build_opener(*handlers)


def start_demo(
    *,
    rows: int = 50,
    store: StoreName = "sqlite",
    latency_ms: float = 0,
    seed: int = 1,
    switches: str = "default",
    port: int = 0,
    certificate: Path | None = None,
) -> DemoProcess:
    """Start a demo portal in a child process and return it when it accepts requests.

    Arguments as for `serve`. The child ends with this process, even if this one is killed. Raises errors.Error with
    the end of the child's stderr if it does not start.
    """
    command = [sys.executable, "-m", "iptvvtab.demo"]
    options: dict[str, object] = {
        "rows": rows,
        "store": store,
        "latency-ms": latency_ms,
        "seed": seed,
        "switches": switches,
        "port": port,
        "certificate": certificate,
    }
    for name, value in options.items():
        if value is not None:
            command += [f"--{name}", str(value)]
    with tempfile.TemporaryFile() as complaints:
        child = subprocess.Popen(  # noqa: S603 - our own module
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints
        )
        try:
            announcement = _await_announcement(child, complaints)
        except BaseException:
            child.kill()
            child.communicate()
            raise
    return DemoProcess(child, announcement)


def _await_announcement(child: subprocess.Popen[bytes], complaints: IO[bytes]) -> Announcement:
    """Read the child's one line, waiting no longer than START_SECONDS."""
    assert child.stdout is not None
    ends, line = time.monotonic() + START_SECONDS, b""
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while not line.endswith(b"\n"):
            ready = selector.select(max(0.0, ends - time.monotonic()))
            chunk = os.read(child.stdout.fileno(), 4096) if ready else b""
            if not chunk:
                break
            line += chunk
    if line.endswith(b"\n"):
        return Announcement(**orjson.loads(line))
    complaints.seek(0)
    tail = complaints.read().decode(errors="replace").strip()[-ERROR_TAIL:]
    why = "said nothing for too long" if child.poll() is None else f"ended with code {child.returncode}"
    raise errors.Error(f"the demo portal did not start: it {why}" + (f"\n{tail}" if tail else ""))
