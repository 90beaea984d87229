"""The tour, the questions, and a portal to try things on."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import time

import pytest

from iptvvtab.cli.demo.queries import Query, queries
from iptvvtab.cli.demo.tour import STOPS

from .conftest import COMMAND, SECONDS, Run

NOWHERE = {"IPTVPORTAL_API_URL": "http://nowhere.invalid/", "IPTVPORTAL_PROXY": "http://nowhere.invalid:1"}
FEW_REQUESTS = 6


def shown_in(text: str) -> list[Query]:
    """The queries of which a text holds the question and the statement."""
    return [query for query in queries() if query.question in text and query.sql in text]


def requests_in(text: str) -> list[int]:
    """The requests of each statement that gave rows, as its receipt says."""
    return [int(found) for found in re.findall(r"^-- [1-9]\d* rows?, .*?(\d+) requests?,", text, re.MULTILINE)]


def test_the_tour(spawn: Run) -> None:
    """The tour needs nothing, shows each stop with rows, documents and cost, few requests, and ends well in time."""
    started = time.monotonic()
    done = spawn("demo", **NOWHERE)
    assert (done.code, done.err) == (0, "")
    assert time.monotonic() - started < 20
    stops = shown_in(done.out)
    assert all(any(query.is_called(stop) for query in stops) for stop in STOPS)
    requests = requests_in(done.out)
    assert len(requests) == len(stops) == len(STOPS)
    assert max(requests) <= FEW_REQUESTS
    assert len(re.findall(r'\n--   (?:\{"|\d+ documents in one request:)', done.out)) == sum(requests)
    assert "`iptvvtab demo --help`" in done.out


def test_all_questions(spawn: Run) -> None:
    """`--all` asks every question, and each has an answer."""
    done = spawn("demo", "--all", **NOWHERE)
    assert (done.code, done.err) == (0, "")
    assert shown_in(done.out) == list(queries())
    assert len(requests_in(done.out)) == len(queries())


@pytest.mark.parametrize("name", ["16", "newest-programmes", "16-newest-programmes"])
def test_one_question(name: str, spawn: Run) -> None:
    """A query is asked by its number, its words, or both."""
    done = spawn("demo", name, **NOWHERE)
    assert (done.code, done.err) == (0, "")
    assert [query.name for query in shown_in(done.out)] == ["16-newest-programmes"]
    assert len(requests_in(done.out)) == 1


def test_the_list(run: Run) -> None:
    """The help of `demo` lists every query with its question."""
    listed = " ".join(run("demo", "--help").out.split())
    assert [query.name for query in queries() if f"{query.name} {query.question}" not in listed] == []


def test_no_such_question(run: Run) -> None:
    """A name that no query has is a usage error that knows the nearest one; --all goes with none."""
    done = run("demo", "bussy-hour")
    assert done.code == 2
    assert "did you mean '12-busy-hour'?" in done.err
    assert run("demo", "0").code == 2
    assert run("demo", "--all", "16").code == 2


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
