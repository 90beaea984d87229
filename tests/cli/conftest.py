"""The command line against a served demo portal: in this process where words matter, in one of its own otherwise."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from iptvvtab import cli
from iptvvtab.demo import DemoProcess

CASES = Path(__file__).parent / "cases"
COMMAND = (sys.executable, "-W", "error", "-m", "iptvvtab")
SECONDS = 60


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


def cases(name: str) -> list[object]:
    """The cases of a file, each under its name."""
    listed = yaml.safe_load((CASES / name).read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["name"].replace(" ", "-")) for case in listed]


@pytest.fixture
def environment(demo: DemoProcess, tmp_path: Path) -> dict[str, str]:
    """What a person sets whose portal is the demo: state in the test's folder, no rate limit."""
    return {
        **demo.environment,
        "IPTVPORTAL_STATE_FOLDER": str(tmp_path / "state"),
        "IPTVPORTAL_RATE": "0",
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }


@pytest.fixture
def run(
    environment: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """`run("query", "SELECT 1", stdin="", **variables)`: a whole command line in this process, in the test's folder."""
    monkeypatch.chdir(tmp_path)

    def run_it(*words: str, stdin: str = "", **variables: str) -> Ended:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8"))
            for name, value in (environment | variables).items():
                patch.setenv(name, value)
            capsys.readouterr()
            code = cli.run(words)
            ended = Ended(code, *capsys.readouterr())
        return _without_secrets(ended, environment)

    return run_it


@pytest.fixture
def spawn(environment: dict[str, str], tmp_path: Path) -> Run:
    """The same in a process of its own, as people run it."""

    def run_it(*words: str, stdin: str = "", **variables: str) -> Ended:
        done = subprocess.run(
            [*COMMAND, *words],
            input=stdin.encode(),
            capture_output=True,
            cwd=tmp_path,
            env={**os.environ, **environment, **variables},
            timeout=SECONDS,
        )
        ended = Ended(done.returncode, done.stdout.decode(), done.stderr.decode())
        return _without_secrets(ended, environment)

    return run_it


def _without_secrets(ended: Ended, environment: dict[str, str]) -> Ended:
    """Whatever a command does, it shows neither the password nor the id of a session."""
    files = (Path(environment["IPTVPORTAL_STATE_FOLDER"]) / "sessions").glob("*.json")
    sessions = [json.loads(file.read_text())["session_id"] for file in files]
    for secret in (environment["IPTVPORTAL_PASSWORD"], *sessions):
        assert secret not in ended.out + ended.err
    return ended
