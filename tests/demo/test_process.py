"""A demo portal as a child process: it starts, it says why when it does not, and it never outlives its parent."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable

import psutil
import pytest

from iptvvtab import errors
from iptvvtab.demo import start_demo


def _until(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    ends = time.monotonic() + seconds
    while not condition() and time.monotonic() < ends:
        time.sleep(0.02)
    return condition()


def _answers(url: str) -> bool:
    host, port = url.partition("//")[2].split(":")
    try:
        socket.create_connection((host, int(port)), 1).close()
    except OSError:
        return False
    return True


def test_it_runs_until_it_is_stopped() -> None:
    """And stopping it again is nothing."""
    demo = start_demo(rows=2)
    assert _answers(demo.url)
    assert set(demo.environment) == {
        "IPTVPORTAL_API_URL",
        "IPTVPORTAL_AUTH_URL",
        "IPTVPORTAL_USERNAME",
        "IPTVPORTAL_PASSWORD",
    }
    started = time.monotonic()
    demo.stop()
    demo.stop()
    assert time.monotonic() - started < 5
    assert not _answers(demo.url)
    assert not psutil.pid_exists(demo.pid)


def test_a_taken_port_is_told_with_what_the_child_said() -> None:
    """The end of its stderr stands in the error."""
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(errors.Error) as caught:
        start_demo(rows=1, port=taken.getsockname()[1])
    assert "did not start" in str(caught.value)
    assert "in use" in str(caught.value)


_PARENT = """
import sys, time
from iptvvtab.demo import start_demo
demo = start_demo(rows=2{store})
print(demo.pid, demo.url, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_it_ends_with_its_parent(end: signal.Signals, store: str) -> None:
    """However the parent ends; PostgreSQL's processes end too."""
    program = _PARENT.format(store=f", store={store!r}")
    parent = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert parent.stdout is not None
    pid, url = parent.stdout.readline().split()
    family = [psutil.Process(int(pid)), *psutil.Process(int(pid)).children(recursive=True)]
    os.kill(parent.pid, end)
    parent.wait(10)
    parent.stdout.close()
    assert _until(lambda: not any(_runs(one) for one in family), 30), family
    assert not _answers(url)


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_sigterm_ends_it() -> None:
    """As whoever runs it in a terminal or a service expects."""
    with start_demo(rows=2) as demo:
        os.kill(demo.pid, signal.SIGTERM)
        assert _until(lambda: not _runs(psutil.Process(demo.pid)) if psutil.pid_exists(demo.pid) else True)


def test_starting_one_needs_no_decoder() -> None:
    """The parent imports neither sqlglot nor the database: `make demo` and tests start at once."""
    program = (
        "import sys; from iptvvtab.demo import start_demo, Fault; "
        "print(sorted({'sqlglot', 'httpx', 'pydantic', 'psycopg'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stdout == "[]\n", done.stderr
