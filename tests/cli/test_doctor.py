"""Doctor: a line for everything between here and the rows, and the exit code of the first failure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from iptvvtab.demo import DemoProcess, Fault, Kind

from .conftest import Ended, Run


def states(done: Ended) -> dict[str, str]:
    """State by name."""
    return {line["name"]: line["state"] for line in json.loads(done.out)}


def test_all_is_well(run: Run) -> None:
    """A portal that serves everything is ok, with its abilities ok or absent, and the exit code is 0."""
    done = run("doctor", "--json")
    found = states(done)
    assert done.code == 0
    for name in ("portal", "account", "schemas", "login", "clock", "latency", "batch", "table subscriber"):
        assert found[name] == "ok", name
    assert found["DNS 127.0.0.1"] == "ok"
    assert found["now"] == "absent"
    assert sum(name.startswith("table ") for name in found) == 19
    words = run("doctor").out
    assert "ok       login" in words
    assert "demo-only" not in words


@pytest.mark.parametrize("profile", ["bare", "full"])
def test_it_shows_what_a_portal_can_do(run: Run, demo: DemoProcess, profile: str) -> None:
    """What a portal cannot do is absent, not failed; tables are asked one by one where it takes no batches."""
    demo.set_switches(profile)
    done = run("doctor", "--json")
    found = states(done)
    assert done.code == 0
    assert found["batch"] == ("absent" if profile == "bare" else "ok")
    assert found["table user"] == "ok"


def test_it_probes_anew_and_stores(run: Run, demo: DemoProcess, tmp_path: Path) -> None:
    """A change of what the portal can do is seen by the next doctor and kept for other commands."""
    run("doctor")
    (file,) = (tmp_path / "state" / "capabilities").iterdir()
    assert json.loads(file.read_text())["capabilities"]["ilike"] is True
    demo.set_switches("default", ilike=False)
    run("doctor")
    assert json.loads(file.read_text())["capabilities"]["ilike"] is False


def test_a_closed_table_is_absent(run: Run, demo: DemoProcess) -> None:
    """A table that this account may not read, or that is not there, is told with advice and is no failure."""
    demo.faults(Fault(Kind.STATUS, table="user", status=403, times=None))
    done = run("doctor", "--json")
    line = next(line for line in json.loads(done.out) if line["name"] == "table user")
    assert (done.code, line["state"]) == (0, "absent")
    assert "may not read" in line["text"]


def test_a_wrong_password_ends_with_4(run: Run) -> None:
    """The login fails and nothing after it is tried."""
    done = run("doctor", "--json", IPTVPORTAL_PASSWORD="not-this-one")
    found = states(done)
    assert (done.code, found["login"]) == (4, "failed")
    assert "table subscriber" not in found
    assert "not-this-one" not in done.out + done.err


def test_an_unreachable_portal_ends_with_5(run: Run) -> None:
    """The network fails where it fails: the name, then the connection."""
    urls = {"IPTVPORTAL_API_URL": "http://127.0.0.1:1/jsonsql/", "IPTVPORTAL_AUTH_URL": "http://127.0.0.1:1/jsonrpc/"}
    done = run("doctor", "--json", "--max-retries", "0", **urls)
    found = states(done)
    assert (done.code, found["DNS 127.0.0.1"], found["TCP 127.0.0.1:1"]) == (5, "ok", "failed")
    urls = {name: url.replace("127.0.0.1", "nowhere.invalid") for name, url in urls.items()}
    done = run("doctor", "--json", "--max-retries", "0", **urls)
    assert (done.code, states(done)["DNS nowhere.invalid"]) == (5, "failed")


def test_no_portal_ends_with_2(run: Run, tmp_path: Path) -> None:
    """Without settings it says which; a broken schema file is told before anything travels."""
    done = run("doctor", "--json", IPTVPORTAL_API_URL="", IPTVPORTAL_AUTH_URL="")
    assert (done.code, states(done)["portal"]) == (2, "failed")
    (tmp_path / "broken.yaml").write_text("schemas: 5")
    done = run("doctor", "--json", "--schemas", "broken.yaml")
    assert (done.code, states(done)["schemas"]) == (3, "failed")


def test_verbose_tells_the_exchanges(run: Run) -> None:
    """With -v every exchange on the wire is told, without a secret in it."""
    done = run("-v", "doctor")
    assert "exchanged: " in done.err
    assert "authorize_user" in done.err
    assert "demo-only" not in done.err
