"""What a query makes travel: the exact documents, in order, as the portal saw them, and the rows it answered."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from iptvvtab.demo import DemoProcess
from tests.vtab.documents import ask, cases, first_contact, written_out

CASES = list(cases())
IDS = [f"{name}: {case['sql']}" for name, case in CASES]


@pytest.fixture(scope="module")
def met(served_sqlite: DemoProcess, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Gives the state folder of a portal by name, after the first contact."""

    @cache
    def state_of(portal: str) -> Path:
        served_sqlite.reset()
        state = tmp_path_factory.mktemp(portal)
        first_contact(served_sqlite, portal, state)
        return state

    return state_of


@pytest.mark.parametrize("case", [case for _, case in CASES], ids=IDS)
def test_documents(case: dict[str, Any], demo: DemoProcess, met: Callable[[str], Path]) -> None:
    """A query makes these documents travel, in this order, and no other (or this number of them), for so many rows."""
    asked = ask(demo, met(case.get("portal", "usual")), case)
    if "count" in case:
        assert len(asked.documents) == case["count"]
    else:
        assert asked.documents == [written_out(one) for one in case["documents"]]
    assert asked.rows == case["rows"]
