"""What a verification costs, as the portal saw it: a few requests, and a small share of what all rows would be."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from iptvvtab.demo import DemoProcess, start_demo
from iptvvtab.mirror import Mirror, Synced
from iptvvtab.portal import Client
from tests.conftest import SettingsFor
from tests.mirror.conftest import MirrorFor
from tests.mirror.things import held, plain, put, rows, schemas

MOST_REQUESTS = 6
CHANGED_SHARE, SAME_SHARE = 0.03, 0.001
"""Shares of a full read's bytes: where 100 rows of 200,000 changed, and where none did."""
ONE_QUESTION = 2500
"""Bytes of one question and its short answer: of a table of this size that is all, and no small share of its rows."""


@dataclass(frozen=True)
class Log:
    """What a portal saw of a sync, logins left out: requests and bytes of bodies, both ways."""

    done: Synced
    requests: int
    bytes: int


def logged(demo: DemoProcess, mirror: Mirror, table: str, strategy: str) -> Log:
    """Sync a table and look at the portal's log, with which the sync's own figures must agree."""
    demo.reset()
    done = mirror.sync(table, 0, strategy=strategy)
    assert (done.outcome, done.error) == ("published", None)
    entries: list[dict[str, Any]] = list(demo.log().entries)
    found = Log(done, len(entries), sum(one["bytes_in"] + one["bytes_out"] for one in entries))
    assert (found.requests, found.bytes) == (done.requests, done.bytes)
    return found


def full_read(demo: DemoProcess, mirror: Mirror, table: str) -> Log:
    """Log a full read without hashes, after what the portal can do was asked: that is not of this count."""
    assert mirror.sync("package", 0, strategy="verify").outcome == "published"
    return logged(demo, mirror, table, "full")


def test_a_table_of_some_size(own_demo: DemoProcess, mirror_for: MirrorFor, tmp_path: Path) -> None:
    """20,000 rows of which 10 changed, then none, then 1,000 new ones side by side."""
    own_demo.set_switches("full")
    mirror = mirror_for(own_demo, schemas=schemas(tmp_path, "full"), page_rows=20_000, first_page_rows=1000)
    served = rows(20_000)
    put(own_demo, served)
    assert mirror.sync("package", 0, strategy="verify").outcome == "published"
    assert logged(own_demo, mirror, "thing", "verify").done.rung == "rows"
    chance = random.Random(1)
    for number in chance.sample(sorted(served), 10):
        served[number] = ["changed", *served[number][1:]]
    put(own_demo, served)
    some = logged(own_demo, mirror, "thing", "verify")
    assert (some.done.rung, some.done.rows) == ("groups", 10)
    assert some.requests <= MOST_REQUESTS
    assert some.bytes <= some.requests * ONE_QUESTION
    none = logged(own_demo, mirror, "thing", "verify")
    assert (none.done.rows, none.requests) == (0, 1)
    assert none.bytes <= ONE_QUESTION
    served |= {number: plain(number) for number in range(20_001, 21_001)}
    put(own_demo, served)
    new = logged(own_demo, mirror, "thing", "verify")
    assert (new.done.rung, new.done.rows) == ("groups", 1000)
    assert new.requests <= MOST_REQUESTS
    assert held(mirror.path) == served


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_a_large_table(mirror_for: MirrorFor, settings_for: SettingsFor, store: Any) -> None:
    """200,000 rows of which 100 changed here and there: <= 6 requests, <= 3 % of the bytes; of which none: <= 0.1 %."""
    with start_demo(rows=40_000, store=store, switches="full") as demo:
        mirror = mirror_for(demo, page_rows=20_000, first_page_rows=1000, timeout=120)
        whole = full_read(demo, mirror, "tv_program")
        first = logged(demo, mirror, "tv_program", "verify")
        assert (first.done.rung, first.done.rows) == ("rows", 200_000)
        none = logged(demo, mirror, "tv_program", "verify")
        assert (none.done.rows, none.requests) == (0, 1)
        assert none.bytes <= SAME_SHARE * whole.bytes
        keys = random.Random(1).sample(range(1, 199_000), 100)
        change = {"in": [{"tv_program": "id"}, *keys]}
        with Client(settings_for(demo)) as client:
            client.call("update", {"table": "tv_program", "set": {"title": "changed"}, "where": change})
        some = logged(demo, mirror, "tv_program", "verify")
        assert (some.done.rung, some.done.rows) == ("groups", 100)
        assert some.requests <= MOST_REQUESTS
        assert some.bytes <= CHANGED_SHARE * whole.bytes
        compared = mirror.verify("tv_program", is_full=True).found
        assert compared is not None
        assert (compared.changed, compared.new, compared.gone) == (0, 0, 0)
