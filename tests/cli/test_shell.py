"""The shell: at a terminal and in a pipe."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from iptvvtab.demo import DemoProcess, start_demo

from .conftest import Run
from .terminal import CTRL_C, CTRL_D, Terminal


@pytest.fixture
def person(environment: dict[str, str]) -> dict[str, str]:
    """The environment of somebody at a terminal."""
    return {**os.environ, **environment}


@pytest.fixture(scope="module")
def slow() -> Iterator[DemoProcess]:
    """A portal that takes half a second for each request."""
    with start_demo(rows=2000, latency_ms=500) as portal:
        yield portal


def test_statements_from_a_pipe(spawn: Run) -> None:
    """In a pipe the shell writes jsonl and nothing else."""
    done = spawn("shell", stdin="SELECT count(*) AS n FROM portal.package;\nSELECT 2\n AS b;\n")
    assert (done.code, done.out, done.err) == (0, '{"n": 12}\n{"b": 2}\n', "")


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("SELECT * FROM portal.packag;", 3, "did you mean 'portal.package'"),
        ("DELETE FROM portal.package;", 6, "read-only"),
        (".tabels", 2, "did you mean 'tables'"),
        (".mode boxx", 2, "did you mean 'box'"),
        ("SELECT :x;", 2, ".parameter set x VALUE"),
        ("SELECT 1", 2, "Incomplete SQL"),
        (".open x.db", 2, "stays with its portal"),
        (".requests x", 2, "takes a number"),
    ],
)
def test_the_first_failure_ends_a_pipe(run: Run, line: str, code: int, words: str) -> None:
    """In a pipe the first thing that fails ends the shell with its exit code and a sentence."""
    done = run("shell", stdin=f"{line}\nSELECT 1;\n" if line != "SELECT 1" else line)
    assert (done.code, done.out) == (code, "")
    assert words in done.err
    assert "Traceback" not in done.err


def test_commands_know_the_portal(run: Run) -> None:
    """Dot commands list the portal's tables and columns, what is connected, and what travelled."""
    done = run(
        "shell",
        stdin=".tables sub%\n.schema package\n.requests\n.receipt\n"
        "SELECT name FROM portal.package WHERE id = 1;\n.receipt\n.requests 1\n.portal\n",
    )
    assert done.code == 0, done.err
    assert done.out.startswith("portal.subscriber\nportal.subscriber_inetaddr\nportal.subscriber_package\n")
    assert "CREATE TABLE portal.package (\n  id INTEGER," in done.out
    assert "no statement was run yet" in done.out
    assert "--   package  live, 1 request" in done.out
    assert "1 package: 1 rows in" in done.out
    assert "api_url" in done.out
    assert "(environment IPTVPORTAL_API_URL)" in done.out
    assert "demo-only" not in done.out + done.err


def test_output_modes(run: Run) -> None:
    """Our formats are modes beside those of SQLite's shell; parameters are set as there."""
    statements = ".mode csv\nSELECT 1 AS a, NULL AS b;\n.mode line\nSELECT 2 AS c;\n"
    done = run("shell", stdin=statements + ".mode md\n.parameter set x 'y'\nSELECT :x AS d;\n")
    assert done.out == "a,b\n1,\n    c = 2\n\n| d |\n| --- |\n| y |\n"


def test_schemas_of_other_databases(run: Run) -> None:
    """`.tables` and `.schema` show what a person made beside the portal."""
    done = run("shell", stdin="CREATE TEMP TABLE mine(a);\n.tables %mine\n.schema mine\n")
    assert done.out == "temp.mine\nCREATE TABLE mine(a);\n"


def test_a_session_at_a_terminal(person: dict[str, str], tmp_path: Path) -> None:
    """At a terminal there are a greeting, a prompt, tables and receipts, and errors do not end it."""
    with Terminal("shell", env=person) as terminal:
        assert "read-only" in terminal.expect("portal> ")
        terminal.type("SELECT id, name FROM portal.package WHERE id = 1;\n")
        assert "id  name" in terminal.expect("-- 1 row")
        terminal.expect("portal> ")
        terminal.type("SELECT nam FROM portal.package;\n")
        assert "did you mean 'name'" in terminal.expect("portal> ")
        terminal.type("SELECT 2 AS two\n")
        terminal.expect("...> ")
        terminal.type(";\n")
        assert "two" in terminal.expect("portal> ")
        terminal.type(CTRL_D)
        assert terminal.end() == 0
    history = tmp_path / "state" / "history"
    assert history.exists()
    assert stat.S_IMODE(history.stat().st_mode) & 0o077 == 0


def test_ctrl_c_ends_the_statement_only(person: dict[str, str], slow: DemoProcess) -> None:
    """Ctrl-C ends a statement, whoever is at work, and the shell goes on with the next one."""
    endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c;\n"
    with Terminal("shell", env={**person, **slow.environment, "IPTVPORTAL_PAGE_ROWS": "300"}) as terminal:
        terminal.expect("portal> ")
        for statement in ("SELECT count(*) FROM portal.tv_program WHERE title LIKE '%x%';\n", endless):
            terminal.type(statement)
            terminal.expect("\n")
            with pytest.raises(AssertionError, match="did not appear"):
                terminal.expect("portal> ", seconds=1.0)
            terminal.type(CTRL_C)
            terminal.expect("portal> ", seconds=5)
        terminal.type("SELECT 'still ' || 'here' AS a;\n")
        terminal.expect("still here")
        terminal.type(".quit\n")
        assert terminal.end() == 0


def test_tab_completes_tables_and_columns(person: dict[str, str]) -> None:
    """TAB completes a table behind its schema and a column behind an alias."""
    with Terminal("shell", env=person) as terminal:
        terminal.expect("portal> ")
        terminal.type("SELECT count(*) FROM portal.subscriber_in\t")
        terminal.expect("portal.subscriber_inetaddr")
        terminal.type(" s WHERE s.inet\t")
        terminal.expect("s.inet_addr")
        terminal.type(" = 'x';\n")
        terminal.expect("-- 1 row")
        terminal.expect("portal> ")
        terminal.type("SELECT t.mac\t")
        terminal.expect("t.mac_addr")
        terminal.type(" FROM portal.terminal t LIMIT 1;\n")
        terminal.expect("-- 1 row")
        terminal.expect("portal> ")
        terminal.type(CTRL_D)
        assert terminal.end() == 0


def test_tables_are_synced_and_their_freshness_shown(run: Run) -> None:
    """`.sync` copies tables, `.freshness` tells of them; a mistake is told, and nothing is lost by it."""
    done = run("shell", stdin=".freshness\n.sync package\n.sync package\n.freshness\n")
    first, second, third, fourth = done.out.splitlines()
    assert first == "no table was synced yet; .sync copies them"
    assert second.startswith("package: ")
    assert third.startswith("package: fresh, ")
    assert fourth.startswith("package: fresh, ")
    assert fourth.endswith("may be 1 h 0 min")
    assert "'package'" in run("shell", stdin=".sync packag\n").err
    assert "takes no words" in run("shell", stdin=".freshness package\n").err
