"""The demo portal as a process of its own: `python -m iptvvtab.demo --rows 50`.

It writes one JSON line (url, username, password, token) to stdout when it accepts requests, and ends when its stdin
does: however the parent dies, no portal is left behind.
"""

from __future__ import annotations

import argparse
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

import orjson

from iptvvtab.demo.announcement import Announcement
from iptvvtab.demo.engine import PROFILES
from iptvvtab.demo.server import serve


def main() -> int:
    """Serve until stdin ends or SIGTERM comes."""
    options = _parser().parse_args()
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides what it means
    # Unbuffered: a thread that waits in a buffered reader makes the interpreter abort when it ends.
    with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as lifeline:
        serve(
            rows=options.rows,
            store=options.store,
            latency_ms=options.latency_ms,
            seed=options.seed,
            switches=options.switches,
            port=options.port,
            certificate=options.certificate,
            announce=_announce,
            lifeline=lifeline,
        )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m iptvvtab.demo", description=__doc__)
    parser.add_argument("--rows", type=int, default=50, help="subscribers; other tables in proportion")
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--latency-ms", type=float, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--switches", choices=sorted(PROFILES), default="default")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--certificate", type=Path, help="PEM file with key and certificate: serve HTTPS")
    return parser


def _announce(announcement: Announcement) -> None:
    sys.stdout.buffer.write(orjson.dumps(asdict(announcement)) + b"\n")
    sys.stdout.buffer.flush()


def _end(number: int, frame: object) -> NoReturn:
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())
