"""A process that syncs tables when it is told to, each time in a child of its own, which others may kill or stop.

    python -m tests.mirror.killed '<settings as JSON>' [ttl]

Reads what to sync, a document each line: `table`, `strategy`, in how many `processes` at once, and `at` which statement
or write to die (tests/mirror/fuse.py). Writes the children's process ids, how many statements and writes it took, what
came of the syncs (unless they were killed), and `ended <statuses>`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from iptvvtab.config import load
from iptvvtab.connection import mirror_of
from iptvvtab.mirror import Mirror
from tests.mirror.fuse import Fuse


@dataclass(frozen=True)
class Asked:
    """What to sync, and how. `at`: kind and number of the step that kills; a number of 0 only counts.

    `ahead`: seconds that the clock is put ahead; `given`: settings that are other than usual.
    """

    table: str = "terminal"
    strategy: str | None = None
    processes: int = 1
    at: tuple[str, int] | None = None
    ahead: float = 0.0
    given: dict[str, Any] = field(default_factory=dict)


def main(options: dict[str, Any], ttl: float) -> None:
    """Sync what is named on stdin."""
    for line in sys.stdin:
        asked = Asked(**json.loads(line))
        children = [fork(options, asked, ttl) for _ in range(asked.processes)]
        for child in children:
            say(f"child {child}")
        say(f"ended {' '.join(str(os.waitpid(child, 0)[1]) for child in children)}")


def fork(options: dict[str, Any], asked: Asked, ttl: float) -> int:
    """Begin a sync in a child; return its process id."""
    child = os.fork()
    if not child:
        code = 1
        try:
            sync(options, asked, ttl)
            code = 0
        except Exception:  # noqa: BLE001 - the tests read it
            traceback.print_exc()
        finally:
            os._exit(code)
    return child


def sync(options: dict[str, Any], asked: Asked, ttl: float) -> None:
    """Sync, and say what came of it: outcome and error."""
    fuse = Fuse(*asked.at) if asked.at else None
    settings = load(None, {**options, **asked.given}, environment={}, folder=Path(options["state_folder"]).parent)
    with mirror_of(settings) as same:
        mirror = Mirror(same.path, same._portal, same._catalog, same._remote, lambda: time.time() + asked.ahead)
        done = mirror.sync(asked.table, ttl, strategy=asked.strategy)
    if fuse:
        say(f"took {json.dumps(fuse.passed)}")
    say(f"synced {done.outcome} {done.error}" if done.error else f"synced {done.outcome}")


def say(line: str) -> None:
    """Write a line at once, in one piece."""
    os.write(1, f"{line}\n".encode())


class Syncing:
    """Such a process, seen from a test."""

    def __init__(self, options: dict[str, Any], ttl: float = 0.0) -> None:
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.mirror.killed", json.dumps(options), str(ttl)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            cwd=Path(__file__).parents[2],
            text=True,
            bufsize=1,
        )

    def begin(self, table: str = "terminal", **asked: Any) -> None:
        """Have a sync begun, or several at once; `asked` as for Asked."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{json.dumps({'table': table, **asked})}\n")

    def hear(self, word: str) -> str:
        """Return what follows a word, on the next line that begins with it or with `ended`."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            first, _, rest = line.strip().partition(" ")
            if first in (word, "ended"):
                return rest
        raise AssertionError(self._said())

    def _said(self) -> str:
        self._complaints.seek(0)
        return self._complaints.read().decode()

    def document(self, word: str) -> Any:
        """Return the document that follows a word."""
        return json.loads(self.hear(word))

    def statuses(self) -> list[int]:
        """How each of the children that were begun ended: 0, or the signal that killed it."""
        statuses = [int(one) for one in self.hear("ended").split()]
        assert not [one for one in statuses if one >= 256], self._said()
        return statuses

    def outcomes(self) -> list[str]:
        """What came of each of the syncs that were begun; none of them may have failed in another way than by Error."""
        assert self._process.stdout is not None
        found = []
        for line in self._process.stdout:
            first, _, rest = line.strip().partition(" ")
            if first == "ended":
                assert not set(rest.split()) - {"0"}, self._said()
                return found
            if first == "synced":
                found.append(rest)
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._complaints.close()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), float(sys.argv[2]))
