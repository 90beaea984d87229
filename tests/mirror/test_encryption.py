"""A shadow file that is encrypted as a whole: by a build of SQLite that can, and never in plain by one that cannot."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from iptvvtab.demo import DemoProcess
from iptvvtab.errors import MirrorUnusable
from iptvvtab.mirror.encryption import BUILD
from tests.mirror.conftest import MirrorFor
from tests.mirror.moving import options, put
from tests.mirror.test_secrets import in_mirror

ROOT = Path(__file__).parents[2]
SECONDS = 300
MAGIC = b"SQLite format 3"

Ask = Callable[..., subprocess.CompletedProcess[str]]


def test_without_such_a_build(moving: DemoProcess, mirror_for: MirrorFor, tmp_path: Path) -> None:
    """Where a key is set nothing is written or read in plain; the error says how to install the build."""
    put(moving, 1)
    (tmp_path / "key").write_text("a key")
    mirror = mirror_for(moving, mirror_key_file=str(tmp_path / "key"))
    done = mirror.sync("terminal", 0)
    assert isinstance(done.error, MirrorUnusable)
    assert BUILD in str(done.error)
    assert mirror.path.read_bytes() == b""
    assert mirror_for(moving).sync("terminal", 0).outcome == "published"
    with pytest.raises(MirrorUnusable, match="apsw-sqlite3mc"):
        mirror.status()
    assert in_mirror(tmp_path, "v1"), "the search finds what there is"


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with that build, which comes before the other one; made as the documentation says."""
    folder = tmp_path_factory.mktemp("build")
    requirement = BUILD.split()[-1].strip("'")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder), requirement]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    if done.returncode:
        pytest.skip(f"{requirement} cannot be installed here: {done.stderr[-300:]}")
    return folder


@pytest.fixture
def ask(build: Path, moving: DemoProcess, tmp_path: Path) -> Ask:
    """`ask("sync", ..., key="a key")`: a command by that build, with a key in a file; None: without one."""
    settings = {f"IPTVPORTAL_{name.upper()}": str(value) for name, value in options(moving, tmp_path).items()}
    environment = {**os.environ, **settings, "PYTHONPATH": f"{build}{os.pathsep}{ROOT}"}

    def ask(*words: str, key: str | None = "a key") -> subprocess.CompletedProcess[str]:
        extra = {}
        if key is not None:
            (tmp_path / "key").write_text(f"{key}\n")
            extra["IPTVPORTAL_MIRROR_KEY_FILE"] = str(tmp_path / "key")
        command = [sys.executable, "-m", "iptvvtab", *words]
        given = {**environment, **extra}
        return subprocess.run(command, capture_output=True, text=True, env=given, cwd=tmp_path, timeout=SECONDS)

    return ask


COUNT = ("query", "SELECT count(*) AS n FROM portal.terminal WHERE mac_addr = 'v1'", "--source", "mirror")


@pytest.mark.long
@pytest.mark.parametrize("key", ["it's a key", "0123456789abcdef" * 4], ids=["words", "hex"])
def test_with_such_a_build(ask: Ask, moving: DemoProcess, tmp_path: Path, key: str) -> None:
    """Syncs and queries work as ever; neither the file nor its WAL or a copy shows a value, a name or what it is."""
    put(moving, 1)
    for _ in range(2):
        assert ask("sync", "terminal", "--full", key=key).returncode == 0
    assert ask(*COUNT, key=key).stdout == '{"n":400}\n'.replace(":", ": ")
    assert ask("cache", "publish", "mirror.db.copy", key=key).returncode == 0
    for file in tmp_path.glob("mirror.db*"):
        assert not file.read_bytes().startswith(MAGIC)
    assert in_mirror(tmp_path, "10.0.0.1") == in_mirror(tmp_path, "mac_addr") == set()
    assert ask("serve", key=key).returncode == 2
    assert ask("cache", "clear", key=key).returncode == 0


@pytest.mark.long
@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("another key", "cannot be read with the key in"),
        ("", "is empty"),
        (None, "is not a database, or is encrypted: then set mirror_key_file"),
    ],
)
def test_another_key(ask: Ask, moving: DemoProcess, tmp_path: Path, key: str | None, words: str) -> None:
    """The file is refused and stays as it is."""
    put(moving, 1)
    assert ask("sync", "terminal").returncode == 0
    before = (tmp_path / "mirror.db").read_bytes()
    for command in (("sync", "terminal"), ("cache", "status")):
        done = ask(*command, key=key)
        assert done.returncode == 2
        assert words in done.stderr
    assert (tmp_path / "mirror.db").read_bytes() == before


@pytest.mark.long
def test_a_file_in_plain_is_not_encrypted_afterwards(ask: Ask, moving: DemoProcess, tmp_path: Path) -> None:
    """What stood there in plain would stay on the disk: whoever sets a key begins with a new file."""
    put(moving, 1)
    assert ask("sync", "terminal", key=None).returncode == 0
    done = ask("sync", "terminal")
    assert done.returncode == 2
    assert "remove it and sync anew" in done.stderr
    assert (tmp_path / "mirror.db").read_bytes().startswith(MAGIC)


@pytest.mark.long
def test_the_build_has_no_bug_that_the_pin_avoids(build: Path) -> None:
    """It is of the version that is pinned, and answers an empty IN as it should."""
    environment = {**os.environ, "PYTHONPATH": f"{build}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/vtab/test_pin.py"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, timeout=SECONDS)
    assert done.returncode == 0, done.stdout
