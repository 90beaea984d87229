"""What a portal may answer in the midst of a verification: what is published is how the portal is, or nothing is."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest

from iptvvtab.demo import DemoProcess, Fault, Kind
from iptvvtab.mirror import Mirror
from tests.mirror.conftest import MirrorFor
from tests.mirror.things import SWITCHES, Rows, held, put, rows, schemas

BY_HASHES = [name for name in SWITCHES if name != "rows"]
ROWS, PAGE = 1500, 400
CHANGED, GONE, NEW = range(700, 740), range(200, 230), range(1501, 1531)
"""So many that no lie about them is within what may be written meanwhile (docs/mirror.md)."""

LIES = (Kind.NO_ROWS, Kind.FEW_ROWS, Kind.ROWS_TWICE, Kind.ROWS_REVERSED, Kind.ERROR_OBJECT)
OTHERS = (
    Kind.ERROR_TEXT, Kind.WRONG_WIDTH, Kind.WRONG_ID, Kind.NO_RESULT, Kind.BATCH_REVERSED, Kind.BATCH_DUPLICATED,
    Kind.BATCH_MISSING, Kind.HTML, Kind.EMPTY, Kind.TRUNCATED, Kind.TORN_GZIP, Kind.RESET_BEFORE, Kind.SHORT_BODY,
    Kind.UNAUTHORIZED, Kind.STATUS,
)  # fmt: skip
OF_BATCHES = {Kind.BATCH_REVERSED, Kind.BATCH_DUPLICATED, Kind.BATCH_MISSING}
QUICK, LONG = {("groups", LIES)}, [pytest.mark.long, pytest.mark.timeout(900)]


def after(before: Rows) -> Rows:
    """Rows changed, gone and new."""
    found = {key: row for key, row in before.items() if key not in GONE}
    found |= {key: ["changed", *before[key][1:]] for key in CHANGED}
    return found | {key: ["new", None, key, False, None] for key in NEW}


def generation(mirror: Mirror) -> int:
    """How often the table was published."""
    (found,) = [one.published for one in mirror.status() if one.table == "thing"]
    assert found is not None
    return found.generation


CASES = [
    pytest.param(name, kinds, id=f"{name}-{of}", marks=[] if (name, kinds) in QUICK else LONG)
    for name in BY_HASHES
    for of, kinds in (("lies", LIES), ("others", OTHERS))
]


@pytest.mark.parametrize(("name", "kinds"), CASES)
def test_a_lie_is_not_published(
    own_demo: DemoProcess, mirror_for: MirrorFor, tmp_path: Path, name: str, kinds: tuple[Kind, ...]
) -> None:
    """Whichever answer is spoiled, or all: the sync fails and the old rows stay, or they are as the portal has them."""
    own_demo.set_switches("full", **SWITCHES[name])
    mirror = mirror_for(own_demo, schemas=schemas(tmp_path), page_rows=PAGE)
    before = rows(ROWS)
    changed = after(before)

    def begin() -> None:
        put(own_demo, before)
        assert mirror.sync("thing", 0).outcome == "published"
        put(own_demo, changed)

    begin()
    own_demo.reset()
    assert mirror.sync("thing", 0).outcome == "published"
    faults: list[dict[str, Any]] = [*({"skip": skip} for skip in range(own_demo.log().requests)), {"times": None}]
    begin()
    for kind, fault in product(kinds, faults):
        known = generation(mirror)
        own_demo.faults(Fault(kind, **fault))
        done = mirror.sync("thing", 0)
        own_demo.faults()
        assert done.outcome == ("failed" if done.error else "published")
        assert held(mirror.path, is_clean=not done.error) == (before if done.error else changed), (kind, fault, done)
        assert generation(mirror) == known + (not done.error)
        assert done.error or "times" not in fault or kind in OF_BATCHES, (kind, done)
        if not done.error:
            begin()
