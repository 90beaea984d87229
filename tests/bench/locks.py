"""How long a full sync shuts other writers out of the file, as a process sees it that tries all the time."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from iptvvtab.config import load
from iptvvtab.connection import mirror_of
from iptvvtab.demo import start_demo
from tests.mirror.moving import options, put
from tests.mirror.test_readers import READER, WRITER, stock

SYNCS = 5
PAGE = 20_000


@dataclass(frozen=True)
class Lock:
    """Milliseconds of the longest wait of a writer in each sync: over the swap, and over a page or an index.

    `failed`: reads of another process that failed meanwhile, of `reads`.
    """

    rows: int
    swaps: list[float]
    others: list[float]
    reads: int
    failed: int


def lock(rows: int) -> Lock:
    """Sync a table of so many rows again and again, beside a reader and a writer."""
    swaps, others, reads, failed = [], [], 0, 0
    with start_demo(rows=1) as demo, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        put(demo, 1, rows=rows)
        given = load(None, options(demo, folder, page_rows=PAGE), environment={}, folder=folder)
        with mirror_of(given) as mirror:
            assert mirror.sync("terminal", 0).outcome == "published"
            for _ in range(SYNCS):
                read_all = stock(READER, mirror.path, "SELECT count(*) FROM terminal")
                with read_all as read, stock(WRITER, mirror.path) as wrote:
                    assert mirror.sync("terminal", 0).outcome == "published"
                swaps.append(wrote["swap"])
                others.append(wrote["else"])
                reads, failed = reads + read["reads"], failed + len(read["failed"]) + read["torn"]
    return Lock(rows, swaps, others, reads, failed)
