"""Syncs the tables it is told, by the settings on its standard input; writes which are fresh now. See refresher.py."""

from __future__ import annotations

import json
import sys

from iptvvtab.config import Settings
from iptvvtab.connection.mirroring import mirror_of, ttl


def main() -> int:
    """Sync the tables that are named, unless they are fresh by now."""
    settings = Settings.taken_over(sys.stdin.read())
    with mirror_of(settings) as mirror:
        done = [mirror.sync(name, ttl(settings, mirror.table(name))) for name in sys.argv[1:]]
    sys.stdout.write(json.dumps([one.table for one in done if one.is_well or one.outcome == "busy"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
