"""The process: `python -m iptvvtab`, and the script `iptvvtab`."""

from __future__ import annotations

import sys

from iptvvtab.cli import run


def main() -> int:
    """Run the command line of this process and return its exit code (docs/cli.md lists them)."""
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
