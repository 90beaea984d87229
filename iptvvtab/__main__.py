"""The process: `python -m iptvvtab`, and the script `iptvvtab`."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import FrameType

from iptvvtab.cli import run


def main() -> int:
    """Run the command line of this process and return its exit code (docs/cli.md lists them)."""
    signal.signal(signal.SIGTERM, _end)
    if sys.stdout is None:  # closed by whoever started us (`>&-`): they want no output, and no error either
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - for the life of the process
    return run(sys.argv[1:])


def _end(number: int, frame: FrameType | None) -> None:
    """End as by Ctrl-C: nothing is left half done; the exit code is the shell's for a signal."""
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
