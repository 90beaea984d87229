"""Documents as SQL, and the refusal of what has no evidence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from iptvvtab.errors import DecodeError
from iptvvtab.jsonsql import EVIDENT_FUNCTIONS, Features, decode, read_document, render

CASES = Path(__file__).parent / "cases"
TABLES = {
    "subscriber": ("id", "username", "password"),
    "terminal": ("id", "subscriber_id", "mac_addr"),
    "user": ("id", "name"),
}


def load(name: str) -> list[Any]:
    cases = yaml.safe_load((CASES / name).read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["name"]) for case in cases]


@pytest.mark.parametrize("case", load("decode.yaml"))
def test_meaning(case: dict[str, Any]) -> None:
    """A document means exactly one statement."""
    features = Features(**case.get("features", {}))
    if "message" in case:
        with pytest.raises(DecodeError, match=case["message"].replace("?", r"\?")):
            decode(case.get("method", "select"), case["params"], TABLES, features)
        return
    tree = decode(case.get("method", "select"), case["params"], TABLES, features)
    assert render(tree, "postgres") == case["sql"]


def refused(case: dict[str, Any]) -> None:
    """Read a document that is none."""
    if "document" in case:
        read_document(case["document"])
    else:
        decode(case["method"], case["params"], TABLES, Features(**case.get("features", {})))


@pytest.mark.parametrize("case", load("refusals.yaml"))
def test_refusal(case: dict[str, Any]) -> None:
    """A refusal says where in the document and why."""
    with pytest.raises(DecodeError) as caught:
        refused(case)
    assert (caught.value.path, caught.value.reason) == (case["path"], case["reason"])
    assert str(caught.value) == f"{case['reason']} (at {case['path']})"


def test_functions_are_a_closed_list() -> None:
    """Nothing but the functions of a portal reaches its database."""
    assert sorted(EVIDENT_FUNCTIONS) == ["avg", "count", "date", "max", "min", "regexp_replace", "sum"]


def test_building_needs_no_sqlglot() -> None:
    """Who only builds documents does not pay for the decoder."""
    code = "import sys, iptvvtab.jsonsql as j; j.select('t', ['id']); sys.exit('sqlglot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
