"""What a full scan keeps in memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from iptvvtab.demo import start_demo
from tests.bench.scans import ROWS_A_SUBSCRIBER

MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("rows", "limit", "most"),
    [
        pytest.param(150_000, 16, 100, id="quick"),
        pytest.param(1_000_000, 64, 200, id="million", marks=pytest.mark.long),
    ],
)
@pytest.mark.parametrize("scan", ["virtual table, 6 columns", "virtual table, 1 column"])
def test_scan_keeps_little(scan: str, rows: int, limit: int, most: int, tmp_path: Path) -> None:
    """A scan of a large table keeps what memory may remember and a few pages, not the table."""
    with start_demo(rows=rows // ROWS_A_SUBSCRIBER) as demo:
        environment = {
            **os.environ,
            **demo.environment,
            "XDG_STATE_HOME": str(tmp_path),
            "IPTVPORTAL_MEMORY_LIMIT": str(limit),
        }
        ballast = b"x" * (3 * most * MIB)  # what this process holds must not count
        child = [sys.executable, "-m", "tests.bench", "--child", scan]
        done = subprocess.run(child, env=environment, capture_output=True, text=True, check=True, timeout=110)
        del ballast
    found = json.loads(done.stdout)
    assert found["rows"] == rows
    assert found["memory"] < most * MIB
