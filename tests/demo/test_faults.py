"""Which request a fault strikes, and what it does to an answer: pure."""

from __future__ import annotations

import pytest

from iptvvtab.demo import Fault, Kind
from iptvvtab.demo.faults import Scenario, spoil_body, spoil_envelopes

SELECT = [("select", "subscriber")]
LOGIN = [("authorize_user", None)]


def _struck(scenario: Scenario, requests: list[list[tuple[str, str | None]]]) -> list[Kind | None]:
    struck = []
    for one in requests:
        scenario, fault = scenario.next(one)
        struck.append(fault.kind if fault else None)
    return struck


def test_it_lets_some_pass_and_strikes_some() -> None:
    """`skip`, then `times`."""
    scenario = Scenario.of([Fault(Kind.HTML, skip=1, times=2)])
    assert _struck(scenario, [SELECT] * 5) == [None, Kind.HTML, Kind.HTML, None, None]


def test_without_an_end_it_strikes_all() -> None:
    """`times` None."""
    assert _struck(Scenario.of([Fault(Kind.HTML, times=None)]), [SELECT] * 3) == [Kind.HTML] * 3


def test_it_waits_for_its_table_and_method() -> None:
    """Other requests neither meet it nor count."""
    scenario = Scenario.of([Fault(Kind.HTML, table="terminal"), Fault(Kind.EMPTY, method="insert")])
    requests = [SELECT, [("select", "terminal")], [("select", "terminal")], [("insert", "package")]]
    assert _struck(scenario, requests) == [None, Kind.HTML, None, Kind.EMPTY]


def test_logins_are_left_alone_unless_named() -> None:
    """A fault of calls must not keep anybody from logging in."""
    assert _struck(Scenario.of([Fault(Kind.HTML)]), [LOGIN, SELECT]) == [None, Kind.HTML]
    assert _struck(Scenario.of([Fault(Kind.HTML, method="authorize_user")]), [SELECT, LOGIN]) == [None, Kind.HTML]


def test_the_first_that_strikes_wins_and_all_count() -> None:
    """Two faults, one after the other."""
    scenario = Scenario.of([Fault(Kind.HTML), Fault(Kind.EMPTY, skip=1)])
    assert _struck(scenario, [SELECT] * 3) == [Kind.HTML, Kind.EMPTY, None]


def test_a_fault_travels_as_json() -> None:
    """And back; what does not exist is named."""
    fault = Fault(Kind.STATUS, status=429, retry_after=1.5, table="media")
    assert Fault.from_json(fault.to_json()) == fault
    with pytest.raises(ValueError, match="tabel"):
        Fault.from_json({"kind": "html", "tabel": "media"})
    with pytest.raises(ValueError, match="'htlm'"):
        Fault.from_json({"kind": "htlm"})


def test_envelopes_are_spoiled() -> None:
    """One value less, another id, nothing, another order, twice, missing."""
    two = [{"id": 1, "result": [[1, 2], [3, 4]]}, {"id": 2, "result": []}]
    assert spoil_envelopes(Kind.WRONG_WIDTH, two)[0]["result"] == [[1], [3]]
    assert {one["id"] for one in spoil_envelopes(Kind.WRONG_ID, two)} == {1_000_000_007}
    assert "result" not in spoil_envelopes(Kind.NO_RESULT, two)[0]
    assert [one["id"] for one in spoil_envelopes(Kind.BATCH_REVERSED, two)] == [2, 1]
    assert [one["id"] for one in spoil_envelopes(Kind.BATCH_DUPLICATED, two)] == [1, 2, 1]
    assert [one["id"] for one in spoil_envelopes(Kind.BATCH_MISSING, two)] == [1]
    assert spoil_envelopes(Kind.HTML, two) == two


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Kind.NO_ROWS, []),
        (Kind.FEW_ROWS, [[98], [99], [100]]),
        (Kind.ROWS_TWICE, [[n] for n in range(1, 101) for _ in range(2)]),
        (Kind.ROWS_REVERSED, [[n] for n in range(100, 0, -1)]),
    ],
)
def test_rows_are_spoiled(kind: Kind, expected: list[list[int]]) -> None:
    """None, 3 %, each twice, backwards; a count, an error and a login are left as they are."""
    rows = {"id": 1, "result": [[n] for n in range(1, 101)]}
    others = [{"id": 2, "result": [[100]]}, {"id": 3, "error": {"message": "no"}}, {"id": 4, "result": {"user_id": 1}}]
    assert spoil_envelopes(kind, [rows, *others]) == [{**rows, "result": expected}, *others]


def test_bodies_are_spoiled() -> None:
    """A page, nothing, half."""
    assert spoil_body(Kind.HTML, b"{}").startswith(b"<!DOCTYPE html>")
    assert spoil_body(Kind.EMPTY, b"{}") == b""
    assert spoil_body(Kind.TRUNCATED, b"0123456789") == b"01234"
    assert spoil_body(Kind.SLOW, b"{}") == b"{}"
