"""Verification: whatever changed on the portal is found and repaired, by little, and nothing is published unproven."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from iptvvtab.demo import DemoProcess
from iptvvtab.mirror import Mirror
from tests.mirror.conftest import MirrorFor
from tests.mirror.things import SWITCHES, Rows, held, put, rows, rung, schemas

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases" / "verify.yaml").read_text())
ROWS, APART = 40, 1000


@pytest.fixture(params=["sqlite", "postgresql"])
def portal(request: pytest.FixtureRequest) -> DemoProcess:
    """A portal on each of the demo's stores."""
    fixture = {"sqlite": "demo", "postgresql": "demo_postgresql"}[request.param]
    return request.getfixturevalue(fixture)  # type: ignore[no-any-return]


def verified(mirror: Mirror) -> Any:
    """What a verifying sync came to, which must be well."""
    done = mirror.sync("thing", 0, strategy="verify")
    assert (done.outcome, done.error) == ("published", None)
    return done


def histories() -> tuple[Rows, Rows]:
    """The rows of all cases, before and after."""
    before: Rows = {}
    after: Rows = {}
    for number, case in enumerate(CASES):
        served = rows(ROWS, case.get("before"))
        changed = {**served, **(case.get("after") or {})}
        before |= {key + APART * number: row for key, row in served.items()}
        after |= {key + APART * number: row for key, row in changed.items() if row is not None}
    return before, after


def found(mirror: Mirror, *, is_full: bool = False) -> tuple[Any, ...]:
    """What comparing came to."""
    done = mirror.verify("thing", is_full=is_full)
    assert done.found is not None, done.error
    return done.found.rung, done.found.changed, done.found.new, done.found.gone


CHANGED, NEW, GONE = (sum(case[kind] for case in CASES) for kind in ("changed", "new", "gone"))


@pytest.mark.parametrize("name", SWITCHES)
def test_every_kind_of_change(portal: DemoProcess, mirror_for: MirrorFor, tmp_path: Path, name: str) -> None:
    """`verify` tells it and changes nothing; `sync --verify` repairs it; then nothing differs. By every rung."""
    portal.set_switches("full", **SWITCHES[name])
    mirror = mirror_for(portal, schemas=schemas(tmp_path), page_rows=500)
    before, after = histories()
    put(portal, before)
    assert verified(mirror).rung == "rows"
    assert held(mirror.path) == before
    put(portal, after)
    assert found(mirror, is_full=name == "rows") == (rung(name), CHANGED, NEW, GONE)
    assert held(mirror.path) == before, "nothing is changed"
    assert verified(mirror).rung == rung(name)
    assert held(mirror.path) == after
    assert found(mirror, is_full=name == "rows") == (rung(name), 0, 0, 0)


@pytest.mark.parametrize(("name", "count"), [("totals", True), ("keys", False)])
def test_what_cannot_see_values(
    portal: DemoProcess, mirror_for: MirrorFor, tmp_path: Path, name: str, *, count: bool
) -> None:
    """Without hashes `verify` finds rows that came or went; a value that changed is not seen, nor said to be seen.

    A sync does not go by that.
    """
    portal.set_switches("default", count=count)
    mirror = mirror_for(portal, schemas=schemas(tmp_path), page_rows=500)
    before, after = histories()
    put(portal, before)
    assert verified(mirror).rung == "rows"
    assert found(mirror) == (name, None, 0, 0)
    put(portal, {key: after.get(key, row) for key, row in before.items()})  # no row came or went
    assert found(mirror) == (name, None, 0, 0)
    put(portal, after)
    assert found(mirror) == ("keys", None, NEW, GONE)
    assert found(mirror, is_full=True) == ("rows", CHANGED, NEW, GONE)
    assert verified(mirror).rung == "rows"
    assert held(mirror.path) == after
