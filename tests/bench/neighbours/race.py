"""All engines over one portal, turn by turn, each workload in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from iptvvtab.demo import DemoProcess, start_demo
from tests.bench.neighbours.engines import ENGINES, has, prepared
from tests.bench.neighbours.ours import fill
from tests.bench.neighbours.workloads import STATEMENTS, Given, Task, answers, digest

LATENCY_MS = 20.0
"""Of a portal across a country, not on loopback."""

ROUNDS, SLOW_SECONDS = 5, 10.0
"""Engines take turns so often; what takes so long has one turn."""

LOCAL_SECONDS = 0.5
"""What needs no portal is repeated for so long; its time is the median."""

CHILD_SECONDS = 1200
MODULE = "tests.bench.neighbours.race"


@dataclass(frozen=True)
class Turn:
    """What one engine took for one workload: seconds, processor seconds of its process, requests at the portal."""

    seconds: float
    processor: float
    requests: float


Times = dict[tuple[str, str], Turn]
"""By workload and engine, each number the median of all turns."""


def race(subscribers: int, rounds: int = ROUNDS, latency_ms: float = LATENCY_MS) -> Times:
    """Measure all; every answer must be that of plain tables. `latency_ms`: what each request waits at the portal."""
    turns: dict[tuple[str, str], list[Turn]] = defaultdict(list)
    with start_demo(rows=subscribers, latency_ms=latency_ms) as demo, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        expected = answers(demo, folder, subscribers)
        fill(Given("", demo.environment, folder, folder, subscribers))
        for workload, engine in _turns(rounds):
            known = turns[workload, engine]
            if known and known[0].seconds > SLOW_SECONDS:
                continue
            got, turn = _in_a_process(demo, engine, Given(workload, demo.environment, folder, folder, subscribers))
            assert got == expected[workload], f"{engine}, {workload}: {got} in place of {expected[workload]}"
            known.append(turn)
    return {pair: _median(known) for pair, known in turns.items()}


def _turns(rounds: int) -> Iterator[tuple[str, str]]:
    """Every engine that has the workload, one after another, and not always in the same order."""
    for turn in range(rounds):
        for workload in STATEMENTS:
            first = turn % len(ENGINES)
            for engine in (*ENGINES[first:], *ENGINES[:first]):
                if has(engine, workload):
                    yield workload, engine


def _median(turns: list[Turn]) -> Turn:
    return Turn(
        median(one.seconds for one in turns),
        median(one.processor for one in turns),
        median(one.requests for one in turns),
    )


def _in_a_process(demo: DemoProcess, engine: str, given: Given) -> tuple[str, Turn]:
    """Have the child prepare, count from there, and let it run."""
    command = [sys.executable, "-m", MODULE, engine, given.workload, str(given.folder), str(given.subscribers)]
    with subprocess.Popen(
        command, env={**os.environ, **demo.environment}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline(), f"{engine}, {given.workload}: did not get ready"
        demo.reset()
        said, _ = child.communicate("go\n", timeout=CHILD_SECONDS)
    found = json.loads(said)
    return found["digest"], Turn(found["seconds"], found["processor"], demo.log().requests / found["turns"])


def _child(engine: str, workload: str, folder: str, subscribers: str) -> None:
    """Get ready, say so, wait for the word, run, and say what was found."""
    with tempfile.TemporaryDirectory(dir=folder) as own:
        # Sessions and what the portal can do are shared; files that a run makes are its own.
        given = Given(workload, os.environ, Path(folder), Path(own), int(subscribers))
        with prepared(engine, given) as task:
            print("ready", flush=True)  # noqa: T201
            sys.stdin.readline()
            print(json.dumps(_measured(workload, task)), flush=True)  # noqa: T201


def _measured(workload: str, task: Task) -> dict[str, object]:
    turns: list[float] = []
    began, worked = time.perf_counter(), time.process_time()
    while not turns or (task.is_local and time.perf_counter() - began < LOCAL_SECONDS):
        started = time.perf_counter()
        found = task.run()
        turns.append(time.perf_counter() - started)
    processor = (time.process_time() - worked) / len(turns)
    told = {"seconds": median(turns), "processor": processor, "turns": len(turns)}
    return {**told, "digest": digest(workload, task.rows(found))}


if __name__ == "__main__":
    _child(*sys.argv[1:])
