"""What a look at a portal tells, and what it does to a file of tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from iptvvtab.schema import (
    Finding,
    Observation,
    check,
    compare,
    infer_column,
    load_catalog,
    merge,
    place_columns,
)

CASES = Path(__file__).parent / "cases"
OURS = load_catalog()


def cases(name: str) -> list[Any]:
    """The cases of one file, each named after its rule."""
    held = yaml.safe_load((CASES / name).read_text(encoding="utf-8"))
    return [pytest.param(case, id=rule) for rule, case in held.items()]


def observation(case: dict[str, Any]) -> Observation:
    """What a case says was seen."""
    return Observation(case.get("table", "tv_channel"), **case["observed"])


@pytest.mark.parametrize("case", cases("infer.yaml"))
def test_types_come_from_values(case: dict[str, Any]) -> None:
    """The narrowest type that all values have."""
    inferred = infer_column(case["values"])
    assert (inferred.type, inferred.has_null) == (case["type"], case.get("has_null", False))


@pytest.mark.parametrize("case", cases("merge.yaml"))
def test_merge(case: dict[str, Any], tmp_path: Path) -> None:
    """The text after is the case's to the letter; it loads, and merging the same again changes nothing."""
    observed = observation(case)
    merged = merge(case.get("before", ""), observed, OURS[observed.table], seen_at=case.get("seen_at"))
    assert merged == case["after"]
    file = tmp_path / "own.yaml"
    file.write_text(merged, encoding="utf-8")
    known = load_catalog(file)[observed.table]
    assert merge(merged, observed, known, seen_at=case.get("seen_at")) == merged


@pytest.mark.parametrize("case", cases("findings.yaml"))
def test_findings(case: dict[str, Any], tmp_path: Path) -> None:
    """What is wrong is found, and nothing else."""
    file = tmp_path / "own.yaml"
    file.write_text(case.get("text", ""), encoding="utf-8")
    catalog = load_catalog(file)
    table = catalog[case.get("table", "tv_channel")]
    found = compare(table, observation(case)) if "observed" in case else check(table, catalog)
    assert [_sentence(finding) for finding in found] == case["findings"]


def _sentence(finding: Finding) -> str:
    return f"{finding.level}{f' {finding.column}' if finding.column else ''}: {finding.message}"


def test_our_own_tables_have_no_findings() -> None:
    """Packaged tables are right by themselves."""
    assert [finding for table in OURS.values() for finding in check(table, OURS)] == []


def test_a_table_that_nobody_described_is_written_whole(tmp_path: Path) -> None:
    """A table that only the portal knows becomes a file that loads, without a key until somebody names one."""
    observed = Observation("mystery", 2, [[1, "a"], [2, "b"]], {}, row_count=2)
    file = tmp_path / "own.yaml"
    file.write_text(merge("", observed), encoding="utf-8")
    table = load_catalog(file)["mystery"]
    assert [(column.name, column.remote_name) for column in table.columns] == [("Field_0", None), ("Field_1", None)]
    assert table.key == ()


def test_a_file_in_a_style_that_cannot_be_edited_is_written_anew(tmp_path: Path) -> None:
    """Content stays when comments cannot."""
    before = "schemas: {tv_channel: {without:\n  [url], fields: {0: {name: Field_0}, 1: {name: id}}}} # gone\n"
    observed = Observation("tv_channel", 1, [[1]], {"id": [1]}, absent=("name",))
    file = tmp_path / "own.yaml"
    file.write_text(merge(before, observed, OURS["tv_channel"]), encoding="utf-8")
    table = load_catalog(file)["tv_channel"]
    assert [(column.position, column.name) for column in table.columns] == [(0, "id")]


_values = st.sampled_from([None, True, False, 0, 1, 1.0, "a", "", "1", [1], "10.0.0.1", "08:00:2b:01:02:03"])


@settings(deadline=None)
@given(st.data(), st.integers(1, 6), st.integers(0, 4))
def test_positions_are_those_of_the_portal(data: st.DataObject, width: int, height: int) -> None:
    """Whatever is placed stands where the portal has it; what is not placed has the truth among its candidates."""
    rows = data.draw(st.lists(st.lists(_values, min_size=width, max_size=width), min_size=height, max_size=height))
    places = data.draw(st.permutations(range(width)))
    named = {f"c{place}": [row[place] for row in rows] for place in places[: data.draw(st.integers(0, width))]}
    placement = place_columns(Observation("t", width, rows, named))
    assert placement.nowhere == () or not rows
    for name, position in placement.positions.items():
        assert [row[position] for row in rows] == named[name] or name == f"c{position}"
        if (
            len({str([type(row[one]) for row in rows]) + str([row[one] for row in rows]) for one in range(width)})
            == width
        ):
            assert name == f"c{position}"
    for name, candidates in placement.candidates.items():
        assert int(name[1:]) in candidates


@settings(deadline=None)
@given(st.data(), st.integers(1, 6))
def test_a_merged_file_loads_and_stays(data: st.DataObject, width: int) -> None:
    """Any look, merged into any file that an earlier look made, gives a file that loads; again changes nothing."""
    text = ""
    known = OURS["subscriber"]
    for _ in range(2):
        width = data.draw(st.integers(1, 6))
        rows = data.draw(st.lists(st.lists(_values, min_size=width, max_size=width), min_size=1, max_size=3))
        names = data.draw(st.permutations(["id", "username", "email", "phone", "type", "balance"]))[:width]
        named = {name: [row[place] for row in rows] for place, name in enumerate(names) if data.draw(st.booleans())}
        observed = Observation("subscriber", width, rows, named)
        text = merge(text, observed, known)
        known = _loaded(text)
        assert known.total_fields == width
        assert merge(text, observed, known) == text
        for name, position in place_columns(observed).positions.items():
            assert known.column(name).position == position


def _loaded(text: str) -> Any:
    from iptvvtab.schema.entries import entries_of
    from iptvvtab.schema.load import _packaged, _table

    entry = next(iter(entries_of(text, "own.yaml")))
    return _table(_packaged()["subscriber"], entry)
