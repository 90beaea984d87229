"""A person at a terminal: types, waits for what appears, presses Ctrl-C."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from types import TracebackType

from .conftest import COMMAND, SECONDS

SIZE = (40, 200)
"""Lines and columns: readline scrolls what is wider."""

CTRL_C, CTRL_D = "\x03", "\x04"


class Terminal:
    """The command with a terminal for stdin, stdout and stderr."""

    def __init__(self, *words: str, env: dict[str, str]) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
        self._child = subprocess.Popen(
            [*COMMAND, *words],
            env={**env, "TERM": "xterm", "NO_COLOR": "1"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: _take_terminal(theirs),  # noqa: PLW1509 - this process has no other threads then
        )
        os.close(theirs)
        self.seen = ""
        self._raw = b""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._child.poll() is None:
            self._child.kill()
        self._child.wait(SECONDS)
        os.close(self._ours)

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._ours, text.encode())

    def expect(self, text: str, seconds: float = 20) -> str:
        """Wait until a text appears after what was expected before, and return what came until then."""
        ends = time.monotonic() + seconds
        while text not in self.seen:
            assert time.monotonic() < ends, f"{text!r} did not appear:\n{self.seen}"
            if select.select([self._ours], [], [], 0.1)[0]:
                self._read()
        before, _, self.seen = self.seen.partition(text)
        return before

    def end(self) -> int:
        """Wait for the end and return the exit code."""
        ends = time.monotonic() + SECONDS
        while self._child.poll() is None and time.monotonic() < ends:
            if select.select([self._ours], [], [], 0.1)[0]:
                self._read()
        while select.select([self._ours], [], [], 0)[0] and self._read():
            pass
        assert self._child.poll() is not None, f"it did not end:\n{self.seen}"
        return self._child.wait()

    def _read(self) -> bytes:
        try:
            chunk = os.read(self._ours, 4096)
        except OSError:  # the other end is closed
            chunk = b""
        self._raw += chunk
        text = self._raw.decode(errors="ignore")
        self._raw = b"" if text else self._raw
        self.seen += text.replace("\r\n", "\n")
        return chunk


def _take_terminal(descriptor: int) -> None:
    """Make it the controlling terminal, so that Ctrl-C becomes a signal."""
    fcntl.ioctl(descriptor, termios.TIOCSCTTY, 0)
