"""What a query makes travel: the exact documents, in order, as the portal saw them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from iptvvtab.demo import DemoProcess
from tests.differential.sides import connect
from tests.vtab.documents import written_out

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "requests.yaml").read_text(encoding="utf-8"))
FLAT = [case for cases in CASES.values() for case in cases]
IDS = [f"{name}: {case['sql']}" for name, cases in CASES.items() for case in cases]
SETTINGS = {"source": "live", "first_page_rows": 10}


@pytest.fixture(scope="module")
def probed(served_sqlite: DemoProcess, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder that knows the portal's capabilities and has a session, so that only queries travel."""
    served_sqlite.reset()
    served_sqlite.set_switches("default")
    state = tmp_path_factory.mktemp("probed")
    connection = connect(served_sqlite, state)
    connection.execute("SELECT id FROM portal.subscriber WHERE username LIKE 'x'").fetchall()
    connection.close()
    return state


@pytest.fixture
def log(probed: Path, demo: DemoProcess) -> DemoProcess:
    """The portal with an empty log, after the first contact."""
    return demo


@pytest.mark.parametrize("case", FLAT, ids=IDS)
def test_documents(case: dict[str, Any], log: DemoProcess, probed: Path) -> None:
    """A query makes these documents travel, in this order, and no other (or this number of them)."""
    connection = connect(log, probed, **{**SETTINGS, **case.get("settings", {})})
    try:
        for sql in [case["sql"]] if isinstance(case["sql"], str) else case["sql"]:
            connection.execute(sql).fetchall()
    finally:
        connection.close()
    documents = [one["params"] for one in log.log().documents]
    if "count" in case:
        assert len(documents) == case["count"]
    else:
        assert documents == [written_out(one) for one in case["documents"]]
