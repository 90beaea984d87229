"""The wheel, not the tree: built, installed into an empty environment, asked outside of the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from iptvvtab.demo import DemoProcess

ROOT = Path(__file__).parent.parent
MINUTE = 60

ASK = """
import pathlib, sys, iptvvtab
home = pathlib.Path(iptvvtab.__file__).resolve()
assert home.is_relative_to(pathlib.Path(sys.prefix).resolve()), home
connection = iptvvtab.connect()
print(connection.execute(
    "SELECT count(*) FROM portal.subscriber s JOIN portal.terminal t ON t.subscriber_id = s.id WHERE s.id < 9"
).get)
connection.close()
"""


def run(*command: str | Path, **more: object) -> str:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=MINUTE, **more)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stdout + done.stderr
    return str(done.stdout)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as `make wheel` builds it."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of an environment that has the wheel, and of this environment only the libraries."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False)
    python = home / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", "--no-index", wheel)
    # The path is appended, and path files inside it are not read: neither is our checkout importable from there.
    libraries = sysconfig.get_path("purelib")
    (site,) = (home / "lib").glob("python*/site-packages")
    (site / "libraries.pth").write_text(f"{libraries}\n")
    return home / "bin"


@pytest.fixture
def outside(demo: DemoProcess, tmp_path: Path) -> dict[str, object]:
    """Where and with which environment to run: a foreign folder, the portal's variables, nothing else of ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    state = {f"XDG_{name}_HOME": str(tmp_path / name) for name in ("STATE", "CONFIG", "CACHE")}
    return {"cwd": tmp_path, "env": {**kept, **demo.environment, **state}}


def test_wheel_carries_data(wheel: Path) -> None:
    """Schemas and SQL files are inside, each that the checkout has, and so is the mark that says it is typed."""
    inside = set(zipfile.ZipFile(wheel).namelist())
    data = [*ROOT.glob("schemas/**/*.yaml"), *ROOT.glob("sql/**/*.sql")]
    assert data
    assert {f"iptvvtab/data/{one.relative_to(ROOT)}" for one in data} <= inside
    assert "iptvvtab/py.typed" in inside
    assert not [name for name in inside if name.startswith("tests/") or name.endswith(".pyc")]


def test_query_outside_the_checkout(installed: Path, outside: dict[str, object]) -> None:
    """The installed package answers a JOIN from a served portal."""
    assert int(run(installed / "python", "-c", ASK, **outside)) > 0


def test_command_outside_the_checkout(installed: Path, outside: dict[str, object]) -> None:
    """The installed command does, too."""
    sql = "SELECT count(*) AS n FROM portal.subscriber"
    assert run(installed / "iptvvtab", "query", "--format", "csv", sql, **outside).split() == ["n", "50"]


def test_tour_outside_the_checkout(installed: Path, outside: dict[str, object]) -> None:
    """`iptvvtab demo` needs nothing but the wheel."""
    assert "portal." in run(installed / "iptvvtab", "demo", **outside)
