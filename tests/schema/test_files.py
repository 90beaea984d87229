"""Files of tables: wrong ones are refused with their place, right ones become the table they describe."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from iptvvtab.errors import SchemaFileError, UnknownColumn, UnknownTable
from iptvvtab.schema import Catalog, Column, Table, load_catalog
from iptvvtab.types import ColumnType

CASES = Path(__file__).parent / "cases"


def cases(name: str) -> list[Any]:
    """The cases of one file, each named after its rule."""
    held = yaml.safe_load((CASES / name).read_text(encoding="utf-8"))
    return [pytest.param(case, id=rule) for rule, case in held.items()]


def catalog_of(text: str, folder: Path) -> Catalog:
    """The catalog with one file of people's."""
    (folder / "own.yaml").write_text(text, encoding="utf-8")
    return load_catalog(folder)


def described(column: Column) -> str:
    """A column as the cases write it."""
    flags = [word for word, is_set in (("key", column.primary_key), ("sensitive", column.sensitive)) if is_set]
    return " ".join([f"{column.position} {column.name}={column.remote_name or '-'} {column.type}", *flags])


def test_the_same_texts_are_the_same_catalog(tmp_path: Path) -> None:
    """Files are understood once a process, and anew when they differ, though their size and time do not."""
    text = "schemas: {subscriber: {label: id}}"
    before = catalog_of(text, tmp_path)
    assert catalog_of(text, tmp_path) is before
    times = (tmp_path / "own.yaml").stat()
    (tmp_path / "own.yaml").write_text(text.replace("{label: id}", "{lapel: id}"), encoding="utf-8")
    os.utime(tmp_path / "own.yaml", ns=(times.st_atime_ns, times.st_mtime_ns))
    with pytest.raises(SchemaFileError):
        load_catalog(tmp_path)
    assert catalog_of(text, tmp_path) is before


@pytest.mark.parametrize("case", cases("wrong_files.yaml"))
def test_wrong_file(tmp_path: Path, case: dict[str, str]) -> None:
    """A wrong file is refused with file, line, path, what is allowed and the nearest name."""
    with pytest.raises(SchemaFileError) as caught:
        catalog_of(case["text"], tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / 'own.yaml'}{case['message']}")
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("case", cases("overlays.yaml"))
def test_overlay(tmp_path: Path, case: dict[str, Any]) -> None:
    """A file of people's over ours gives the table that the case describes."""
    table = catalog_of(case["text"], tmp_path)[case["table"]]
    columns = [described(column) for column in table.columns]
    assert columns == case.get("columns", columns)
    assert [one for one in columns if one in case.get("has", [])] == case.get("has", [])
    for name in ("remote_name", "label"):
        assert getattr(table, name) == case.get(name, getattr(table, name))
    assert list(table.key) == case.get("key", list(table.key))
    for name, text in case.get("descriptions", {}).items():
        assert table.column(name).description == text
    for name, target in case.get("references", {}).items():
        assert table.column(name).references == tuple(target)
    for record in ("policy", "statistics"):
        said = getattr(table, record).model_dump(mode="json")
        assert said | case.get(record, {}) == said


def test_every_shape_of_the_community_loads() -> None:
    """Every key that the community client writes or reads is accepted, and means here what it meant there."""
    catalog = load_catalog(CASES / "community.yaml")
    subscriber = catalog["subscriber"]
    assert subscriber.total_fields == 12
    assert [column.name for column in subscriber.columns][:3] == ["id", "login", "Field_2"]
    assert subscriber.column("login").remote_name == "username"
    assert subscriber.column("created_at").remote_name == "created"
    assert subscriber.column("id").relationships[0].target_table == "terminal"
    assert subscriber.column("login").nullable is False
    assert subscriber.column("balance").default == 0.0
    assert subscriber.policy.chunk_size == 10000
    assert subscriber.statistics.row_count == 1000
    assert catalog["package_channel"].column("channel_id").references == ("elsewhere", "id")


def test_a_table_in_two_files_is_refused(tmp_path: Path) -> None:
    """Which of two files is meant nobody could tell."""
    for name in ("a.yaml", "b.yml"):
        (tmp_path / name).write_text("schemas:\n  Extra: {fields: {0: {name: a}}}", encoding="utf-8")
    with pytest.raises(SchemaFileError, match=r"b\.yml:2: .* described twice, first in .*a\.yaml:2"):
        load_catalog(tmp_path)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A folder that was named must be there; an empty one changes nothing."""
    with pytest.raises(SchemaFileError, match="no such folder or file"):
        load_catalog(tmp_path / "nowhere")
    assert list(load_catalog(tmp_path)) == list(load_catalog())


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 end in the typed error."""
    (tmp_path / "own.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SchemaFileError, match="cannot be read"):
        load_catalog(tmp_path)


PACKAGED = load_catalog()


@pytest.mark.parametrize("table", PACKAGED.values(), ids=list(PACKAGED))
def test_packaged_tables_say_who_says_so(table: Table) -> None:
    """Every table and column of ours is described, with its evidence; no position pretends to be a portal's."""
    marks = ("[V]", "[B]", "[O]", "[C]", "[D]", "[D: assumed; introspect]")
    assert any(mark in table.description for mark in marks)
    for column in table.columns:
        assert any(mark in column.description for mark in marks), column.name
        assert column.type is not ColumnType.UNKNOWN
    assert table.total_fields is None
    assert table.statistics.row_count is None


def test_packaged_foreign_keys_lead_somewhere() -> None:
    """Every foreign key of ours names a column of ours, of the same type."""
    for table in PACKAGED.values():
        for column in table.columns:
            if column.references:
                target = PACKAGED[column.references[0]].column(column.references[1])
                assert (target.type, target.primary_key) == (column.type, True)


def test_only_the_password_is_sensitive() -> None:
    """Sensitive columns of ours."""
    found = [(table.name, column.name) for table in PACKAGED.values() for column in table.columns if column.sensitive]
    assert found == [("subscriber", "password")]


def test_names_have_no_case_and_near_ones_are_told() -> None:
    """Tables and columns are found in any case; a wrong name gets the nearest."""
    assert PACKAGED["SUBSCRIBER"].column("UserName").name == "username"
    assert "Media" in PACKAGED
    assert PACKAGED.get("nothing") is None
    assert len(PACKAGED) == 19
    with pytest.raises(UnknownTable, match="did you mean 'subscriber'"):
        PACKAGED["subscribers"]
    with pytest.raises(UnknownColumn, match="did you mean 'username'"):
        PACKAGED["subscriber"].index("usrname")


def test_the_hash_covers_what_changes_rows(tmp_path: Path) -> None:
    """Types, names, keys and the mirror's filter change the hash; words about the table do not."""
    hashes = [PACKAGED["package"].schema_hash]
    changes = [
        "description: other",
        "label: price",
        "metadata: {row_count: 7}",
        "fields: {3: {name: cost, type: integer}}",
        "fields: {3: {name: cost, alias: preis}}",
        "fields: {1: {name: name, constraints: {primary_key: true}}}",
        "sync_config: {where: paid}",
        "total_fields: 9",
        "without: [cost]",
    ]
    hashes += [catalog_of(f"schemas: {{package: {{{one}}}}}", tmp_path)["package"].schema_hash for one in changes]
    assert len(set(hashes[:4])) == 1
    assert len(set(hashes[3:])) == len(hashes[3:])


def test_tables_are_values() -> None:
    """Tables are equal by what they say, and hashable."""
    again = load_catalog()["terminal"]
    assert again == PACKAGED["terminal"]
    assert hash(again) == hash(PACKAGED["terminal"])
