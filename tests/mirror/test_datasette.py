"""Datasette in a process of its own while a table is synced anew and anew: every page is there, and none is torn."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from iptvvtab.demo import DemoProcess
from tests.mirror.conftest import MirrorFor
from tests.mirror.moving import ROWS, options, put
from tests.serving import Server, serving

HTML = (
    "/",
    "/portal",
    "/portal/terminal",
    "/portal/terminal/1",
    "/portal/terminal?_facet=mac_addr&_sort=id",
    "/portal/terminal?mac_addr__startswith=v&_size=20",
    "/portal?sql=SELECT+mac_addr,+count(*)+FROM+terminal+GROUP+BY+1",
)
WHOLE = "/portal/terminal.json?_shape=array&_size=max"
GROUPED = "/portal.json?sql=SELECT+mac_addr,+count(*)+FROM+terminal+GROUP+BY+1"
LISTED = "/portal/terminal.csv?_size=max"

PAGES_BETWEEN = 1
"""Pages that each visitor sees between two syncs, at least; those that a sync takes come on top."""
PATIENCE = 30.0


@dataclass
class Seen:
    """What one visitor saw: answers by status, versions, torn tables."""

    statuses: Counter[int] = field(default_factory=Counter)
    versions: set[str] = field(default_factory=set)
    torn: list[Any] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def page(self, server: Server, path: str) -> str:
        """Visit a page."""
        answer = server.get(path)
        self.statuses[answer.status_code] += 1
        if answer.status_code != 200:
            self.failed.append(f"{path}: {answer.status_code}: {_error(answer.text)}")
        return answer.text

    def note(self, versions: Counter[str]) -> None:
        """Note the versions of a whole table's rows: there must be one, with all rows."""
        self.versions |= set(versions)
        if list(versions.values()) != [ROWS]:
            self.torn.append(dict(versions))


def visit(server: Server, over: threading.Event, seen: Seen) -> None:
    """Look at all pages, again and again."""
    try:
        while not over.is_set():
            for path in HTML:
                seen.page(server, path)
            seen.note(Counter(row["mac_addr"] for row in json.loads(seen.page(server, WHOLE))))
            seen.note(Counter(dict(json.loads(seen.page(server, GROUPED))["rows"])))
            seen.note(Counter(line.split(",")[3] for line in seen.page(server, LISTED).splitlines()[1:]))
    except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
        seen.failed.append(repr(error))


def _error(page: str) -> str:
    """What a page says of its error, if it says it where Datasette does."""
    _, _, said = page.partition('<section class="content">')
    return said.partition("</section>")[0] or page[-2000:]


@contextmanager
def visitors(server: Server, number: int) -> Iterator[list[Seen]]:
    """Several at once."""
    over, all_seen = threading.Event(), [Seen() for _ in range(number)]
    threads = [threading.Thread(target=visit, args=(server, over, seen)) for seen in all_seen]
    for thread in threads:
        thread.start()
    try:
        yield all_seen
    finally:
        over.set()
        for thread in threads:
            thread.join()


def wait(all_seen: list[Seen], pages: int) -> None:
    """Let each visitor see some pages, unless it failed."""
    targets = [seen.statuses.total() + pages for seen in all_seen]
    end = time.monotonic() + PATIENCE
    while any(not one.failed and one.statuses.total() < target for one, target in zip(all_seen, targets, strict=True)):
        assert time.monotonic() < end, "pages do not come"
        time.sleep(0.005)


@pytest.mark.parametrize(
    ("syncs", "number"), [(20, 1), pytest.param(300, 3, marks=[pytest.mark.long, pytest.mark.timeout(900)])]
)
def test_datasette_during_syncs(
    moving: DemoProcess, mirror_for: MirrorFor, tmp_path: Path, syncs: int, number: int
) -> None:
    """Every page is 200, every table of one version, and versions go by; for one visitor, or for some at once."""
    mirror = mirror_for(moving)
    put(moving, 0)
    mirror.sync("terminal", 0)
    environment = {f"IPTVPORTAL_{name.upper()}": str(value) for name, value in options(moving, tmp_path).items()}
    with serving(environment, tmp_path) as server:
        with visitors(server, number) as all_seen:
            for version in range(1, syncs + 1):
                put(moving, version)
                done = mirror.sync("terminal", 0)
                assert done.outcome == "published", done.error
                wait(all_seen, PAGES_BETWEEN)
        assert server.stop() == 0
    for seen in all_seen:
        assert seen.failed == []
        assert seen.torn == []
        assert set(seen.statuses) == {200}
        assert len(seen.versions) > syncs // 8, "too few versions were seen to tell anything"
    assert server.words.splitlines()[1:] == ["stopped"]
