"""The client as a whole: costs, limits, endpoints, interrupts, proxies, forks, and what it leaves behind."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from iptvvtab import errors
from iptvvtab.config import Settings
from iptvvtab.demo import DemoProcess, Fault, Kind
from iptvvtab.portal import Call, Client
from iptvvtab.trace import Event, Exchanged, Waited

from .conftest import SUBSCRIBERS, ClientFor

PROGRAMS = {"data": ["id", "title"], "from": "tv_program", "order_by": "id"}


def _until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    ends = time.monotonic() + seconds
    while not condition() and time.monotonic() < ends:
        time.sleep(0.01)
    return condition()


def test_an_answer_knows_its_cost(demo: DemoProcess, client_for: ClientFor, events: list[Event]) -> None:
    """Attempts and bytes as they travelled, retries included; the trace tells each exchange."""
    client = client_for(demo)
    client.login()
    demo.reset()
    events.clear()
    demo.faults(Fault(Kind.HTML))
    answer = client.call("select", SUBSCRIBERS, repeatable=True)
    sent, received = (sum(one[name] for one in demo.log().entries) for name in ("bytes_in", "bytes_out"))
    assert (answer.cost.attempts, answer.cost.bytes_sent, answer.cost.bytes_received) == (2, sent, received)
    exchanges = [one for one in events if isinstance(one, Exchanged)]
    assert [(one.attempt, one.status, one.method) for one in exchanges] == [
        (1, 200, "select"),
        (2, 200, "select"),
    ]
    assert [one.reason for one in events if isinstance(one, Waited)] == ["retry"]
    assert 0 < answer.cost.seconds < 5


def test_a_request_looks_for_no_module(
    demo: DemoProcess, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module that is missing is searched on the whole path, each time anew: that was a quarter of a request."""
    client = client_for(demo)
    client.call("select", SUBSCRIBERS)
    sought: list[str] = []

    class Seeker:
        @staticmethod
        def find_spec(name: str, *_: object) -> None:
            sought.append(name)

    monkeypatch.setattr(sys, "meta_path", [Seeker, *sys.meta_path])
    client.call("select", SUBSCRIBERS)
    assert sought == []


def test_compressed_answers_are_counted_as_they_travelled(demo: DemoProcess, client_for: ClientFor) -> None:
    """And read as they were."""
    client = client_for(demo)
    packed = client.call("select", PROGRAMS)
    demo.set_switches("default", gzip=False)
    plain = client.call("select", PROGRAMS)
    assert (packed.is_compressed, plain.is_compressed) == (True, False)
    assert packed.cost.bytes_received < plain.cost.bytes_received == len(plain.body)
    assert packed.result() == plain.result()


def test_a_batch_is_one_request(demo: DemoProcess, client_for: ClientFor) -> None:
    """Refusals are the calls' own; the cost stands on the first answer; no calls are no request."""
    client = client_for(demo)
    client.login()
    demo.reset()
    calls = [Call("select", SUBSCRIBERS), Call("select", {"data": ["id"], "from": "no_such_table"})]
    first, second = client.batch(calls)
    assert not isinstance(first, errors.PortalError)
    assert not isinstance(second, errors.PortalError)
    assert len(first.result()) == 50
    with pytest.raises(errors.Refused, match="no_such_table"):
        second.result()
    assert (first.cost.attempts, second.cost.attempts) == (1, 0)
    assert client.batch([]) == []
    assert demo.log().requests == 1


def test_an_expiry_in_a_batch_is_seen(demo: DemoProcess, client_for: ClientFor) -> None:
    """All answers say that the session has ended: one login, and all is sent again."""
    client = client_for(demo)
    client.login()
    demo.reset()
    demo.faults(Fault(Kind.EXPIRED_MESSAGE))
    answers = client.batch([Call("select", SUBSCRIBERS)] * 2)
    assert [len(one.result()) for one in answers if not isinstance(one, errors.PortalError)] == [50, 50]
    assert demo.log().requests == 3


def test_submitted_calls_travel_while_we_go_on(demo: DemoProcess, client_for: ClientFor) -> None:
    """And at most `concurrency` of them at once."""
    client = client_for(demo, concurrency=2)
    client.login()
    demo.faults(Fault(Kind.HANG, seconds=0.2, times=None))
    started = time.monotonic()
    pending = [client.submit("select", SUBSCRIBERS) for _ in range(4)]
    assert time.monotonic() - started < 0.1
    assert [len(one.result().result()) for one in pending] == [50] * 4
    assert 0.4 <= time.monotonic() - started < 0.75
    assert pending[0].result().result(), "an answer may be asked for again"


def test_rate_is_kept(demo: DemoProcess, client_for: ClientFor, events: list[Event]) -> None:
    """Twenty requests a second: after the first twenty each waits for its turn, and the trace says so."""
    client = client_for(demo, rate=20, concurrency=8)
    client.login()
    started = time.monotonic()
    for one in [client.submit("select", SUBSCRIBERS) for _ in range(25)]:
        one.result()
    assert 0.15 <= time.monotonic() - started < 2
    assert {one.reason for one in events if isinstance(one, Waited)} == {"rate"}


def test_the_breaker_opens_and_lets_one_try(demo: DemoProcess, client_for: ClientFor) -> None:
    """Three failures in a row: then nothing is sent until the reset, and one success closes it."""
    client = client_for(demo, breaker_failures=3, breaker_reset=0.4, max_retries=0)
    client.login()
    demo.reset()
    demo.faults(Fault(Kind.STATUS, status=500, times=3))
    for _ in range(3):
        with pytest.raises(errors.ServerFailed):
            client.call("select", SUBSCRIBERS, repeatable=True)
    with pytest.raises(errors.CircuitOpen, match="3 requests in a row failed"):
        client.call("select", SUBSCRIBERS, repeatable=True)
    assert demo.log().requests == 3
    time.sleep(0.45)
    assert client.call("select", SUBSCRIBERS).result()


def test_a_call_that_opens_the_breaker_ends_with_what_opened_it(demo: DemoProcess, client_for: ClientFor) -> None:
    """Its own failure says more than that the breaker is open."""
    client = client_for(demo, breaker_failures=2, max_retries=5)
    client.login()
    demo.faults(Fault(Kind.STATUS, status=500, times=None))
    with pytest.raises(errors.ServerFailed):
        client.call("select", SUBSCRIBERS, repeatable=True)


def test_the_live_endpoint_is_remembered(
    demo: DemoProcess, client_for: ClientFor, closed_port: int, events: list[Event]
) -> None:
    """The dead one is tried once, not before every call."""
    dead = f"http://127.0.0.1:{closed_port}/api/jsonsql/"
    client = client_for(demo, api_url=[dead, f"{demo.url}/api/jsonsql/"], max_retries=0)
    for _ in range(3):
        assert client.call("update", {"table": "package", "set": {"paid": True}, "where": {"eq": ["id", -1]}})
    selects = [one for one in events if isinstance(one, Exchanged) and one.method == "update"]
    assert [one.endpoint == dead for one in selects] == [True, False, False, False]
    assert selects[0].outcome == "Unreachable"


def test_an_interrupt_ends_the_wait(demo: DemoProcess, client_for: ClientFor) -> None:
    """Within a few polls; the request is dropped and the client stays usable."""
    client = client_for(demo)
    client.login()
    demo.faults(Fault(Kind.HANG, seconds=2))
    started, polls = time.monotonic(), iter([False, True])
    with pytest.raises(errors.Interrupted) as caught:
        client.call("select", SUBSCRIBERS, interrupted=lambda: next(polls))
    assert time.monotonic() - started < 0.5
    assert caught.value.exit_code == 130
    assert client.call("select", SUBSCRIBERS).result()


def test_ctrl_c_ends_the_wait(demo: DemoProcess, client_for: ClientFor, events: list[Event]) -> None:
    """KeyboardInterrupt in the waiting thread drops the request."""
    client = client_for(demo)
    client.login()
    demo.faults(Fault(Kind.HANG, seconds=2))
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        client.call("select", SUBSCRIBERS)
    assert time.monotonic() - started < 1
    timer.join()
    assert _until(lambda: any(isinstance(one, Exchanged) and one.outcome == "dropped" for one in events))


def test_a_cancelled_call_brings_no_answer(demo: DemoProcess, client_for: ClientFor) -> None:
    """Whoever still waits is told; cancelling what has finished changes nothing."""
    client = client_for(demo)
    client.login()
    demo.faults(Fault(Kind.HANG, seconds=0.5))
    pending = client.submit("select", SUBSCRIBERS)
    pending.cancel()
    with pytest.raises(errors.Interrupted):
        pending.result()
    done = client.submit("select", SUBSCRIBERS)
    done.result()
    done.cancel()
    assert done.result().result()


@pytest.mark.parametrize("ahead", [-86400.0, 3600.0])
def test_server_date_of_a_clock_that_is_wrong(demo: DemoProcess, client_for: ClientFor, ahead: float) -> None:
    """The portal's clock is told as it is, and `reset` of a demo portal puts it right."""
    demo.set_clock(ahead)
    client = client_for(demo)
    for expected in (ahead, 0.0):
        client.login()
        seen = client.server_date()
        assert seen is not None
        assert abs(seen.offset - expected) < 5
        demo.reset()


def test_server_date_shows_how_far_the_clocks_are_apart(demo: DemoProcess, client_for: ClientFor) -> None:
    """The demo portal's clock is ours, so it is about nothing."""
    client = client_for(demo)
    client.login()
    seen = client.server_date()
    assert seen is not None
    assert abs(seen.offset) < 2
    assert seen.monotonic <= time.monotonic()


def test_close_frees_threads_and_sockets(demo: DemoProcess, client_for: ClientFor) -> None:
    """Also while a call is under way, whose caller is told; closing again is nothing; a closed client says so."""
    process = psutil.Process()
    threads, files = threading.active_count(), process.num_fds()
    client = client_for(demo)
    for one in [client.submit("select", SUBSCRIBERS) for _ in range(4)]:
        one.result()
    assert threading.active_count() == threads + 1
    demo.faults(Fault(Kind.HANG, seconds=2))
    pending = client.submit("select", SUBSCRIBERS)
    client.close()
    with pytest.raises(errors.Interrupted):
        pending.result()
    client.close()
    assert threading.active_count() == threads
    assert process.num_fds() <= files
    with pytest.raises(errors.UsageError, match="closed"):
        client.call("select", SUBSCRIBERS)


def test_a_client_that_is_forgotten_frees_its_thread(demo: DemoProcess, settings_for: Callable[..., Settings]) -> None:
    """Nobody closed it; collecting it does."""
    threads = threading.active_count()
    client = Client(settings_for(demo))
    client.call("select", SUBSCRIBERS)
    assert threading.active_count() == threads + 1
    del client
    assert _until(lambda: threading.active_count() == threads)


@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_forked_child_has_a_client_of_its_own(demo: DemoProcess, client_for: ClientFor) -> None:
    """It neither hangs nor touches the parent's connections."""
    client = client_for(demo)
    truth = client.call("select", SUBSCRIBERS).result()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            signal.alarm(20)
            rows = client.call("select", SUBSCRIBERS).result()
            client.close()
            os._exit(0 if rows == truth else 1)
        os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert client.call("select", SUBSCRIBERS).result() == truth


def test_an_interpreter_ends_with_a_client_left_open(demo: DemoProcess, tmp_path: Path) -> None:
    """Also with a call under way; at once, and without a word."""
    program = (
        "from iptvvtab.config import load; from iptvvtab.portal import Client\n"
        "client = Client(load()); client.login()\n"
        "pending = client.submit('select', {'data': ['id'], 'from': 'subscriber'})\n"
    )
    demo.faults(Fault(Kind.HANG, seconds=20))
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env={**os.environ, **demo.environment, "XDG_STATE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert time.monotonic() - started < 15


class Proxy:
    """A proxy on loopback that knows CONNECT and absolute URLs, wants a password, and writes down what it saw."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self.heads: list[bytes] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self._serve, args=(self._server.accept()[0],), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            head = client.recv(65536)
            self.heads.append(head)
            method, target, _ = head.split(b" ", 2)
            if b"Basic " not in head:
                client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
                return
            place = target if method == b"CONNECT" else target.split(b"/")[2]
            host, port = place.split(b":")
            with socket.create_connection((host.decode(), int(port))) as portal:
                if method == b"CONNECT":
                    client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                else:
                    portal.sendall(head)
                other = threading.Thread(target=_pump, args=(client, portal), daemon=True)
                other.start()
                _pump(portal, client)

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while chunk := source.recv(65536):
            target.sendall(chunk)
        target.shutdown(socket.SHUT_WR)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    proxy = Proxy()
    yield proxy
    proxy.close()


def test_a_proxy_is_used(demo: DemoProcess, client_for: ClientFor, proxy: Proxy) -> None:
    """With its credentials; the portal is asked by the proxy."""
    client = client_for(demo, proxy=f"http://me:proxy-secret@127.0.0.1:{proxy.port}")
    assert len(client.call("select", SUBSCRIBERS).result()) == 50
    assert proxy.heads[0].startswith(f"POST {demo.url}/api/jsonrpc/ HTTP/1.1".encode())


def test_a_proxy_tunnels_tls(tls_demo: DemoProcess, client_for: ClientFor, proxy: Proxy) -> None:
    """The proxy sees a CONNECT and nothing of the session."""
    client = client_for(tls_demo, proxy=f"http://me:proxy-secret@127.0.0.1:{proxy.port}", verify_ssl=False)
    assert client.call("select", SUBSCRIBERS).result()
    assert proxy.heads[0].startswith(b"CONNECT 127.0.0.1:")
    assert b"session" not in b"".join(proxy.heads).lower()


@pytest.mark.parametrize("served", ["demo", "tls_demo"])
def test_a_proxy_that_refuses_is_named(
    served: str, request: pytest.FixtureRequest, client_for: ClientFor, proxy: Proxy
) -> None:
    """The error says which setting to look at, and a write has not happened."""
    client = client_for(request.getfixturevalue(served), proxy=f"http://127.0.0.1:{proxy.port}", verify_ssl=False)
    with pytest.raises(errors.PortalError, match="IPTVPORTAL_PROXY") as caught:
        client.call("delete", {"from": "package", "where": {"eq": ["id", -1]}})
    assert not isinstance(caught.value, errors.UnknownOutcome)


def test_secrets_are_shown_nowhere(
    demo: DemoProcess,
    client_for: ClientFor,
    events: list[Event],
    caplog: pytest.LogCaptureFixture,
    proxy: Proxy,
) -> None:
    """Not in anybody's log at DEBUG, no repr, trace or error, also when the portal repeats them in its own words."""
    for name in ("", "httpx", "httpcore", "asyncio"):
        caplog.set_level(logging.DEBUG, logger=name)
    password, proxy_password = "demo-only", "proxy-secret"
    demo.faults(Fault(Kind.COOKIE, method="authorize_user", times=None))
    client = client_for(demo, proxy=f"http://me:{proxy_password}@127.0.0.1:{proxy.port}")
    answer = client.call("select", SUBSCRIBERS, repeatable=True)
    pending = client.submit("select", SUBSCRIBERS)
    pending.result()
    session_id = _stored_session_id(client)
    shown = [repr(one) for one in (client, answer, pending, client.settings, client.session_status(), *events)]
    message = f"session {session_id} of demo with {password} may not"
    for fault in (
        Fault(Kind.ERROR_TEXT, message=message),
        Fault(Kind.ERROR_OBJECT, message=message),
        Fault(Kind.UNAUTHORIZED, times=None),
        Fault(Kind.ERROR_OBJECT, message=message, method="authorize_user"),
    ):
        demo.faults(fault)
        with pytest.raises(errors.Error) as caught:
            client.login() if fault.method else client.call("select", SUBSCRIBERS, repeatable=True).result()
        shown += [str(caught.value), repr(caught.value), repr(vars(caught.value))]
        session_id_now = _stored_session_id(client)
        assert session_id_now not in "".join(shown)
    shown += [record.getMessage() for record in caplog.records]
    everything = "\n".join(shown)
    assert "http11" in {record.name.rpartition(".")[2] for record in caplog.records}, "DEBUG was on"
    assert "set-cookie" in everything.lower(), "the cookie's name may be shown, its value not"
    for secret in (password, proxy_password, session_id):
        assert secret not in everything


def _stored_session_id(client: Client) -> str:
    import json

    return str(json.loads(client.session_status().file.read_text())["session_id"])


def test_no_cookie_is_kept(demo: DemoProcess, client_for: ClientFor, proxy: Proxy) -> None:
    """What a portal sets is not sent back: the session travels in its header alone."""
    demo.faults(Fault(Kind.COOKIE, method="authorize_user"))
    client = client_for(demo, proxy=f"http://me:proxy-secret@127.0.0.1:{proxy.port}")
    client.call("select", SUBSCRIBERS)
    client.call("select", SUBSCRIBERS)
    assert b"cookie" not in b"".join(proxy.heads).lower()


def test_many_threads_share_a_client(demo: DemoProcess, client_for: ClientFor) -> None:
    """Every one gets the answer to its own question, whatever goes wrong on the way."""
    client = client_for(demo, concurrency=8)
    demo.faults(*[Fault(kind, skip=7, times=3) for kind in (Kind.RESET_BEFORE, Kind.WRONG_ID, Kind.EXPIRED)])
    wrong: list[Any] = []

    def ask(number: int) -> None:
        for _ in range(5):
            rows: Any = client.call("select", {**SUBSCRIBERS, "limit": number}, repeatable=True).result()
            if len(rows) != number:
                wrong.append((number, rows))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(1, 13)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert wrong == []
