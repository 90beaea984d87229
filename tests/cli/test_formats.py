"""Rows as text, format by format; the cases are named after their rules."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iptvvtab.cli.formats import FORMATS, Style, format_of
from iptvvtab.types import Row, Value

from .conftest import cases


def value_of(written: Any) -> Value:
    """A value as the cases write it."""
    if isinstance(written, dict):
        kind, text = next(iter(written.items()))
        return bytes.fromhex(text) if kind == "hex" else float(text)
    return written


def text_of(name: str, columns: list[str], rows: list[Row], style: Style | None = None) -> str:
    """What a format writes."""
    stream = io.StringIO()
    FORMATS[name].write(columns, rows, stream, style or Style())
    return stream.getvalue()


@pytest.mark.parametrize("case", cases("formats.yaml"))
def test_format(case: dict[str, Any]) -> None:
    """A format writes exactly the text of the case; lines at their end have no blanks."""
    rows = [tuple(value_of(value) for value in row) for row in case["rows"]]
    written = text_of(case["format"], case["columns"], rows, Style(**case.get("style", {})))
    assert written == case["text"]


values = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"])),
)


@given(st.lists(st.tuples(values, values)))
def test_json_reads_back(rows: list[Row]) -> None:
    """Any rows come back from jsonl and json as they were."""
    expected = [{"a": one, "b": other} for one, other in rows]
    assert [json.loads(line) for line in text_of("jsonl", ["a", "b"], rows).split("\n")[:-1]] == expected
    assert json.loads(text_of("json", ["a", "b"], rows)) == expected


@given(st.lists(st.tuples(values, values)))
def test_csv_reads_back(rows: list[Row]) -> None:
    """Any texts come back from csv as they were."""
    text = text_of("csv", ["a", "b"], rows)
    read = list(csv.reader(io.StringIO(text, newline="")))[1:]
    assert read == [["" if one is None else one if isinstance(one, str) else repr(one) for one in row] for row in rows]


@given(st.lists(st.tuples(values, values)))
def test_tsv_is_a_line_a_row(rows: list[Row]) -> None:
    """Whatever the values hold, tsv has a line for each row and a tab between its fields."""
    lines = text_of("tsv", ["a", "b"], rows).split("\n")[1:-1]
    assert [line.count("\t") for line in lines] == [1] * len(rows)


@given(st.lists(st.tuples(values, values)))
def test_a_table_is_a_line_a_row(rows: list[Row]) -> None:
    """Whatever the values hold, table and box have a line for each row, without control characters."""
    for name, around in (("table", 2), ("box", 4)):
        lines = text_of(name, ["a", "b"], rows).split("\n")[:-1]
        assert len(lines) == len(rows) + around
        assert all(line.isprintable() or not any(ord(char) < 32 for char in line) for line in lines)


@pytest.mark.parametrize("name", ["json", "jsonl", "csv", "tsv"])
def test_streaming_formats_write_before_the_last_row(name: str) -> None:
    """The first row is written and flushed while the second one is still on its way."""
    stream = io.StringIO()

    def rows() -> Iterator[Row]:
        yield (1,)
        assert "1" in stream.getvalue()
        yield (2,)

    FORMATS[name].write(["a"], rows(), stream, Style())


def test_fast_rows_are_not_flushed_one_by_one() -> None:
    """A hundred thousand rows take well below a second each, whatever the stream costs to flush."""
    flushes = 0

    class Counting(io.StringIO):
        def flush(self) -> None:
            nonlocal flushes
            flushes += 1

    started = time.monotonic()
    FORMATS["jsonl"].write(["a"], ((n,) for n in range(100_000)), Counting(), Style())
    assert flushes <= 2 + (time.monotonic() - started) / 0.1


@pytest.mark.parametrize(
    ("asked", "path", "is_terminal", "expected"),
    [
        (None, None, True, "table"),
        (None, None, False, "jsonl"),
        ("csv", None, True, "csv"),
        (None, "x.csv", True, "csv"),
        (None, "x.JSON", False, "json"),
        (None, "x.txt", True, "jsonl"),
        ("tsv", "x.csv", False, "tsv"),
    ],
)
def test_format_of(asked: str | None, path: str | None, is_terminal: bool, expected: str) -> None:
    """What is asked for wins, then the suffix of the file, then who reads."""
    assert format_of(asked, Path(path) if path else None, is_terminal=is_terminal).name == expected
