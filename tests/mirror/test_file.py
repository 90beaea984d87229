"""The shadow file itself: its format, whose it is, who may read it, and what else may lie at its path."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from iptvvtab.demo import DemoProcess
from iptvvtab.errors import MirrorUnusable
from iptvvtab.mirror import mirror_path, portal_of
from iptvvtab.mirror.file import APPLICATION, migrations, open_to_read, open_to_write
from tests.conftest import SettingsFor
from tests.mirror.conftest import MirrorFor
from tests.mirror.stock import stock

PORTAL = "http://example.org/api"
FORMAT = migrations()[-1][0]
PROCESSES, ROUNDS, SECONDS_APART = 4, 8, 0.05


def _made(path: Path) -> Path:
    open_to_write(path, PORTAL).close()
    return path


def _fingerprint(folder: Path) -> dict[str, str]:
    """Everything in a folder, by name: bytes and times of change."""
    return {
        one.name: f"{hashlib.sha256(one.read_bytes()).hexdigest()} {one.stat().st_mtime_ns}"
        for one in folder.iterdir()
        if one.is_file()
    }


def _newer(path: Path) -> None:
    stock(_made(path), f"PRAGMA user_version = {FORMAT + 1}")


def _foreign(path: Path) -> None:
    stock(path, "CREATE TABLE subscriber (id INTEGER PRIMARY KEY)", "INSERT INTO subscriber VALUES (7)")


def _of_an_application(path: Path) -> None:
    stock(path, "PRAGMA application_id = 252006673", "CREATE TABLE a (b)")


def _numbered(path: Path) -> None:
    stock(path, "PRAGMA user_version = 1", "CREATE TABLE _mirror_about (name, value)")


def _another_portals(path: Path) -> None:
    open_to_write(path, "http://example.net/api").close()


def _garbage(path: Path) -> None:
    path.write_bytes(b"no database at all\n" * 200)


def _cut(path: Path) -> None:
    path.write_bytes(_made(path.with_name("whole.db")).read_bytes()[:50])


def _without_its_name(path: Path) -> None:
    stock(_made(path), "DELETE FROM _mirror_about")


REFUSED: dict[str, tuple[Callable[[Path], None], str]] = {
    "a newer format": (_newer, f"made by a newer iptvvtab \\(format {FORMAT + 1}\\); update"),
    "a database of somebody's": (_foreign, "is a database of something else"),
    "a database of another application": (_of_an_application, "is a database of something else"),
    "a database with a format but no mark": (_numbered, "is a database of something else"),
    "a shadow file of another portal": (_another_portals, "mirrors 'http://example.net/api', not"),
    "a shadow file of nobody": (_without_its_name, "mirrors None, not"),
    "no database": (_garbage, "not a database"),
    "half a header": (_cut, "malformed"),
}


@pytest.mark.parametrize("opened", [open_to_write, open_to_read], ids=["to write", "to read"])
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_shadow_file_of_the_portal_is_refused(
    name: str, opened: Callable[[Path, str], object], tmp_path: Path
) -> None:
    """It is refused by name and reason, and not a byte of it is changed."""
    make, reason = REFUSED[name]
    path = tmp_path / "mirror.db"
    make(path)
    before = _fingerprint(tmp_path)
    with pytest.raises(MirrorUnusable, match=reason) as raised:
        opened(path, PORTAL)
    assert raised.value.path == path
    assert _fingerprint(tmp_path).items() >= before.items()


def _under_a_file(folder: Path) -> Path:
    (folder / "file").write_bytes(b"")
    return folder / "file" / "mirror.db"


def _a_folder(folder: Path) -> Path:
    (folder / "mirror.db").mkdir()
    return folder / "mirror.db"


def _a_loop(folder: Path) -> Path:
    (folder / "mirror.db").symlink_to(folder / "mirror.db")
    return folder / "mirror.db"


NOWHERE: dict[str, tuple[Callable[[Path], Path], bool]] = {
    "under a file": (_under_a_file, True),
    "a folder": (_a_folder, False),
    "a link to itself": (_a_loop, True),
    "a name too long": (lambda folder: folder / ("m" * 300), False),
}
"""Paths that no file can have, and whether they look to a reader as if none were there yet."""


@pytest.mark.parametrize("name", NOWHERE)
def test_a_path_that_cannot_be_opened_is_named(name: str, tmp_path: Path) -> None:
    """Whoever writes is told path and reason; whoever reads too, unless there is simply nothing."""
    make, is_absent = NOWHERE[name]
    path = make(tmp_path)
    with pytest.raises(MirrorUnusable, match="cannot be opened"):
        open_to_write(path, PORTAL)
    if is_absent:
        assert open_to_read(path, PORTAL) is None
        return
    with pytest.raises(MirrorUnusable):
        open_to_read(path, PORTAL)


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only root can become somebody else")
def test_a_folder_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    """A file that belongs to somebody else is no reason for an error of the system's."""
    path = _made(tmp_path / "closed" / "mirror.db")
    path.parent.chmod(0o700)
    script = (
        "import os, sys; from pathlib import Path; from iptvvtab.errors import MirrorUnusable\n"
        "from iptvvtab.mirror.file import open_to_read, open_to_write\n"
        "os.setgid(65534); os.setuid(65534)\n"
        "for opened in (open_to_read, open_to_write):\n"
        "    try: opened(Path(sys.argv[1]), 'p')\n"
        "    except MirrorUnusable: print('refused')\n"
    )
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and folder.name.startswith("pytest"):
            folder.chmod(0o755)
    command = [sys.executable, "-c", script, str(path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert ended.stdout == "refused\nrefused\n", ended.stderr


def test_before_the_first_sync_there_is_nothing_to_read(tmp_path: Path) -> None:
    """A reader makes no file; an empty one, which a first sync may be about to fill, is none yet."""
    path = tmp_path / "mirror.db"
    assert open_to_read(path, PORTAL) is None
    assert not [*tmp_path.iterdir()]
    path.touch()
    assert open_to_read(path, PORTAL) is None
    assert path.stat().st_size == 0


def test_a_failed_sync_leaves_a_view_without_tables(demo: DemoProcess, mirror_for: MirrorFor, tmp_path: Path) -> None:
    """A sync that cannot even begin says so as its outcome."""
    _foreign(tmp_path / "mirror.db")
    before = _fingerprint(tmp_path)
    synced = mirror_for(demo).sync("subscriber", 60)
    assert (synced.outcome, type(synced.error)) == ("failed", MirrorUnusable)
    assert _fingerprint(tmp_path).items() >= before.items()


def test_a_shadow_file_is_for_its_owner_only(demo: DemoProcess, mirror_for: MirrorFor, tmp_path: Path) -> None:
    """Nobody else may read people's data: neither in the file nor in what stands beside it while it is open."""
    was = os.umask(0o022)
    try:
        assert mirror_for(demo).sync("subscriber", 60).outcome == "published"
        connection = open_to_write(tmp_path / "other" / "mirror.db", PORTAL)
        connection.execute("INSERT INTO _mirror_about VALUES ('a', 'b')")
        files = [*tmp_path.glob("mirror.db*"), *(tmp_path / "other").iterdir()]
        modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in files}
        connection.close()
    finally:
        os.umask(was)
    assert {"mirror.db", "mirror.db-wal", "mirror.db-shm"} <= modes.keys()
    assert set(modes.values()) == {0o600}, modes


def test_each_portal_and_user_has_a_file_of_its_own(demo: DemoProcess, settings_for: SettingsFor) -> None:
    """Two users see different rows: without a setting their files differ, and with one the second is refused."""
    one, other = settings_for(demo), settings_for(demo, username="somebody.else")
    assert mirror_path(one) != mirror_path(other)
    assert portal_of(one) != portal_of(other)
    assert "somebody" not in f"{mirror_path(other)} {portal_of(other)}"


def test_a_file_is_marked(tmp_path: Path) -> None:
    """`file` and other tools can tell it: application, format, WAL; what is made twice is made once."""
    path = _made(_made(tmp_path / "mirror.db"))
    found = stock(path, "PRAGMA application_id", "PRAGMA user_version", "PRAGMA journal_mode", "PRAGMA integrity_check")
    assert found == [[[APPLICATION]], [[FORMAT]], [["wal"]], [["ok"]]]
    assert stock(path, "SELECT name, value FROM _mirror_about") == [[["portal", PORTAL]]]


_OPENER = """
import json, sys, time
from pathlib import Path
from iptvvtab.errors import MirrorUnusable
from iptvvtab.mirror.file import open_to_read, open_to_write
folder, portal, rounds, apart, is_reader = Path(sys.argv[1]), *json.loads(sys.argv[2])
open_to_write(folder / f"warm {time.time_ns()}.db", portal).close()
print("ready", flush=True)
start, failures = float(sys.stdin.readline()), []
for number in range(rounds):
    time.sleep(max(0.0, start + number * apart - time.time()))
    path = folder / f"{number}.db"
    try:
        end = time.monotonic() + apart * 0.8
        if is_reader:
            while time.monotonic() < end:
                if (connection := open_to_read(path, portal)) is not None:
                    connection.close()
        else:
            open_to_write(path, portal).close()
    except MirrorUnusable as error:
        failures.append(str(error))
print(json.dumps(failures))
"""


def _race(folder: Path, rounds: int) -> list[str]:
    """Let processes make the same files at the same moments, and readers look on; return what went wrong."""
    children = []
    for number in range(PROCESSES + 1):
        given = json.dumps([PORTAL, rounds, SECONDS_APART, number == PROCESSES])
        command = [sys.executable, "-c", _OPENER, str(folder), given]
        children.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    start = time.time() + 0.1
    answers = []
    for child in children:
        assert child.stdin is not None
        child.stdin.write(f"{start}\n")
        child.stdin.flush()
    for child in children:
        out, _ = child.communicate(timeout=60 + rounds)
        answers += json.loads(out)
    return answers


@pytest.mark.parametrize("rounds", [ROUNDS, pytest.param(400, marks=pytest.mark.long)])
def test_processes_make_a_file_once(rounds: int, tmp_path: Path) -> None:
    """Four processes that meet at a file that is not there yet all get it, and a reader sees none or a whole one."""
    assert _race(tmp_path, rounds) == []
    for number in range(0, rounds, max(1, rounds // 5)):
        found = stock(tmp_path / f"{number}.db", "PRAGMA user_version", "SELECT count(*) FROM _mirror_about")
        assert found == [[[FORMAT]], [[1]]]
