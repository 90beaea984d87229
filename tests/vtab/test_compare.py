"""Numeric affinity, beside SQLite itself."""

from __future__ import annotations

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iptvvtab.vtab.contract.compare import numeric

TEXTS = [
    *(
        "7",
        " 7",
        "7 ",
        "\t7\n",
        "007",
        "+7",
        "-7",
        "--7",
        "7.",
        ".5",
        ".",
        "",
        "1e3",
        "1E-2",
        "1e",
        "0x10",
        "1_000",
        "7a",
    ),
    *(
        "٣",
        "inf",
        "nan",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "1e400",
        "\x0b7",
        "\x0c7",
    ),
    *("\xa07", "7\0", "7\0a", "1.5\0", "\0", "\0007", "7 \0 8", "1.5e0001"),
]


def stored(text: str) -> object:
    """What SQLite stores in a column of numeric affinity."""
    connection = apsw.Connection(":memory:")
    connection.execute("CREATE TABLE t (c NUMERIC)")
    connection.execute("INSERT INTO t VALUES (?)", (text,))
    return connection.execute("SELECT c FROM t").get


def check(text: str) -> None:
    ours, theirs = numeric(text), stored(text)
    assert isinstance(ours, str) == isinstance(theirs, str)
    assert ours == theirs


@pytest.mark.parametrize("text", TEXTS)
def test_numeric_affinity(text: str) -> None:
    """Text that SQLite takes for a number under numeric affinity becomes that number here, all else stays text."""
    check(text)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(st.text("0123456789.eE+- \tx", max_size=9))
def test_numeric_affinity_of_anything(text: str) -> None:
    """The same for generated texts."""
    check(text)


@pytest.mark.parametrize("value", [None, 5, 1.5, b"7"])
def test_only_text_changes(value: object) -> None:
    """Numbers, blobs and NULL stay what they are."""
    assert numeric(value) is value
