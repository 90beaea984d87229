"""Which conditions are none: they leave no row out by what they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from iptvvtab.jsonsql import Document, Features, decode, encode, every_row_of, read_document
from iptvvtab.jsonsql.narrowing import meets
from iptvvtab.remote import names_of
from iptvvtab.schema import load_catalog

CASES: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent / "cases" / "narrowing.yaml").read_text("utf-8"))
NAMES = names_of(load_catalog(None), "portal")
FEATURES = Features(ilike=True)


@pytest.mark.parametrize(
    ("expected", "condition"),
    [pytest.param(kind, one, id=f"{kind}-{one}") for kind, listed in CASES.items() for one in listed],
)
def test_conditions(expected: str, condition: str) -> None:
    """Of a DELETE and of an UPDATE, as their documents say them."""
    for sql, table in (
        (f"DELETE FROM subscriber WHERE {condition}", "subscriber"),
        (f"UPDATE subscriber SET disabled = true WHERE {condition}", "subscriber"),
    ):
        found = encode(sql, NAMES, FEATURES)
        tree = decode(found.method, found.params, NAMES.remote_columns, FEATURES)
        assert meets(tree.args["where"].this).value == expected
        document = Document(found.method, found.params)
        assert every_row_of(document, NAMES, FEATURES) == (table if expected == "every" else None)


@pytest.mark.parametrize(
    ("where", "is_every"),
    [
        ({"eq": ["id", {"subscriber": "id"}]}, True),
        ({"eq": ["id", "id"]}, True),
        ({"eq": [1, "1"]}, True),
        ({"or": [{"eq": ["username", "a"]}, {"is_not": [{"eq": [1, 1]}, False]}]}, True),
        ({"in": [5, {"values": [[5]]}]}, True),
        ({"eq": ["id", 3]}, False),
        ({"in": ["id", {"values": [[5]]}]}, False),
        ({"and": [{"eq": ["id", "id"]}, "disabled"]}, False),
    ],
)
def test_documents_that_people_wrote(where: Any, is_every: bool) -> None:
    """Bare names are columns there."""
    document = read_document({"delete": {"from": "subscriber", "where": where}})
    assert every_row_of(document, NAMES, FEATURES) == ("subscriber" if is_every else None)
