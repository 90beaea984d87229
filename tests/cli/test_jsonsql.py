"""`iptvvtab transpile` and `iptvvtab jsonsql`: documents shown, checked, sent; writes only when somebody says so."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from iptvvtab.demo import DemoProcess, Fault, Kind

from .conftest import Run
from .terminal import CTRL_C, Terminal

SELECT = "SELECT id, username FROM portal.subscriber WHERE username = 'password' ORDER BY id DESC LIMIT 3"


@pytest.fixture
def demo(own_demo: DemoProcess) -> DemoProcess:
    """A portal of these tests' own: they write to it."""
    return own_demo


def test_transpile_shows_the_document_and_sends_nothing(run: Run, demo: DemoProcess) -> None:
    """JSON, a line for each clause, or YAML; what `jsonsql run` reads back."""
    done = run("transpile", SELECT)
    document = json.loads(done.out)
    assert (done.code, document["method"], document["params"]["limit"]) == (0, "select", 3)
    assert document["params"]["where"] == {"in": [{"subscriber": "username"}, {"values": [["password"]]}]}
    as_yaml = run("transpile", SELECT, "--format", "yaml")
    assert not demo.log().documents
    for text in (done.out, as_yaml.out):
        asked = run("jsonsql", "run", "-", "--json", stdin=text)
        assert (asked.err, asked.out) == ("", '[{"id": 14, "username": "password"}]\n')


def test_statements_come_from_anywhere(run: Run, tmp_path: Path) -> None:
    """An argument, a file, stdin, an editor."""
    file = tmp_path / "a.sql"
    file.write_text("SELECT id\nFROM package", encoding="utf-8")
    expected = run("transpile", file.read_text()).out
    assert expected
    assert run("transpile", "-f", str(file)).out == expected
    assert run("transpile", "-", stdin="SELECT id FROM package").out == expected
    editor = "sed -i s/service/package/"
    assert run("transpile", "-e", "SELECT id FROM service", EDITOR=editor).out == expected
    unsaved = run("transpile", "-e", "SELECT id FROM service", EDITOR="true")
    assert (unsaved.code, "nothing was saved" in unsaved.err) == (2, True)
    for broken in ("no-such-editor", "false"):
        failed = run("transpile", "-e", "SELECT id FROM service", EDITOR=broken)
        assert (failed.code, "error: the editor failed: " in failed.err) == (2, True)


def test_what_has_no_form_ends_with_3(run: Run) -> None:
    """The error shows the place; what PostgreSQL does otherwise than SQLite is a note."""
    done = run("transpile", "SELECT id,\n  CASE WHEN id = 1 THEN 2 END FROM package")
    assert done.code == 3
    assert "error: CASE: has no form in JSONSQL; " in done.err
    assert "line 2, column 3" in done.err
    assert "note: a division by zero is an error; SQLite answers NULL" in run("transpile", "SELECT 1/id FROM key").err


def test_exact_statements(run: Run, demo: DemoProcess) -> None:
    """What SQLite means, if the portal means the same; what is left to do is a note."""
    done = run("transpile", "--mode", "exact", "SELECT count(*) FROM portal.subscriber WHERE disabled = 1")
    assert done.code == 0
    assert json.loads(done.out)["params"]["where"] == {"eq": [{"subscriber": "disabled"}, True]}
    sums = run("transpile", "--mode", "exact", "SELECT sum(id) FROM subscriber ORDER BY 1")
    assert "note: the rows are sorted as SQLite does when they came" in sums.err
    refused = run("transpile", "--mode", "exact", "SELECT id FROM subscriber WHERE username < 'b'")
    assert (refused.code, "error: a comparison of string: not exact, for " in refused.err) == (3, True)
    downward = "SELECT id FROM package ORDER BY id DESC LIMIT 3"
    assert run("transpile", "--mode", "exact", downward).code == 3
    assert run("doctor").code == 0
    assert run("transpile", "--mode", "exact", downward).code == 0


def test_descending_order_goes_by_what_the_portal_was_seen_to_do(run: Run, demo: DemoProcess) -> None:
    """A portal that was asked and does not sort downward refuses; after another answer it is written its way."""
    demo.set_switches("bare")
    assert run("doctor").code == 0
    done = run("transpile", "SELECT id FROM package ORDER BY id DESC")
    assert (done.code, "this portal was not seen to sort downward" in done.err) == (3, True)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            ("select", "--from", "package", "--data", "id", "--where", "id < 3", "--order-by", "id DESC", "--distinct"),
            [{"id": 2}, {"id": 1}],
        ),
        (("select", "--from", "package", "--data", "count(*) AS n", "--limit", "1"), [{"n": 12}]),
        (
            ("select", "--from", "tv_category", "--group-by", "genre", "--having", "count(*) > 100", "--data", "genre"),
            [],
        ),
        (("select", "--from", "package", "--data", "paid", "--where", "id = 1", "--offset", "0"), [{"paid": False}]),
    ],
)
def test_select_by_parts(run: Run, words: tuple[str, ...], expected: list[object]) -> None:
    """Each part is SQL; rows come in the formats of `query`."""
    assert json.loads(run("jsonsql", *words, "--json").out) == expected


def test_receipts(run: Run, demo: DemoProcess) -> None:
    """In the words of `query`, for each command that sends; with -v the documents, without the secrets in them."""
    words = ("jsonsql", "select", "--from", "package", "--data", "id", "--where", "id < 4")
    told = json.loads(run(*words, "--receipt", "json").err)
    by_query = json.loads(run("query", "SELECT id FROM portal.package WHERE id < 4", "--receipt", "json").err)
    assert set(told) == set(by_query)
    assert set(told["tables"][0]) == set(by_query["tables"][0])
    assert (told["returned"], told["requests"], told["rows"], told["retries"]) == (3, 1, 3, 0)
    assert told["bytes"] > 0
    assert (told["tables"][0]["table"], told["tables"][0]["source"]) == ("package", "live")
    text = run(*words, "--receipt", "text").err
    assert text.startswith("-- 3 rows, ")
    assert "\n--   package  live, 1 request, 3 rows fetched\n" in text
    assert run(*words).err == run(*words, "--receipt", "none").err == ""
    row = ("--into", "service", "--columns", "name", "--values", "'r'", "--write")
    done = run("jsonsql", "insert", *row, "--receipt", "json")
    assert done.err.startswith("insert: done\n")
    assert json.loads(done.err.splitlines()[1])["requests"] == 1
    gone = run("-v", "jsonsql", "delete", "--from", "service", "--where", "name = 'r'", "--write", "--returning", "id")
    assert '{"from":"service","where":' in gone.err
    secret = run("-v", "jsonsql", "select", "--from", "subscriber", "--where", "password = 's3cret'", "--data", "id")
    assert '"where":{"in":[{"subscriber":"password"},{"values":[["***"]]}]}' in secret.err
    assert "s3cret" not in secret.err


def test_writes(run: Run, demo: DemoProcess) -> None:
    """Nothing is written without --write; then it is, once."""
    row = ("jsonsql", "insert", "--into", "package", "--columns", "name, paid", "--returning", "name")
    refused = run(*row, "--values", "'of parts', true")
    assert (refused.code, "--write allows it" in refused.err) == (6, True)
    assert not demo.log().documents
    shown = run(*row, "--values", "'of parts', true", "--values", "'of more', false", "--dry-run")
    assert json.loads(shown.out)["params"]["values"] == [["of parts", True], ["of more", False]]
    done = run(
        *row, "--values", "'of parts', true", "--values", "'of more', false", "--write", "--show-request", "--json"
    )
    assert [one["name"] for one in json.loads(done.out)] == ["of parts", "of more"]
    assert '"into": "package"' in done.err
    changed = run("jsonsql", "update", "--table", "package", "--set", "paid = NOT paid", "--where", "name LIKE 'of %'")
    assert changed.code == 6
    words = ("--write", "--returning", "name, paid", "--json")
    changed = run(
        "jsonsql", "update", "--table", "package", "--set", "paid = NOT paid", "--where", "name = 'of parts'", *words
    )
    assert json.loads(changed.out) == [{"name": "of parts", "paid": False}]
    copied = ("--select", "SELECT concat(name, '!') FROM package WHERE name = 'of more'", "--columns", "name")
    assert run("jsonsql", "insert", "--into", "package", *copied, "--write").err == "insert: done\n"
    gone = run(
        "jsonsql", "delete", "--from", "package", "--where", "name LIKE 'of %'", "--write", "--returning", "name"
    )
    assert gone.out.count("\n") == 3
    assert run("jsonsql", "insert", "--into", "package", "--write").code == 2


@pytest.mark.parametrize(
    "words",
    [
        ("update", "--table", "key", "--set", "name = 'x'"),
        ("update", "--table", "key", "--set", "name = 'x'", "--where", "true"),
        ("delete", "--from", "key"),
        ("delete", "--from", "key", "--where", "1 = 1"),
        ("delete", "--from", "key", "--all-rows"),
    ],
)
def test_every_row_is_guarded(run: Run, demo: DemoProcess, words: tuple[str, ...]) -> None:
    """Without a condition nothing is changed or removed; nobody is at a terminal to type the table's name."""
    done = run("jsonsql", *words, "--write")
    assert (done.code, "every row of 'key'" in done.err) == (6, True)
    assert not demo.log().documents


def test_every_row_of_a_document(run: Run, demo: DemoProcess) -> None:
    """The same guard stands before documents from a file; --yes is the word for scripts."""
    document = json.dumps(
        {"method": "update", "params": {"table": "profile", "set": {"name": "all"}, "returning": "name"}}
    )
    assert run("jsonsql", "run", "-", "--write", stdin=document).code == 6
    assert not demo.log().documents
    done = run("jsonsql", "run", "-", "--write", "--all-rows", "--yes", stdin=document)
    assert done.code == 0
    assert set(done.out.splitlines()) == {'{"name": "all"}'}


def test_the_name_is_typed(environment: dict[str, str], demo: DemoProcess) -> None:
    """At a terminal the table's name allows it, anything else does not."""
    words = ("jsonsql", "delete", "--from", "playlist", "--write", "--all-rows")
    for typed, code in (("playlists", 6), ("playlist", 0)):
        with Terminal(*words, env={**environment, "PATH": "/usr/bin:/bin"}) as terminal:
            terminal.expect("delete every row of 'playlist'; type its name")
            terminal.type(f"{typed}\n")
            if code:
                terminal.expect("'playlists' is not 'playlist': nothing was sent")
            assert terminal.end() == code
    assert len(demo.log().documents) == 1


def test_ctrl_c_ends_a_request(environment: dict[str, str], demo: DemoProcess) -> None:
    """At once, with 130, however long the portal takes."""
    demo.faults(Fault(Kind.HANG, method="select", seconds=20, times=1))
    words = ("jsonsql", "select", "--from", "package")
    with Terminal(*words, env={**environment, "PATH": "/usr/bin:/bin"}) as terminal:
        while not demo.log().documents:
            time.sleep(0.02)
        terminal.type(CTRL_C)
        terminal.expect("interrupted", 5)
        assert terminal.end() == 130


def test_documents_are_checked(run: Run, tmp_path: Path) -> None:
    """Errors with their place and exit code 3; a text that looks like a column is a warning."""
    file = tmp_path / "a.yaml"
    file.write_text("data: [id, usernme]\nfrom: subscriber\nlimit: 1\n", encoding="utf-8")
    warning = "data[1]: 'usernme' is no column and is read as a text; did you mean 'username'?"
    done = run("jsonsql", "validate", str(file))
    assert (done.code, done.out) == (0, f"warning: {warning}\n")
    asked = run("jsonsql", "run", str(file), "--json")
    assert (asked.out, asked.err) == ('[{"id": 1, "usernme": "usernme"}]\n', f"note: {warning}\n")
    file.write_text("data: [{s: usernme}]\nfrom: [{table: subscriber, as: s}]\n", encoding="utf-8")
    done = run("jsonsql", "validate", str(file))
    assert (done.code, done.out) == (
        3,
        "error: data[0].s: column s.usernme does not exist (did you mean 'username'?)\n",
    )
    assert run("jsonsql", "run", str(file)).code == 3
    file.write_text("data: [", encoding="utf-8")
    assert "error: neither JSON nor YAML: expected" in run("jsonsql", "validate", str(file)).err
    assert run("jsonsql", "validate", str(tmp_path / "nothing.json")).code == 2
    assert run("jsonsql", "validate", "-", stdin='{"data": ["id"], "from": "user"}').err == "nothing is wrong with it\n"


def test_documents_are_formatted(run: Run) -> None:
    """Canonical, which is its own canonical form, or as SQL."""
    document = '{"data": ["id"], "from": "user", "where": {"not": [{"is": ["name", null]}]}}'
    done = run("jsonsql", "format", "-", stdin=document)
    assert json.loads(done.out)["params"]["where"] == {"is_not": [{"user": "name"}, None]}
    assert run("jsonsql", "format", "-", stdin=done.out).out == done.out
    assert run("jsonsql", "format", "-", "--format", "yaml", stdin=done.out).out.startswith("method: select\nparams:")
    sql = run("jsonsql", "format", "-", "--format", "sql", stdin=document).out
    assert sql == 'SELECT "user"."id" FROM "user" WHERE NOT ("user"."name" IS NULL)\n'
