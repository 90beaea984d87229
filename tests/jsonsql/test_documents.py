"""Documents that people wrote: read, checked, brought into canonical form, which asks the same."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from iptvvtab.demo.engine import Engine
from iptvvtab.errors import DecodeError, NoForm
from iptvvtab.jsonsql import Document, Encoded, Features, canonical, encode, findings, read_document, to_sql
from iptvvtab.types import Json
from tests.demo.test_engine_any import CONDITIONS, FLAGS, MOMENTS, NUMBERS, ORDERS, SUMS, TEXTS, WORDS
from tests.jsonsql.portals import CASES, NAMES, in_any_order, rolled_back, statements, through_the_portal

FEATURES = Features(order_direction="list", ilike=True)


def documents() -> list[Any]:
    """What the vendor and others send, and what the demo's two stores answer alike."""
    found = []
    for path in (CASES / "vendor.yaml", CASES.parents[1] / "demo" / "cases" / "differential.yaml"):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            document = Document(case.get("method", "select"), case["params"])
            found.append(pytest.param(document, id=f"{path.stem}-{case['name'].replace(' ', '-')}"))
    return found


def table_of(document: Document) -> str:
    found = [document.params.get(key) for key in ("into", "table", "from")]
    return next((one for one in found if isinstance(one, str)), "package")


@pytest.mark.parametrize("document", documents())
def test_canonical(portal: Engine, document: Document) -> None:
    """The canonical form of a document asks the same, and is its own canonical form."""
    try:
        found = canonical(document, NAMES, FEATURES)
    except (DecodeError, NoForm):
        assert through_the_portal(portal, Encoded(document.method, document.params, ()))[0] == "refused"
        return
    again = canonical(Document(found.method, found.params), NAMES, FEATURES)
    assert again.params == found.params
    answers = []
    for one in (Encoded(document.method, document.params, ()), found):
        with rolled_back(portal, table_of(document)):
            answers.append(through_the_portal(portal, one))
    if "order_by" not in document.params:
        answers = [in_any_order(one) for one in answers]
    assert answers[1] == answers[0]


@pytest.mark.parametrize("sql", statements("selects.yaml") + statements("writes.yaml"))
def test_round_trip(sql: str) -> None:
    """SQL -> document -> SQL -> document ends with the same document."""
    found = encode(sql, NAMES, FEATURES)
    assert canonical(Document(found.method, found.params), NAMES, FEATURES).params == found.params


@settings(
    max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(where=CONDITIONS, order_by=ORDERS, extra=NUMBERS | SUMS | TEXTS | WORDS | FLAGS | MOMENTS)
def test_any_document(portal: Engine, where: Json, order_by: list[Json], extra: Json) -> None:
    """The canonical form of any document is its own, and the portal answers both alike."""
    params = {"data": [{"t": "id"}, extra], "from": [{"table": "subscriber", "as": "t"}], "where": where}
    params["order_by"] = [*order_by, [{"t": "id"}, "ASC"]]
    try:
        found = canonical(Document("select", params), NAMES, FEATURES)
    except (DecodeError, NoForm):
        return
    assert canonical(Document("select", found.params), NAMES, FEATURES).params == found.params
    expected = through_the_portal(portal, Encoded("select", params, ()))
    answer = through_the_portal(portal, found)
    assert answer[0] == expected[0]
    if answer[0] == "rows":
        assert answer == expected


FOUND = yaml.safe_load((CASES / "findings.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", [pytest.param(one, id=one["name"].replace(" ", "-")) for one in FOUND])
def test_findings(case: dict[str, Any]) -> None:
    """What is wrong stands with its place in the document, and with the name that may be meant."""
    found = findings(Document(case.get("method", "select"), case["params"]), NAMES, FEATURES)
    assert [[one.path, one.text, one.is_error] for one in found] == case["findings"]


@pytest.mark.parametrize(
    ("json", "expected"),
    [
        ({"method": "delete", "params": {"from": "user"}}, Document("delete", {"from": "user"})),
        ({"jsonrpc": "2.0", "id": 1, "method": "select", "params": {}}, Document("select", {})),
        ({"select": {"data": ["id"]}}, Document("select", {"data": ["id"]})),
        ({"data": ["id"], "from": "user"}, Document("select", {"data": ["id"], "from": "user"})),
        ({"values": [[1]]}, Document("select", {"values": [[1]]})),
        ({"into": "user", "values": {}}, Document("insert", {"into": "user", "values": {}})),
        ({"table": "user", "set": {}}, Document("update", {"table": "user", "set": {}})),
    ],
)
def test_reading(json: Json, expected: Document) -> None:
    """A document tells its method, and a delete says so."""
    assert read_document(json) == expected


def test_sql() -> None:
    """A document is shown as SQL for PostgreSQL, every name in quotes."""
    document = Document("select", {"data": ["id"], "from": "user", "where": {"eq": ["name", "id"]}})
    assert to_sql(document, NAMES, FEATURES) == 'SELECT "user"."id" FROM "user" WHERE "user"."name" = "user"."id"'
