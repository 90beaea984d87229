"""The format and its values, as the documentation and the reference implementation have them."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import apsw
import pytest
import yaml

from iptvvtab.schema import load_catalog
from tests.sqllogictest.run import DATABASE
from tests.sqllogictest.scratch import Scratch
from tests.sqllogictest.script import Malformed, applies, parse
from tests.sqllogictest.served import serve
from tests.sqllogictest.values import WrongWidth, agrees, hashed, laid_out, shown

CASES = Path(__file__).parent / "cases"
_plain = apsw.Connection(":memory:")


def cases(name: str) -> list[Any]:
    """Every case of a file as a parameter, named by its rule."""
    held = yaml.safe_load((CASES / name).read_text(encoding="utf-8"))
    return [pytest.param(case, id=f"{rule} {n}") for rule, found in held.items() for n, case in enumerate(found)]


@pytest.mark.parametrize("case", cases("script.yaml"))
def test_records(case: dict[str, Any]) -> None:
    """A text is these records, each at its line, or an error that says where it is none."""
    if "error" in case:
        with pytest.raises(Malformed) as caught:
            parse(case["text"], "f.test")
        assert str(caught.value) == case["error"]
        return
    records = parse(case["text"], "f.test")
    assert [(type(one).__name__, one.line) for one in records] == [(kind, line) for kind, line, _ in case["records"]]
    for record, (_, _, told) in zip(records, case["records"], strict=True):
        said = asdict(record) | {"applies": applies(record, DATABASE)}
        assert {name: list(said[name]) if isinstance(said[name], tuple) else said[name] for name in told} == told


@pytest.mark.parametrize("case", cases("values.yaml"))
def test_values(case: tuple[str, str, str]) -> None:
    """A value is written so."""
    sql, kind, text = case
    assert shown(_plain.execute(f"SELECT {sql}").get, kind) == text


@pytest.mark.parametrize("case", cases("results.yaml"))
def test_results(case: dict[str, Any]) -> None:
    """Rows are laid out so, and agree with what says the same."""
    rows = [tuple(row) for row in case["rows"]]
    if "error" in case:
        with pytest.raises(WrongWidth, match=case["error"]):
            laid_out(rows, case["types"], case["sort"])
        return
    values = laid_out(rows, case["types"], case["sort"])
    assert values == case["values"]
    assert agrees([hashed(values)], values)
    assert all(agrees(expected, values) for expected in case.get("agrees", []))
    assert not any(agrees(expected, values) for expected in case.get("differs", []))


@pytest.mark.parametrize("case", cases("tables.yaml"))
def test_tables(case: dict[str, Any]) -> None:
    """A plain table is served so."""
    with Scratch() as scratch:
        assert scratch.run(case["sql"]).error is None
        ((declared, rows),) = scratch.tables()
    served = serve(declared, rows, load_catalog())
    told = {
        "types": {field["name"]: field["type"] for field in served.entry["fields"].values()},
        "key": list(served.table.key),
        "unfit": served.unfit,
        "sent": served.rows,
    }
    if case.get("unfit"):
        told["unfit"] = {name: why for name, why in served.unfit.items() if name in case["unfit"]}
    wanted = {name: told[name] for name in case if name != "sql"}
    assert wanted == {name: value for name, value in case.items() if name != "sql"}
