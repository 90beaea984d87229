"""The checks of doctor, each a few lines of what was found; what one needs from another is passed on."""

from __future__ import annotations

import socket
import ssl
import statistics
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from iptvvtab import jsonsql
from iptvvtab.cli.words import count, duration
from iptvvtab.errors import ConfigError, Error, Forbidden, PortalError, Refused, Unreachable
from iptvvtab.portal import Call, State, abilities, findings
from iptvvtab.trace import Event, Exchanged

if TYPE_CHECKING:
    from iptvvtab.config import Settings
    from iptvvtab.portal import Answer, Capabilities, Client
    from iptvvtab.schema import Catalog, Table

_CONNECT_SECONDS = 5.0
_LATENCY_CALLS = 5
_SLOW_SECONDS = 1.0
_TABLES_AT_ONCE = 10
_CLOCK_SECONDS = 5.0
"""A clock that is further off than this makes `now()` and the age of rows mean different times."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of doctor. `exit_code`: of a command that ends with it; 0 unless it failed."""

    name: str
    state: State
    text: str
    advice: str = ""
    exit_code: int = 0


def failed(name: str, error: Error) -> Line:
    """Return the line of what an error says."""
    reason, _, advice = str(error).partition("; ")
    return Line(name, State.FAILED, reason, advice, error.exit_code)


def settings_lines(settings: Settings) -> Iterator[Line]:
    """Tell which portal and account are set, and by what."""
    try:
        settings.require_portal()
    except ConfigError as error:
        yield failed("portal", error)
        return
    yield Line("portal", State.OK, f"{settings.portal_id} ({settings.origin('api_url')})")
    if settings.username:
        yield Line("account", State.OK, f"{settings.username} ({settings.origin('username')})")
    else:
        yield Line("account", State.ABSENT, "no user name is set", "`iptvvtab auth login` asks for one")
    for sentence in settings.warnings:
        yield Line("settings", State.UNKNOWN, sentence)


def reach_lines(settings: Settings) -> Iterator[Line]:
    """Resolve and connect to each endpoint: DNS, TCP, TLS."""
    if settings.proxy:
        yield Line(
            "network", State.UNKNOWN, f"through the proxy {settings.shown('proxy')}: the login shows if it works"
        )
        return
    parts = [urlsplit(url) for url in (*settings.api_url, *settings.auth_url)]
    default = {"http": 80, "https": 443}
    ends = dict.fromkeys((part.hostname or "", part.port or default[part.scheme], part.scheme) for part in parts)
    for host, port, scheme in ends:
        yield from _reach(host, port, is_tls=scheme == "https")


def _reach(host: str, port: int, *, is_tls: bool) -> Iterator[Line]:
    started = time.perf_counter()
    try:
        addresses = {found[4][0] for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except OSError as error:
        yield Line(f"DNS {host}", State.FAILED, str(error), "check the name, and this machine's network", _NETWORK)
        return
    found = ", ".join(sorted(map(str, addresses)))
    yield Line(f"DNS {host}", State.OK, f"{found} in {duration(time.perf_counter() - started)}")
    name, started = f"TCP {host}:{port}", time.perf_counter()
    try:
        with socket.create_connection((host, port), _CONNECT_SECONDS) as connection:
            yield Line(name, State.OK, f"connected in {duration(time.perf_counter() - started)}")
            if is_tls:
                yield _tls(host, port, connection)
    except OSError as error:
        yield Line(name, State.FAILED, str(error), "is the portal up, and no firewall between?", _NETWORK)


def _tls(host: str, port: int, connection: socket.socket) -> Line:
    """Shake hands without judging the certificate: the login does that, by the settings."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    name, started = f"TLS {host}:{port}", time.perf_counter()
    try:
        with context.wrap_socket(connection, server_hostname=host) as secured:
            return Line(name, State.OK, f"{secured.version()} in {duration(time.perf_counter() - started)}")
    except OSError as error:
        return Line(name, State.FAILED, str(error), "does this address speak TLS, or should it be http://?", _NETWORK)


_NETWORK = Unreachable.exit_code


def login_line(client: Client) -> Line:
    """Begin a new session."""
    started = time.perf_counter()
    try:
        client.login()
    except Error as error:
        return failed("login", error)
    return Line("login", State.OK, f"session begun in {duration(time.perf_counter() - started)}")


def clock_line(client: Client) -> Line:
    """Compare the portal's clock with ours."""
    date = client.server_date()
    if date is None:
        return Line("clock", State.UNKNOWN, "the portal tells no time")
    if abs(date.offset) <= _CLOCK_SECONDS:
        return Line("clock", State.OK, f"{round(date.offset):+d} s from ours")
    advice = "compare timestamps with the portal's time, or set this machine's clock"
    return Line("clock", State.UNKNOWN, f"{round(date.offset):+d} s from ours", advice)


@dataclass(frozen=True, slots=True)
class Readable:
    """What came of asking for one row of a table."""

    table: Table
    line: Line


def table_results(client: Client, catalog: Catalog, *, has_batches: bool) -> Iterator[Readable]:
    """Ask one row of each table: in a few batches, or one by one where the portal takes none."""
    tables = list(catalog.values())
    step = _TABLES_AT_ONCE if has_batches else 1
    for start in range(0, len(tables), step):
        some = tables[start : start + step]
        for table, answer in zip(some, _ask(client, some), strict=True):
            yield Readable(table, _table_line(table, answer))


def _ask(client: Client, tables: list[Table]) -> list[Answer | PortalError]:
    calls = [Call("select", _one_row(table)) for table in tables]
    if len(calls) > 1:
        with suppress(PortalError):  # one closed table may spoil a whole batch: then each is asked for itself
            return client.batch(calls, repeatable=True)
    return [_ask_one(client, call) for call in calls]


def _ask_one(client: Client, call: Call) -> Answer | PortalError:
    try:
        return client.call(call.method, call.params, repeatable=True)
    except PortalError as error:
        return error


def _one_row(table: Table) -> dict[str, jsonsql.Json]:
    named = [column.remote_name for column in table.columns if column.remote_name and not column.sensitive]
    return jsonsql.select(table.remote_name, named[:1] or [jsonsql.EVERY_COLUMN], limit=1)


def _table_line(table: Table, answer: Answer | PortalError) -> Line:
    name = f"table {table.name}"
    try:
        if isinstance(answer, PortalError):
            raise answer
        rows = answer.result()
    except Forbidden:
        return Line(name, State.ABSENT, "this account may not read it", "its owner can allow it on the portal")
    except Refused as error:
        advice = f"`iptvvtab schema introspect {table.name}` looks at what is there"
        return Line(name, State.ABSENT, error.message, advice)
    except PortalError as error:
        return failed(name, error)
    return Line(name, State.OK, "readable" if rows else "readable, without rows")


class Stopwatch:
    """Hears how long HTTP exchanges take: without our own waiting for our turn, which calls include."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, event: Event) -> None:
        """Take an event of the wire."""
        if isinstance(event, Exchanged) and event.status is not None:
            self.seconds.append(event.seconds)


def latency_line(client: Client, table: Table, stopwatch: Stopwatch) -> Line:
    """Ask one row a few times."""
    before = len(stopwatch.seconds)
    try:
        for _ in range(_LATENCY_CALLS):
            client.call("select", _one_row(table), repeatable=True)
    except PortalError as error:
        return failed("latency", error)
    median = statistics.median(stopwatch.seconds[before:])
    text = f"{duration(median)} a request (median of {count(_LATENCY_CALLS, 'call')})"
    if median > _SLOW_SECONDS:
        return Line("latency", State.UNKNOWN, text, "slow: longer max_age, or a mirror, spares requests")
    return Line("latency", State.OK, text)


def capability_lines(client: Client, catalog: Catalog) -> tuple[Capabilities | None, list[Line]]:
    """Probe what the portal can do, and store it."""
    try:
        seen = abilities(client, catalog, anew=True)
    except Error as error:
        return None, [failed("capabilities", error)]
    return seen, [Line(one.name, one.state, one.text, one.advice) for one in findings(seen)]
