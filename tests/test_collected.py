"""The collector may drop a connection anywhere: in the middle of a scan, and while ours is in the midst of work."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import apsw
import pytest

import iptvvtab
from iptvvtab.demo import DemoProcess
from tests.differential.sides import connect

OURS = str(Path(iptvvtab.__file__).parent)
SQL = "SELECT id, username FROM portal.subscriber"


class Dropping:
    """Lets go of one connection with an unfinished scan when a function of ours is called for the first time."""

    def __init__(self, halfway: list[tuple[apsw.Connection, apsw.Cursor]]) -> None:
        self._halfway = halfway
        self.seen: set[CodeType] = set()

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event == "call" and code not in self.seen and code.co_filename.startswith(OURS) and self._halfway:
            self.seen.add(code)
            self._halfway.pop()

    @contextmanager
    def while_this_runs(self) -> Iterator[None]:
        sys.setprofile(self)
        try:
            yield
        finally:
            sys.setprofile(None)


@pytest.mark.parametrize(
    ("shared", "within"),
    [(True, {"take", "_flight", "request", "write"}), (False, {"take", "_assemble", "load_catalog"})],
    ids=["of the same portal", "of a portal nobody else uses"],
)
def test_a_connection_is_dropped_in_any_function(
    demo: DemoProcess, tmp_path: Path, shared: bool, within: set[str]
) -> None:
    """Nothing waits for itself, and whoever is under way gets all rows."""
    settings: dict[str, Any] = {"source": "live", "first_page_rows": 5, "page_rows": 5, "trace": tmp_path / "trace"}
    whole = connect(demo, tmp_path, **settings)
    expected = whole.execute(SQL).fetchall()
    whole.close()
    halfway = []
    for number in range(600 if shared else 80):
        connection = connect(demo, tmp_path, **settings, **({} if shared else {"memory_limit": 1 + number}))
        cursor = connection.execute(SQL)
        cursor.fetchone()
        halfway.append((connection, cursor))
    del connection, cursor
    dropping = Dropping(halfway)
    with dropping.while_this_runs():
        ours = connect(demo, tmp_path, **settings)
        assert ours.execute(SQL).fetchall() == expected
        ours.close()
    assert within <= {code.co_name for code in dropping.seen}
