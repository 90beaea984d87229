"""`sync` and `cache`: tables into the shadow file, what it holds, and what a command tells of it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from iptvvtab.demo import DemoProcess, Fault, Kind

from .conftest import Run

COUNT = "SELECT count(*) FROM portal.subscriber"


def synced(run: Run, *words: str) -> dict[str, Any]:
    """What a sync says of each table."""
    return {one["table"]: one for one in json.loads(run("sync", *words, "--json").out)}


def statuses(run: Run) -> dict[str, Any]:
    """What the file holds, by table."""
    return {one["table"]: one for one in json.loads(run("cache", "status", "--json").out)}


def test_all_tables_are_published_once(run: Run, demo: DemoProcess) -> None:
    """The first sync publishes every table, the second finds them fresh and asks the portal nothing."""
    first = run("sync")
    assert first.code == 0
    assert first.out == ""
    assert "subscriber: " in first.err
    assert "19 tables published" in first.err
    demo.reset()
    second = run("sync")
    assert second.code == 0
    assert "0 tables published" in second.err
    assert "19 fresh" in second.err
    assert demo.log().requests == 0


def test_queries_answer_from_the_file(run: Run, demo: DemoProcess) -> None:
    """A synced table needs no request, and the receipt says where rows came from; `--source live` asks all the same."""
    run("sync", "subscriber")
    demo.reset()
    done = run("query", COUNT, "--receipt", "json")
    assert json.loads(done.out) == {"count(*)": 50}
    assert '"mirror"' in done.err
    assert demo.log().requests == 0
    run("query", COUNT, "--source", "live")
    assert demo.log().requests == 1


def test_a_table_that_is_too_old_is_asked_for(run: Run, demo: DemoProcess) -> None:
    """`ttl` decides what is too old, for a query and for a sync."""
    run("sync", "subscriber")
    demo.reset()
    run("query", COUNT, "--ttl", "0")
    assert demo.log().requests == 1
    assert synced(run, "subscriber", "--ttl", "0")["subscriber"]["outcome"] == "published"
    assert synced(run, "subscriber", "--full")["subscriber"]["outcome"] == "published"
    assert synced(run, "subscriber")["subscriber"]["outcome"] == "fresh"


def test_a_query_works_while_the_portal_is_down(run: Run, demo: DemoProcess) -> None:
    """Synced tables answer though nothing else does; one that is not synced is an error of the way."""
    run("sync", "subscriber")
    demo.faults(Fault(Kind.STATUS, status=503, times=None))
    assert run("query", COUNT).out == '{"count(*)": 50}\n'
    assert run("query", "SELECT count(*) FROM portal.terminal", "--max-retries", "0").code == 5


def test_old_rows_in_place_of_an_error_are_told(run: Run, demo: DemoProcess) -> None:
    """With `sie` they come with a warning and exit code 7; without, the error has a note of what is there."""
    run("sync", "subscriber")
    asked = ("query", COUNT, "--ttl", "0", "--max-retries", "0")
    assert run(*asked).code == 0
    demo.faults(Fault(Kind.STATUS, status=503, times=None))
    done = run(*asked, "--sie", "1h", "--receipt", "text")
    assert (done.out, done.code) == ('{"count(*)": 50}\n', 7)
    assert "warning: rows of subscriber are " in done.err
    assert "older than they may be: the portal failed" in done.err
    refused = run(*asked)
    assert refused.code == 5
    assert "note: the shadow file has rows of subscriber" in refused.err


def test_explain_says_where_rows_would_come_from(run: Run) -> None:
    """The shadow file, with its age, and no request: read by SQLite itself, or by a virtual table and why."""
    assert json.loads(run("explain", COUNT, "--json").out)["steps"][0]["kept"] is None
    run("sync", "subscriber")
    (way,) = json.loads(run("explain", COUNT, "--json").out)["ways"]
    assert (way["schema"], way["table"], way["reason"]) == ("portal", "subscriber", "")
    assert "portal.subscriber: read in the shadow file by SQLite itself, " in run("explain", COUNT).out
    by_rowid = "SELECT rowid FROM portal.subscriber"
    (step,) = json.loads(run("explain", by_rowid, "--json").out)["steps"]
    assert (step["kept"], step["estimated"]["requests"]) == ("mirror", 0)
    shown = run("explain", by_rowid).out
    assert "mirror, " in shown
    assert "portal.subscriber: read by the virtual table: SQLite does not read the same" in shown


def test_explain_of_a_number_that_depends_on_a_row(run: Run) -> None:
    """The inner table of a join of which only the rows count is in the file, too, though no value is known yet."""
    run("sync", "subscriber", "terminal")
    sql = "SELECT s.id, count(*) FROM portal.subscriber s JOIN portal.terminal t ON t.subscriber_id = s.id GROUP BY 1"
    scans = [
        one for one in json.loads(run("explain", "--redirect", "off", sql, "--json").out)["steps"] if "table" in one
    ]
    assert [one["kept"] for one in scans] == ["mirror", "mirror"]


def test_a_closed_table_is_told_and_no_longer_served(run: Run, demo: DemoProcess) -> None:
    """403: some tables are well, so the code is 7; the table is closed until the portal opens it again."""
    run("sync", "user", "package")
    demo.faults(Fault(Kind.STATUS, table="user", status=403, times=None))
    done = run("sync", "user", "package", "--full")
    assert done.code == 7
    assert "user: failed" in done.err
    assert run("sync", "user", "--full").code == 5
    assert statuses(run)["user"]["state"] == "closed"
    assert run("query", "SELECT count(*) FROM portal.user").code == 5
    demo.reset()
    assert run("sync", "user").code == 0
    assert statuses(run)["user"]["state"] == "fresh"


def test_status_tells_every_table(run: Run) -> None:
    """Nothing before the first sync; then age, rows, generation, bytes and what the last sync came to."""
    assert {one["state"] for one in statuses(run).values()} == {"absent"}
    run("sync", "subscriber")
    run("sync", "subscriber", "--full")
    found = statuses(run)["subscriber"]
    assert (found["state"], found["rows"], found["generation"], found["last"]) == ("fresh", 50, 2, "published")
    assert 0 <= found["age"] < 60 < found["ttl"]
    assert found["bytes"] > 0
    words = run("cache", "status")
    assert "subscriber" in words.out
    assert "mirrors" in words.err


def test_clear_drops_what_it_is_told(run: Run) -> None:
    """The named ones, or all; an unknown name is an error with the near one."""
    run("sync", "subscriber", "package", "user")
    assert "1 table dropped: package" in run("cache", "clear", "package").err
    assert "2 tables dropped: subscriber, user" in run("cache", "clear").err
    assert "0 tables dropped" in run("cache", "clear").err
    done = run("cache", "clear", "subscribr")
    assert done.code == 3
    assert "'subscriber'" in done.err


def test_clear_by_pattern(run: Run) -> None:
    """Names of tables in the file, in any case; patterns and names add up, and what matches nothing drops nothing."""
    run("sync", "subscriber", "subscriber_package", "package", "user", "tv_category")
    assert "0 tables dropped" in run("cache", "clear", "--pattern", "nothing*").err
    assert "2 tables dropped: subscriber, subscriber_package" in run("cache", "clear", "--pattern", "SUB*").err
    done = run("cache", "clear", "user", "--pattern", "tv_*", "--pattern", "tv_c?tegory")
    assert "2 tables dropped: tv_category, user" in done.err
    assert "1 table dropped: package" in run("cache", "clear", "--pattern", "*").err


def test_a_table_without_a_schema_is_cleared(run: Run, tmp_path: Path) -> None:
    """By its name or with all: what is in the file can always be dropped from it."""
    (tmp_path / "own.yaml").write_text(
        "schemas:\n  bundle:\n    remote_name: package\n    fields:\n      0: {name: id, type: integer}\n"
    )
    for words in ((), ("Bundle",), ("--pattern", "bun*")):
        assert run("sync", "bundle", "--schemas", str(tmp_path / "own.yaml")).code == 0
        assert "1 table dropped: bundle" in run("cache", "clear", *words).err


def test_status_tells_the_next_sync(run: Run) -> None:
    """By the interval of its policy, counted from the last read; at once for one that is not there or has changed."""
    assert {one["next"] for one in statuses(run).values()} == {0}
    run("sync", "subscriber", "package")
    found = statuses(run)
    assert 0 < found["subscriber"]["next"] <= found["subscriber"]["ttl"] == 600
    assert found["terminal"]["next"] == 0
    words = run("cache", "status").out
    assert re.search(r"in (9|10) min", words)
    assert "due" in words


def test_a_published_copy_is_read_by_anything(run: Run, tmp_path: Path) -> None:
    """One file, which Python's sqlite3 reads in a process of its own, without secrets and without a WAL beside it."""
    run("sync", "subscriber")
    copy = tmp_path / "copy.db"
    assert run("cache", "publish", str(copy)).code == 0
    look = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); "
        "print(c.execute('SELECT count(*) FROM subscriber').fetchone()[0], "
        "'password' in [one[1] for one in c.execute('PRAGMA table_info(subscriber)')], "
        "c.execute('PRAGMA journal_mode').fetchone()[0])"
    )
    done = subprocess.run([sys.executable, "-c", look, str(copy)], capture_output=True, text=True, timeout=60)
    assert done.stdout == "50 False delete\n"
    assert sorted(one.name for one in tmp_path.glob("*copy.db*")) == ["copy.db"]


def test_vacuum_gives_room_back(run: Run, tmp_path: Path) -> None:
    """The file is smaller once room of earlier rows is given back, and when it is cleared."""
    run("sync")
    run("sync", "--full")
    (file,) = (tmp_path / "state" / "mirrors").glob("*.db")
    before = file.stat().st_size
    assert run("cache", "vacuum").code == 0
    shrunk = file.stat().st_size
    assert shrunk < before
    run("cache", "clear")
    assert file.stat().st_size < shrunk


def test_a_file_of_something_else_is_left_alone(run: Run, tmp_path: Path) -> None:
    """A file that is no shadow file is refused, and not a byte of it changes."""
    other = tmp_path / "other.db"
    made = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('CREATE TABLE mine (a)'); c.close()"
    subprocess.run([sys.executable, "-c", made, str(other)], check=True, timeout=60)
    content = other.read_bytes()
    done = run("sync", "subscriber", "--mirror", str(other))
    assert done.code == 2
    assert "is a database of something else" in done.err
    assert other.read_bytes() == content
