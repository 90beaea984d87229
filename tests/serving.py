"""`iptvvtab serve` at work: a process, and what a browser gets of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

SECONDS = 30


class Server:
    """A server that has said where it serves. `url` is that of the database; `words` is what stands on stderr."""

    def __init__(self, child: subprocess.Popen[str]) -> None:
        self._child, self.pid, self.words = child, child.pid, ""
        assert child.stderr is not None
        for line in child.stderr:
            self.words += line
            if line.startswith("serving "):
                break
        assert "serving " in self.words, f"it does not serve: {self.words}"
        self.url = line.removeprefix("serving ").partition(";")[0]
        root = self.url.rpartition("/")[0]
        self.browser = httpx.Client(base_url=root, trust_env=False, timeout=SECONDS, follow_redirects=True)

    def get(self, path: str) -> httpx.Response:
        """Ask for a page, by its path from the root on."""
        return self.browser.get(path)

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """End it, and return its exit code."""
        self.browser.close()
        if self._child.poll() is None:
            self._child.send_signal(number)
        _, words = self._child.communicate(timeout=SECONDS)
        self.words += words
        return self._child.returncode

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._child.poll() is None:
            self.stop()


@contextmanager
def serving(environment: Mapping[str, str], folder: Path, *words: str) -> Iterator[Server]:
    """Serve a shadow file at any free port."""
    command = [sys.executable, "-m", "iptvvtab", "serve", "--port", "0", *words]
    child = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        with Server(child) as server:
            yield server
    finally:
        child.kill()
        child.wait(SECONDS)
        assert child.stderr is not None
        child.stderr.close()
