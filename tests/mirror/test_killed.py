"""Syncs that are killed at any point: what the file says is true of it, and the next sync goes on."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import yaml

from iptvvtab.demo import DemoProcess
from iptvvtab.mirror import Mirror
from tests.mirror.conftest import MirrorFor
from tests.mirror.fuse import KINDS
from tests.mirror.killed import Syncing
from tests.mirror.moving import PAGE, ROWS, Content, Held, hold, options, put_content

WAYS = yaml.safe_load((Path(__file__).parent / "cases" / "killed.yaml").read_text(encoding="utf-8"))
LONGER = 1.1
"""Kills by time come until a bit after a sync's usual end."""
TURNS = 3
"""At most so many syncs for each that is killed: at some points it has ended, or never comes to them."""


@dataclass(frozen=True)
class Usual:
    """What a sync takes when nobody kills it."""

    seconds: float
    steps: dict[str, int]


class Story:
    """A table that changes before each sync. `before`: as the last sync left it; `after`: as the portal has it."""

    def __init__(self, moving: DemoProcess, syncing: Syncing, way: dict[str, Any]) -> None:
        self._moving, self._syncing = moving, syncing
        self._chance = random.Random(str(way))
        self._versions = count(1)
        self.table, self.strategy = way["table"], way["strategy"]
        self.before: Content = {}
        self.after: Content = dict.fromkeys(range(1, ROWS + 1), 0)
        put_content(moving, self.table, self.after)

    def goes_on(self) -> None:
        """Let a third of the rows change, ten go and ten come."""
        version, self.before = next(self._versions), dict(self.after)
        for number in self._chance.sample(sorted(self.after), len(self.after) // 3):
            self.after[number] = version
        for number in self._chance.sample(sorted(self.after), 10):
            del self.after[number]
        absent = sorted(set(range(1, ROWS + 21)) - set(self.after))
        self.after |= dict.fromkeys(self._chance.sample(absent, 10), version)
        put_content(self._moving, self.table, self.after)

    def usual(self) -> Usual:
        """Sync undisturbed, which first makes the table, then measures."""
        for _ in range(2):
            self.goes_on()
            self._syncing.begin(self.table, strategy=self.strategy, at=("", 0))
            began = time.monotonic()
            steps = self._syncing.document("took")
            assert self._syncing.hear("synced") == "published"
            seconds = time.monotonic() - began
            self._syncing.hear("ended")
        return Usual(seconds, steps)

    def kills(self, kind: str, point: float, usual: Usual) -> bool:
        """Begin a sync that is killed after this share of the usual; return whether it came to that."""
        at = None if kind == "time" else (kind, round(point * usual.steps[kind]) or 1)
        self._syncing.begin(self.table, strategy=self.strategy, at=at)
        child = int(self._syncing.hear("child"))
        if at is None:
            time.sleep(point * usual.seconds * LONGER)
            with suppress(ProcessLookupError):  # it was done
                os.kill(child, signal.SIGKILL)
        return self._syncing.statuses() == [signal.SIGKILL]


@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize("kills", [9, pytest.param(300, marks=[pytest.mark.long, pytest.mark.timeout(900)])])
def test_killed_syncs(moving: DemoProcess, tmp_path: Path, mirror_for: MirrorFor, name: str, kills: int) -> None:
    """Wherever a sync is killed: the table is of one moment, its state is of that moment too, the next sync publishes.

    A third of the kills come by time, a third between two statements, a third in the midst of a write.
    """
    way, path, mirror = WAYS[name], tmp_path / "mirror.db", mirror_for(moving)
    chance, kinds, found = random.Random(kills), (*KINDS, "time"), Counter[str]()
    moving.set_switches(way.get("switches", "default"))
    with Syncing(options(moving, tmp_path)) as syncing:
        story = Story(moving, syncing, way)
        usual = story.usual()
        for turn in range(kills * TURNS):
            kind = kinds[turn % len(kinds)]
            known = hold(path, story.table)
            story.goes_on()
            point = (turn // len(kinds) + chance.random()) * len(kinds) / kills % 1  # spread evenly
            began, is_killed = time.time(), story.kills(kind, point, usual)
            held = hold(path, story.table)
            is_new = _is_true(known, held, story, began)
            found["killed"] += is_killed
            found["with rows under way"] += bool(held.staged)
            found["after the swap"] += is_killed and is_new
            _goes_on(mirror, story, held, is_resumed=way["resumed"])
            if found["killed"] == kills:
                break
    assert found["killed"] == kills, found
    assert found["with rows under way"] >= kills // 5, "the kills came too early or too late to be of any use"


def _is_true(known: Held, held: Held, story: Story, began: float) -> bool:
    """Check that state and run tell of the rows that are there, all of one moment; return whether they are new."""
    is_new = held.state["generation"] != known.state["generation"]
    assert held.content == (story.after if is_new else story.before)
    assert held.state["rows"] == len(held.content)
    if not is_new:
        assert held.state == known.state
        return False
    assert held.state["generation"] == known.state["generation"] + 1
    assert held.last == "published"
    assert began <= held.state["began"] <= held.state["ended"] <= time.time()
    return True


def _goes_on(mirror: Mirror, story: Story, killed: Held, *, is_resumed: bool) -> None:
    """The next sync publishes and leaves nothing over; where it can, it asks only for the rest."""
    done = mirror.sync(story.table, 0.0, strategy=story.strategy)
    assert (done.outcome, done.strategy, done.error) == ("published", story.strategy, None)
    if is_resumed:
        assert done.requests <= ROWS // PAGE + 2 - killed.staged // PAGE
    held = hold(mirror.path, story.table)
    assert held.content == story.after
    if story.strategy == "verify":
        compared = mirror.verify(story.table).found
        assert compared is not None
        assert (compared.rung, compared.number) == (done.rung if done.rung != "rows" else "totals", 0)
    assert held.state["generation"] == killed.state["generation"] + 1
    assert (held.state["rows"], held.state["is_closed"], held.litter) == (len(story.after), 0, ())
