"""`query` as a process among others: pipes, files, signals, a terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from iptvvtab.demo import DemoProcess, start_demo

from .conftest import COMMAND, SECONDS, Run

SLOW_MS = 200
MANY = "SELECT * FROM portal.tv_program"
BUSY = f"SELECT count(*) FROM {', '.join(f'portal.package AS p{number}' for number in range(9))} WHERE p0.id <> p8.id"
"""Hours of rows from memory: SQLite is inside a virtual table nearly all the time."""


@pytest.fixture(scope="module")
def slow() -> Iterator[DemoProcess]:
    """A portal that takes its time: several pages, a fifth of a second each."""
    with start_demo(rows=1000, latency_ms=SLOW_MS) as portal:
        yield portal


@pytest.fixture(scope="module")
def met(slow: DemoProcess, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder after the first contact with it, which takes two seconds."""
    folder = tmp_path_factory.mktemp("met")
    variables = {**os.environ, **slow.environment, "IPTVPORTAL_STATE_FOLDER": str(folder)}
    assert start("query", "SELECT id FROM portal.package", env=variables, stdout=subprocess.DEVNULL).wait(SECONDS) == 0
    return folder


@pytest.fixture
def slow_environment(slow: DemoProcess, met: Path, environment: dict[str, str]) -> dict[str, str]:
    """The environment for it, as if it was met before: small pages."""
    copytree(met, environment["IPTVPORTAL_STATE_FOLDER"])
    return {**os.environ, **environment, **slow.environment, "IPTVPORTAL_PAGE_ROWS": "1000"}


def start(*words: str, env: dict[str, str], **streams: int) -> subprocess.Popen[bytes]:
    """Start the command in a process of its own."""
    return subprocess.Popen([*COMMAND, *words], env=env, **streams)  # type: ignore[call-overload, no-any-return]


def test_rows_stream(slow_environment: dict[str, str]) -> None:
    """The first rows leave the process while the last pages have not been asked for."""
    child = start("query", MANY, env=slow_environment, stdout=subprocess.PIPE)
    assert child.stdout
    first = json.loads(child.stdout.readline())
    seen = time.monotonic()
    rest = child.stdout.read()
    child.stdout.close()
    assert child.wait(SECONDS) == 0
    assert first["id"] == 1
    assert rest.count(b"\n") == 4999
    assert time.monotonic() - seen > 2 * SLOW_MS / 1000


def test_a_reader_that_has_enough_is_no_error(slow_environment: dict[str, str]) -> None:
    """`| head` ends the command quietly, and soon."""
    child = start("query", MANY, env=slow_environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout
    assert child.stderr
    child.stdout.readline()
    child.stdout.close()
    assert child.wait(SECONDS) == 0
    assert child.stderr.read() == b""
    child.stderr.close()


@pytest.mark.parametrize(
    "sql",
    [MANY, "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c", BUSY],
    ids=["while the portal answers", "while SQLite counts", "while a virtual table hands out rows"],
)
def test_ctrl_c_ends_with_130(sql: str, slow_environment: dict[str, str], tmp_path: Path) -> None:
    """Ctrl-C ends a statement within a page, with code 130 and one word; a file to be written is not there."""
    target = tmp_path / "rows.csv"
    child = start("query", sql, "-o", str(target), env=slow_environment, stderr=subprocess.PIPE)
    assert child.stderr
    ends = time.monotonic() + SECONDS
    while not list(tmp_path.glob(".rows.csv.*")) and time.monotonic() < ends:
        time.sleep(0.02)
    time.sleep(0.5)
    child.send_signal(signal.SIGINT)
    asked = time.monotonic()
    assert child.wait(SECONDS) == 130
    assert time.monotonic() - asked < 5
    assert child.stderr.read() == b"interrupted\n"
    child.stderr.close()
    assert not list(tmp_path.glob("*rows.csv*"))


def test_a_file_is_written_whole_or_not_at_all(run: Run, tmp_path: Path) -> None:
    """A statement that fails leaves the old file; one that succeeds replaces it and keeps its mode."""
    target = tmp_path / "report.csv"
    target.write_text("old")
    target.chmod(0o640)
    failed = "SELECT id FROM portal.subscriber UNION ALL SELECT abs(-9223372036854775808)"
    assert run("query", failed, "-o", "report.csv").code == 3
    assert target.read_text() == "old"
    done = run("query", "SELECT 1 AS a", "-o", "report.csv")
    assert (done.code, done.out) == (0, "")
    assert target.read_text() == "a\n1\n"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert [path.name for path in tmp_path.glob("*report*")] == ["report.csv"]


def test_a_link_stays_a_link(run: Run, tmp_path: Path) -> None:
    """Writing through a symbolic link replaces what it leads to; a device is written to, not replaced."""
    (tmp_path / "there.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to("there.csv")
    assert run("query", "SELECT 1 AS a", "-o", "link.csv").code == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "there.csv").read_text() == "a\n1\n"
    assert run("query", "SELECT 1 AS a", "-o", "/dev/null").code == 0
    assert Path("/dev/null").is_char_device()


def test_csv_for_excel(run: Run, tmp_path: Path) -> None:
    """Excel reads Cyrillic (byte order mark), splits (semicolons) and runs nothing."""
    sql = "SELECT 'Жанна' AS имя, '=1+1' AS f UNION ALL SELECT NULL, ''"
    assert run("query", sql, "-o", "x.csv", "--excel").code == 0
    assert (tmp_path / "x.csv").read_bytes() == '\ufeffимя;f\r\nЖанна;\'=1+1\r\n;""\r\n'.encode()
    assert run("query", "SELECT 'Ж' AS a", "--format", "csv", "--bom").out == "\ufeffa\nЖ\n"


def test_a_database_can_be_attached(run: Run, tmp_path: Path) -> None:
    """A SQLite file stands beside the portal under its own name, for joins with billing."""
    import apsw

    connection = apsw.Connection(str(tmp_path / "billing-2024.db"))
    connection.execute("CREATE TABLE paid(subscriber_id INTEGER PRIMARY KEY); INSERT INTO paid VALUES (1), (5)")
    connection.close()
    sql = "SELECT s.id FROM billing_2024.paid JOIN portal.subscriber s ON s.id = subscriber_id ORDER BY 1"
    assert run("query", sql, "--attach", "billing-2024.db", "--format", "csv").out == "id\n1\n5\n"
    missing = run("query", sql, "--attach", "nowhere.db")
    assert missing.code == 2
    assert "nowhere.db" in missing.err


def test_statements_come_from_a_file(run: Run, tmp_path: Path) -> None:
    """A file may begin with a byte order mark and hold comments."""
    (tmp_path / "report.sql").write_text("\ufeff-- Жанна\nSELECT 1 AS a;\n", encoding="utf-8")
    assert run("query", "-f", "report.sql").out == '{"a": 1}\n'


def test_a_receipt_in_json(run: Run) -> None:
    """A receipt in JSON is one line on stderr, with what each table cost."""
    done = run("query", "SELECT name FROM portal.package", "--receipt", "json")
    receipt = json.loads(done.err)
    assert (receipt["returned"], receipt["requests"], receipt["rows"], receipt["retries"]) == (12, 1, 12, 0)
    assert receipt["tables"][0]["table"] == "package"
    assert receipt["tables"][0]["source"] == "live"


def at_terminal(*words: str, env: dict[str, str], **streams: int) -> tuple[int, str]:
    """Run a command whose stderr is a terminal; return its code and what the terminal got."""
    ours, theirs = pty.openpty()
    try:
        child = start(*words, env={**env, "TERM": "xterm"}, stderr=theirs, **streams)
        os.close(theirs)
        seen = b""
        while chunk := _read(ours):
            seen += chunk
        return child.wait(SECONDS), seen.decode()
    finally:
        os.close(ours)


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:  # the other end of a terminal is closed
        return b""


@pytest.fixture(scope="module")
def large() -> Iterator[DemoProcess]:
    """A portal whose tables have 20 pages."""
    with start_demo(rows=4000) as portal:
        yield portal


@pytest.fixture
def paced_environment(large: DemoProcess, environment: dict[str, str]) -> dict[str, str]:
    """So few requests a second that a read is under way for seconds, however many travel side by side."""
    paced = {"IPTVPORTAL_PAGE_ROWS": "1000", "IPTVPORTAL_RATE": "8"}
    return {**os.environ, **environment, **large.environment, **paced}


def test_progress_shows_at_a_terminal(paced_environment: dict[str, str]) -> None:
    """After a second a line says how far the statement is; it is wiped, and the receipt follows."""
    code, seen = at_terminal(
        "query", f"{MANY} ORDER BY title", "--format", "csv", env=paced_environment, stdout=subprocess.DEVNULL
    )
    assert code == 0
    assert re.search(r"\r\x1b\[K\d+ requests?, [\d,]+ rows? fetched, [\d,]+ rows/s, \d", seen)
    assert re.search(r"\r\x1b\[K-- 20,000 rows", seen)


def test_progress_tells_how_long_it_will_take(paced_environment: dict[str, str]) -> None:
    """Of a table whose size is known, it says how many rows there will be, and how much time is left.

    The table has a few keys that are far off: they say nothing of its size.
    """
    assert start("query", "SELECT count(*) FROM portal.tv_program", env=paced_environment).wait(SECONDS) == 0
    _, seen = at_terminal(
        "query", f"{MANY} ORDER BY title", "--format", "csv", env=paced_environment, stdout=subprocess.DEVNULL
    )
    told = re.findall(r"([\d,]+) of about 20,000 rows fetched, [\d,]+ rows/s, [\d.]+ m?s, about [\d.]+ m?s left", seen)
    assert told
    assert all(int(one.replace(",", "")) < 20_000 for one in told)


def test_no_progress_where_nobody_looks(slow_environment: dict[str, str]) -> None:
    """Off a terminal nothing is drawn, and no receipt is told unless asked for."""
    child = start("query", MANY, env=slow_environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert child.communicate(timeout=SECONDS)[1] == b""


def test_a_table_at_a_terminal_is_plain(environment: dict[str, str]) -> None:
    """At a terminal rows are a table: no colour, no wrapping, wide as they are."""
    ours, theirs = pty.openpty()
    sql = "SELECT printf('%.*c', 200, 'x') AS a"
    child = start("query", sql, env={**os.environ, **environment, "TERM": "xterm", "COLUMNS": "40"}, stdout=theirs)
    os.close(theirs)
    seen = b""
    while chunk := _read(ours):
        seen += chunk
    os.close(ours)
    assert child.wait(SECONDS) == 0
    assert seen.decode().replace("\r\n", "\n") == "a\n" + "-" * 200 + "\n" + "x" * 200 + "\n"


def test_sigterm_leaves_nothing_half_done(slow_environment: dict[str, str], tmp_path: Path) -> None:
    """A process that is told to end leaves no part of a file behind."""
    child = start("query", MANY, "-o", str(tmp_path / "rows.csv"), env=slow_environment)
    ends = time.monotonic() + SECONDS
    while not list(tmp_path.glob(".rows.csv.*")) and time.monotonic() < ends:
        time.sleep(0.02)
    child.terminate()
    assert child.wait(SECONDS) == 143
    assert not list(tmp_path.glob("*rows.csv*"))


@pytest.mark.parametrize(
    ("redirection", "code", "words"),
    [(">/dev/full", 2, "error: output: No space left on device\n"), (">&-", 0, "")],
)
def test_output_that_goes_nowhere(environment: dict[str, str], redirection: str, code: int, words: str) -> None:
    """A full disk is told in one sentence; a closed stdout is what somebody wanted."""
    line = f"{sys.executable} -m iptvvtab query 'SELECT 1 AS a' {redirection}"
    done = subprocess.run(
        ["/bin/sh", "-c", line], env={**os.environ, **environment}, capture_output=True, text=True, timeout=SECONDS
    )
    assert (done.returncode, done.stderr) == (code, words)
