"""Every fault of the wire ends in the right rows or in the error that docs/errors.md names; no write happens twice."""

from __future__ import annotations

import itertools
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from iptvvtab import errors
from iptvvtab.demo import DemoProcess, Fault
from iptvvtab.portal import Answer, Call, Client

from .conftest import CERTIFICATE, SUBSCRIBERS, ClientFor

CASES = Path(__file__).parent / "cases"
FAULTS = yaml.safe_load((CASES / "faults.yaml").read_text())
BATCHES = yaml.safe_load((CASES / "batches.yaml").read_text())
WAYS = yaml.safe_load((CASES / "ways.yaml").read_text())

_names = itertools.count(1)


def _each(cases: list[dict[str, Any]], *kinds: str) -> list[Any]:
    return [
        pytest.param(case, case[kind], id=f"{case['what']}, {kind}") for case in cases for kind in kinds if kind in case
    ]


def _check_outcome(error: BaseException | None, expected: dict[str, Any]) -> None:
    assert (type(error).__name__ if error else "success") == expected["outcome"], repr(error)
    if "says" in expected:
        assert expected["says"] in str(error)


def _caught(act: Any) -> BaseException | None:
    try:
        act()
    except errors.Error as error:
        return error
    return None


def _logged_in(client: Client, demo: DemoProcess, case: dict[str, Any], times: int | None) -> list[list[Any]]:
    """Log in, read the truth, and only then let things go wrong."""
    truth = client.call("select", SUBSCRIBERS, repeatable=True).result()
    demo.reset()
    if "switches" in case:
        demo.set_switches(**case["switches"])
    if "fault" in case:
        demo.faults(Fault.from_json({"times": times, **case["fault"]}))
    return truth


@pytest.mark.parametrize(("case", "expected"), _each(FAULTS, "once", "always"))
def test_read(case: dict[str, Any], expected: dict[str, Any], demo: DemoProcess, client_for: ClientFor) -> None:
    """A read meets a fault once, or every time, and ends as the case says."""
    client = client_for(demo, **case.get("settings", {}))
    truth = _logged_in(client, demo, case, 1 if expected is case.get("once") else None)
    rows: list[Any] = []
    started = time.monotonic()
    error = _caught(lambda: rows.extend(client.call("select", SUBSCRIBERS, repeatable=True).result()))
    assert time.monotonic() - started >= expected.get("at_least", 0)
    _check_outcome(error, expected)
    assert error or rows == truth
    assert demo.log().requests == expected["requests"]


@pytest.mark.parametrize(("case", "expected"), _each(FAULTS, "write"))
def test_write(case: dict[str, Any], expected: dict[str, Any], own_demo: DemoProcess, client_for: ClientFor) -> None:
    """A write meets a fault: it happens once, or not at all, or nobody knows, but it is never sent again after that."""
    client = client_for(own_demo, **case.get("settings", {}))
    name = f"written {next(_names)}"
    insert = {"into": "package", "columns": ["id", "name"], "values": [_new_id(client), name], "returning": "id"}
    _logged_in(client, own_demo, case, 1)
    started = time.monotonic()
    error = _caught(lambda: client.call("insert", insert).result())
    assert time.monotonic() - started >= expected.get("at_least", 0)
    _check_outcome(error, expected)
    if isinstance(error, errors.UnknownOutcome):
        assert "package" in str(error)
    log = own_demo.log()
    assert log.requests == expected["requests"]
    own_demo.reset()
    found = {"data": ["id"], "from": "package", "where": {"eq": ["name", name]}}
    assert len(client.call("select", found, repeatable=True).result()) == expected["rows"]


def _new_id(client: Client) -> int:
    highest = {"data": [{"function": "max", "args": "id"}], "from": "package"}
    return int(client.call("select", highest).result()[0][0]) + 1


@pytest.mark.parametrize(("case", "expected"), _each(BATCHES, "read", "write"))
def test_batch(case: dict[str, Any], expected: Any, demo: DemoProcess, client_for: ClientFor) -> None:
    """A batch's answers are matched by id; a call whose answer is missing or doubled has an error of its own."""
    client = client_for(demo)
    truth = _logged_in(client, demo, case, 1)
    calls = [Call("select", {**SUBSCRIBERS, "limit": limit}) for limit in (1, 2, 3)]
    is_read = expected is case["read"]
    answers: list[Any] = []
    error = _caught(lambda: answers.extend(client.batch(calls, repeatable=is_read)))
    if isinstance(expected, str):
        _check_outcome(error, {"outcome": expected})
        return
    assert error is None
    kinds = ["success" if isinstance(answer, Answer) else type(answer).__name__ for answer in answers]
    assert kinds == expected
    for limit, answer in enumerate(answers, 1):
        if isinstance(answer, Answer):
            assert answer.result() == truth[:limit]


@pytest.mark.usefixtures("no_names")
@pytest.mark.parametrize("repeatable", [True, False], ids=["read", "write"])
@pytest.mark.parametrize("case", WAYS, ids=lambda case: case["what"])
def test_way(
    case: dict[str, Any],
    repeatable: bool,
    demo: DemoProcess,
    tls_demo: DemoProcess,
    closed_port: int,
    client_for: ClientFor,
) -> None:
    """Where nothing could be sent, a read and a write end alike, and say what to do."""
    places = {
        "{closed}": str(closed_port),
        "{demo}": demo.url,
        "{demo_port}": demo.url.rpartition(":")[2],
        "{tls}": tls_demo.url,
        "{certificate}": str(CERTIFICATE),
    }

    def filled(text: Any) -> Any:
        for name, place in places.items():
            text = text.replace(name, place) if isinstance(text, str) else text
        return text

    overrides = {name: filled(case[name]) for name in ("api_url", "auth_url") if name in case}
    overrides |= {name: filled(value) for name, value in case.get("settings", {}).items()}
    client = client_for(demo, **overrides)
    error = _caught(lambda: client.call("select", SUBSCRIBERS, repeatable=repeatable).result())
    _check_outcome(error, case)
