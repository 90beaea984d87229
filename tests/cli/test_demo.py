"""The tour, and a portal to try things on."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import time

from iptvvtab.cli.demo.tour import stops

from .conftest import COMMAND, SECONDS, Run


def test_the_tour(spawn: Run) -> None:
    """The tour needs nothing, shows each query with rows, documents and cost, few requests, and ends well in time."""
    started = time.monotonic()
    done = spawn("demo", IPTVPORTAL_API_URL="http://nowhere.invalid/", IPTVPORTAL_PROXY="http://nowhere.invalid:1")
    assert (done.code, done.err) == (0, "")
    assert time.monotonic() - started < 20
    shown = list(stops())
    assert len(shown) == 3
    for stop in shown:
        assert stop.heading in done.out
        assert stop.sql in done.out
    requests = [int(found) for found in re.findall(r"^-- [1-9]\d* rows?, .*?(\d+) requests?,", done.out, re.MULTILINE)]
    assert len(requests) == 3
    assert max(requests) <= 6
    assert done.out.count('"from":[{"table":') == sum(requests)
    assert "JOIN portal.terminal" in done.out


def test_a_served_portal(spawn: Run, environment: dict[str, str]) -> None:
    """`serve` prints shell lines that make other commands use it, says where it is, and ends with Ctrl-C."""
    child = subprocess.Popen(
        [*COMMAND, "demo", "serve", "--rows", "20", "--profile", "bare"],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout
    assert child.stderr
    try:
        lines = [child.stdout.readline() for _ in range(4)]
        variables = dict(shlex.split(line)[1].split("=", 1) for line in lines)
        assert sorted(variables) == [
            "IPTVPORTAL_API_URL", "IPTVPORTAL_AUTH_URL", "IPTVPORTAL_PASSWORD", "IPTVPORTAL_USERNAME",
        ]  # fmt: skip
        assert spawn("query", "SELECT count(*) AS n FROM portal.subscriber", **variables).out == '{"n": 20}\n'
        child.send_signal(signal.SIGINT)
        assert child.wait(SECONDS) == 0
        assert "Traceback" not in child.stderr.read()
    finally:
        child.kill()
        child.wait(SECONDS)
        child.stdout.close()
        child.stderr.close()


def test_a_port_that_is_taken(run: Run) -> None:
    """A port that somebody else has is a usage error."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run("demo", "serve", "--rows", "1", "--port", str(taken.getsockname()[1]))
    assert done.code == 2
    assert "cannot be served: Address already in use" in done.err
