"""Learning tables from a portal, and checking them against it."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from iptvvtab.demo import DemoProcess, Fault, Kind

from .conftest import Run


def test_tables_are_listed_and_shown(run: Run, demo: DemoProcess) -> None:
    """`list` and `show` tell what is described, without asking the portal."""
    listed = json.loads(run("schema", "list", "--json").out)
    assert {one["table"] for one in listed} >= {"subscriber", "terminal", "media"}
    shown = run("schema", "show", "terminal")
    assert "subscriber.id" in shown.out
    assert json.loads(run("schema", "show", "terminal", "--json").out)[0]["key"] == ["id"]
    assert demo.log().requests == 0


def test_a_table_is_learned(run: Run) -> None:
    """Width, positions, types, row count and range of the key come from the portal, as YAML on stdout."""
    done = run("schema", "introspect", "media")
    assert done.code == 0
    assert done.err.startswith("media: 74 columns, 74 rows")
    media = yaml.safe_load(done.out)["schemas"]["media"]
    assert media["total_fields"] == 74
    assert media["metadata"]["row_count"] == 74
    assert media["metadata"]["min_id"] == 1
    assert [media["fields"][n]["name"] for n in range(7)] == [
        "id", "name", "protocol", "inet_addr", "port", "path", "is_tv",
    ]  # fmt: skip
    assert media["fields"][40]["name"] == "Field_40"
    assert media["fields"][4]["type"] == "integer"
    assert [media["fields"][n]["type"] for n in (3, 13)] == ["inet", "inet"]


def test_what_was_learned_is_used(run: Run, tmp_path: Path) -> None:
    """Written into a folder, it makes unnamed columns readable, and validates without an error."""
    assert run("schema", "introspect", "media", "subscriber", "-o", "tables").code == 0
    assert sorted(path.name for path in (tmp_path / "tables").iterdir()) == ["media.yaml", "subscriber.yaml"]
    found = run("query", "SELECT Field_20 FROM portal.media LIMIT 1", "--schemas", "tables")
    assert (found.code, list(json.loads(found.out))) == (0, ["Field_20"])
    checked = run("schema", "validate", "media", "subscriber", "--schemas", "tables")
    assert checked.code == 0
    assert "2 tables, 0 errors" in checked.err


def test_what_people_wrote_stays(run: Run, tmp_path: Path) -> None:
    """A second look keeps names, descriptions and comments of the file that has the table, whatever its name."""
    mine = tmp_path / "tables" / "mine.yaml"
    mine.parent.mkdir()
    mine.write_text(
        "# ours, by hand\nschemas:\n  package:\n    description: What we sell\n    fields:\n"
        "      1: {name: title, remote_name: name, description: As on the bill}  # the short one\n"
    )
    done = run("schema", "introspect", "package", "-o", "tables")
    assert done.code == 0, done.err
    text = mine.read_text()
    for kept in ("# ours, by hand", "What we sell", "As on the bill", "# the short one", "title"):
        assert kept in text
    assert "total_fields: 6" in text
    assert not (tmp_path / "tables" / "package.yaml").exists()
    found = run("query", "SELECT title FROM portal.package WHERE id = 1", "--schemas", "tables")
    assert found.out == '{"title": "movie"}\n'


def test_one_file_for_all(run: Run, tmp_path: Path) -> None:
    """An output that is named .yaml takes all tables."""
    assert run("schema", "introspect", "package", "tv_category", "-o", "all.yaml").code == 0
    assert list(yaml.safe_load((tmp_path / "all.yaml").read_text())["schemas"]) == ["package", "tv_category"]


def test_closed_and_missing_tables_are_skipped(run: Run, demo: DemoProcess) -> None:
    """A table that this account may not read, or that is not there, is told; the others are learned."""
    demo.faults(Fault(Kind.STATUS, table="package", status=403, times=None))
    done = run("schema", "introspect", "package", "pakage", "tv_category")
    assert done.code == 3
    assert "package: skipped: this account may not read it" in done.err
    assert "pakage: skipped:" in done.err
    assert "did you mean 'package'" in done.err
    assert list(yaml.safe_load(done.out)["schemas"]) == ["tv_category"]


def test_a_portal_that_does_not_count(run: Run, demo: DemoProcess) -> None:
    """Where the portal has no count(*), keys are read in pages and counted."""
    demo.set_switches("bare")
    assert "tv_program: 8 columns, 250 rows" in run("schema", "introspect", "tv_program").err


def test_what_does_not_fit_is_found(run: Run, tmp_path: Path) -> None:
    """A column that the portal does not have, a wrong type and a wrong width are errors, with advice."""
    (tmp_path / "wrong.yaml").write_text(
        "schemas:\n  package:\n    total_fields: 5\n    fields:\n"
        "      1: {name: name, type: integer}\n      4: {name: colour, type: string}\n"
    )
    done = run("schema", "validate", "package", "--schemas", "wrong.yaml", "--json")
    found = {(one["column"], one["level"]): one["message"] for one in json.loads(done.out)}
    assert done.code == 3
    assert "total_fields is 5" in found[None, "error"]
    assert "integer" in found["name", "error"]
    assert "no column 'colour'" in found["colour", "error"]


def test_addresses_that_are_called_text_are_noted(run: Run, tmp_path: Path) -> None:
    """A text column that holds addresses alone gets a note with the type that it could have; that is no error."""
    (tmp_path / "text.yaml").write_text("schemas: {terminal: {fields: {2: {name: inet_addr, type: string}}}}")
    done = run("schema", "validate", "terminal", "--schemas", "text.yaml", "--json")
    found = {one["column"]: one for one in json.loads(done.out)}
    assert done.code == 0
    assert found["inet_addr"]["level"] == "note"
    assert "`type: inet`" in found["inet_addr"]["advice"]
    assert "mac_addr" not in found
    named = run("schema", "validate", "terminal", "--json")
    assert "inet_addr" not in {one["column"] for one in json.loads(named.out)}


def test_secrets_of_subscribers_are_not_shown(run: Run, tmp_path: Path) -> None:
    """A value of a sensitive column appears neither in what is learned nor in what is found."""
    told = run("query", "SELECT password FROM portal.subscriber WHERE length(password) > 3", "--format", "tsv")
    passwords = set(told.out.splitlines()[1:]) - {"password"}
    (tmp_path / "wrong.yaml").write_text("schemas: {subscriber: {fields: {2: {name: password, type: integer}}}}")
    learned = run("schema", "introspect", "subscriber")
    found = run("schema", "validate", "subscriber", "--schemas", "wrong.yaml")
    shown = learned.out + learned.err + found.out + found.err
    assert passwords
    assert not [one for one in passwords if len(one) > 5 and f"'{one}'" in shown]
