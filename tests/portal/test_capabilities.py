"""What a portal can do is found out by asking, and only rows prove it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from iptvvtab import errors
from iptvvtab.demo import DemoProcess, Fault, Kind, start_demo
from iptvvtab.portal import (
    Candidate,
    Capabilities,
    Client,
    State,
    abilities,
    candidates,
    digesting,
    findings,
    load_capabilities,
    probe,
    store_capabilities,
)
from iptvvtab.portal.questions import is_bytewise
from iptvvtab.schema import load_catalog

from .conftest import ClientFor

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "capabilities.yaml").read_text())
DIGESTS = yaml.safe_load((Path(__file__).parent / "cases" / "digests.yaml").read_text())
CATALOG = load_catalog()


@pytest.fixture(scope="session")
def large_demo() -> Any:
    """A portal with enough rows to see a silent cut."""
    with start_demo(rows=500) as demo:
        yield demo


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["rule"])
def test_probe(case: dict[str, Any], store: str, request: pytest.FixtureRequest, client_for: ClientFor) -> None:
    """Each switch of the demo portal is seen for what it is, on both stores."""
    name = "large_demo" if case.get("is_large") else "demo" if store == "sqlite" else "demo_postgresql"
    demo: DemoProcess = request.getfixturevalue(name)
    demo.reset()
    demo.set_switches(case.get("profile", "default"), **case.get("switches", {}))
    seen = probe(client_for(demo), candidates(CATALOG))
    assert {name: getattr(seen, name) for name in case["seen"]} == case["seen"]


def test_probing_is_a_handful_of_requests(demo: DemoProcess, client_for: ClientFor) -> None:
    """One batch and some single calls."""
    client = client_for(demo)
    client.login()
    demo.reset()
    probe(client, candidates(CATALOG))
    log = demo.log()
    assert log.requests <= 7
    assert sum(entry["is_batch"] for entry in log.entries) == 2


def test_what_was_seen_is_kept_until_asked_anew(demo: DemoProcess, client_for: ClientFor) -> None:
    """Per portal; another process asks nothing; `anew` asks again."""
    client = client_for(demo)
    seen = abilities(client, CATALOG)
    assert load_capabilities(client.settings) == seen
    demo.reset()
    assert abilities(client_for(demo), CATALOG) == seen
    assert demo.log().requests == 0
    demo.set_switches("default", ilike=False)
    assert abilities(client, CATALOG, anew=True).ilike is False
    again = load_capabilities(client.settings)
    assert again is not None
    assert again.ilike is False


def test_a_stored_file_that_makes_no_sense_is_asked_anew(demo: DemoProcess, client_for: ClientFor) -> None:
    """Torn, of another format, or of something else."""
    client = client_for(demo)
    store_capabilities(client.settings, Capabilities(batch=True))
    [file] = (client.settings.state_folder / "capabilities").iterdir()
    for content in (b"{", b"[]", b'{"format": 99, "capabilities": {}}', b'{"format": 1}'):
        file.write_bytes(content)
        assert load_capabilities(client.settings) is None


def test_a_table_that_may_not_be_read_is_passed_over(demo: DemoProcess, client_for: ClientFor) -> None:
    """The next one is asked about."""
    demo.faults(Fault(Kind.ERROR_OBJECT, table="subscriber", message="403", times=None))
    assert probe(client_for(demo), candidates(CATALOG)).ilike is True


def test_a_portal_of_which_nothing_may_be_read_is_asked_again_next_time(
    demo: DemoProcess, client_for: ClientFor
) -> None:
    """Nothing is known, nothing is kept, nothing is promised."""
    demo.faults(Fault(Kind.ERROR_OBJECT, message="403", times=None))
    client = client_for(demo)
    assert not abilities(client, CATALOG).is_probed
    assert load_capabilities(client.settings) is None


def test_a_network_that_fails_is_no_absent_feature(demo: DemoProcess, client_for: ClientFor) -> None:
    """The error is raised: nothing was learned of the portal."""
    client = client_for(demo, max_retries=0)
    client.login()
    demo.faults(Fault(Kind.RESET_BEFORE, skip=1, times=None))
    with pytest.raises(errors.Unreachable):
        probe(client, candidates(CATALOG))


def test_a_portal_that_falls_over_a_form_does_not_know_it(demo: DemoProcess, client_for: ClientFor) -> None:
    """Status 500 is how some say no; 503 is not about the form, and is raised."""
    client = client_for(demo, max_retries=0)
    client.login()
    demo.faults(Fault(Kind.STATUS, status=500, skip=1))
    assert probe(client, candidates(CATALOG)).batch is False
    demo.faults(Fault(Kind.STATUS, status=503, skip=1))
    with pytest.raises(errors.ServerFailed):
        probe(client, candidates(CATALOG))


def test_rows_of_another_width_tell_nothing(demo: DemoProcess, client_for: ClientFor) -> None:
    """A portal that answers other rows than were asked for is asked again next time."""
    demo.faults(Fault(Kind.WRONG_WIDTH, times=None, method="select"))
    assert not probe(client_for(demo), candidates(CATALOG)).is_probed


def test_a_batch_that_is_not_whole_counts_as_none(demo: DemoProcess, client_for: ClientFor) -> None:
    """Its questions are asked one by one."""
    client: Client = client_for(demo)
    client.login()
    demo.faults(Fault(Kind.BATCH_MISSING, skip=1, times=None))
    seen = probe(client, candidates(CATALOG))
    assert (seen.batch, seen.ilike, seen.order_direction) == (False, True, "list")


@pytest.mark.parametrize("case", DIGESTS, ids=lambda case: case["rule"])
@pytest.mark.parametrize("store", ["demo", "demo_postgresql"])
def test_what_digesting_sees(
    request: pytest.FixtureRequest, client_for: ClientFor, store: str, case: dict[str, Any]
) -> None:
    """How rows are hashed and hashes added up, in two requests; what is less than the best is not kept."""
    portal: DemoProcess = request.getfixturevalue(store)
    portal.set_switches(case["profile"], **case.get("switches", {}))
    client = client_for(portal)
    known = abilities(client, CATALOG)
    portal.reset()
    seen = digesting(client, CATALOG, known)
    assert (seen.digest, seen.digest_groups, seen.digest_ranges, seen.key_totals) == tuple(case["seen"])
    if known.batch:
        assert portal.log().requests == 2
    stored = load_capabilities(client.settings)
    assert stored == (seen if seen.digest_groups != "none" else known)


@pytest.mark.parametrize("kind", [Kind.NO_ROWS, Kind.FEW_ROWS, Kind.ROWS_TWICE, Kind.ROWS_REVERSED, Kind.WRONG_WIDTH])
@pytest.mark.parametrize("skip", [0, 1])
def test_what_digesting_does_not_see(demo: DemoProcess, client_for: ClientFor, kind: Kind, skip: int) -> None:
    """Answers that do not fit together prove nothing of hashes, and nothing of that is kept."""
    demo.set_switches("full")
    client = client_for(demo)
    known = abilities(client, CATALOG)
    demo.faults(Fault(kind, skip=skip, times=None))
    assert digesting(client, CATALOG, known).digest in (None, "none")
    assert load_capabilities(client.settings) == known


def test_candidates_have_an_integer_key_and_a_text_that_is_no_secret() -> None:
    """The tables that portals were seen to have come first."""
    found = candidates(CATALOG)
    assert found[0] == Candidate("subscriber", "id", "username", "email")
    assert "password" not in {name for one in found for name in (one.text, one.optional)}
    assert "subscriber_package" not in {one.table for one in found}, "a key of two columns"


@pytest.mark.parametrize(
    ("texts", "is_proven"),
    [
        (["B", "a"], True),
        (["a", "B"], False),
        (["a", "b"], None),
        (["Ж", "а"], True),
        ([], None),
        ([None, "B", "a"], True),
    ],
)
def test_bytewise_order_must_be_proven(texts: list[str], is_proven: bool | None) -> None:
    """Texts that every order sorts alike prove nothing."""
    assert is_bytewise([[text] for text in texts]) is is_proven


def test_findings_have_a_line_for_everything() -> None:
    """ok, absent or unknown, with what its absence costs."""
    lines = {one.name: one for one in findings(Capabilities(batch=True, ilike=False, longest_in=200, row_cap=1000))}
    assert lines["batch"].state is State.OK
    assert (lines["ilike"].state, lines["ilike"].advice) == (
        State.ABSENT,
        "LIKE is compared here: more rows travel",
    )
    assert lines["now"].state is State.UNKNOWN
    assert "200" in lines["longest_in"].text
    assert "1000" in lines["row_cap"].text
    assert all(one.text for one in lines.values())
