"""What of a document may be shown: nothing that stands beside a secret column, and all the rest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from iptvvtab.jsonsql import Features, encode, masked, tables_of
from iptvvtab.remote import names_of
from iptvvtab.schema import load_catalog

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases" / "masked.yaml").read_text("utf-8"))
SECRET = {"subscriber": ["password"]}
CATALOG = load_catalog(None)


def _params(case: dict[str, Any]) -> dict[str, Any]:
    if "document" in case:
        params: dict[str, Any] = case["document"]["params"]
        return params
    return encode(case["sql"], names_of(CATALOG, "portal"), Features()).params


@pytest.mark.parametrize("case", CASES, ids=[str(number) for number in range(len(CASES))])
def test_secrets_are_masked(case: dict[str, Any]) -> None:
    """The secret is gone, whatever form the statement has; other values and the tables stay."""
    params = _params(case)
    assert "s3cret" in json.dumps(params)
    shown = masked(params, SECRET)
    text = json.dumps(shown)
    assert "s3cret" not in text
    assert "***" in text
    assert all(json.dumps(value) in text for value in case.get("stays", ()))
    assert tables_of(shown) == tables_of(params)
    assert list(shown) == list(params)


def test_documents_without_secrets_are_shown_as_they_are() -> None:
    """Also those that name a table with one, but not the column."""
    params = _params({"sql": "SELECT id FROM subscriber WHERE username = 'password' AND id > 3"})
    assert masked(params, SECRET) == params
    params = _params({"sql": "SELECT name FROM package WHERE name = 'password'"})
    assert masked(params, SECRET) is params


def test_tables_that_a_document_names() -> None:
    """Once each, in the order they come, in subqueries too."""
    sql = (
        "SELECT s.id FROM subscriber s JOIN terminal t ON t.subscriber_id = s.id "
        "WHERE s.id IN (SELECT subscriber_id FROM subscriber_package) AND s.id > (SELECT min(id) FROM terminal)"
    )
    assert sorted(tables_of(_params({"sql": sql}))) == ["subscriber", "subscriber_package", "terminal"]
    assert tables_of({"data": ["id"], "from": "package"}) == ("package",)
    assert tables_of({"values": [["package"]]}) == ()
