"""Every engine that is installed gives the answers of plain tables, so that the benchmark compares like with like."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from iptvvtab.demo import DemoProcess, start_demo
from tests.bench.neighbours.engines import ENGINES, SHILLELAGH, has, prepared
from tests.bench.neighbours.ours import fill
from tests.bench.neighbours.workloads import STATEMENTS, Given, answers, digest

SUBSCRIBERS = 250
PAIRS = [
    (engine, workload)
    for engine in dict.fromkeys((*ENGINES, SHILLELAGH))
    for workload in STATEMENTS
    if has(engine, workload)
]


@pytest.fixture(scope="module")
def portal() -> Iterator[DemoProcess]:
    """Large enough for each statement to find something."""
    with start_demo(rows=SUBSCRIBERS) as demo:
        yield demo


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, portal: DemoProcess) -> Path:
    """With the shadow file in it."""
    path = tmp_path_factory.mktemp("neighbours")
    fill(Given("", portal.environment, path, path, SUBSCRIBERS))
    return path


@pytest.fixture(scope="module")
def expected(portal: DemoProcess, folder: Path) -> dict[str, str]:
    """Digests of the answers."""
    return answers(portal, folder, SUBSCRIBERS)


def test_something_is_found(expected: dict[str, str]) -> None:
    """No workload is about nothing."""
    assert not [name for name, one in expected.items() if one.startswith("0 ")]


@pytest.mark.parametrize(("engine", "workload"), PAIRS)
def test_answer(
    engine: str, workload: str, portal: DemoProcess, folder: Path, tmp_path: Path, expected: dict[str, str]
) -> None:
    """An engine's answer is the right one."""
    if engine == SHILLELAGH:
        pytest.importorskip("shillelagh")
    given = Given(workload, portal.environment, folder, tmp_path, SUBSCRIBERS)
    with prepared(engine, given) as task:
        assert digest(workload, task.rows(task.run())) == expected[workload]
