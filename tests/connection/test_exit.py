"""A process that ends with a connection still open ends in peace."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from iptvvtab.demo import DemoProcess

OPENED = """
import json, sys
import apsw, iptvvtab
connection = {opened}
connection.execute("SELECT count(*) FROM portal.subscriber").fetchall()
rows = connection.execute("SELECT * FROM portal.terminal")
next(rows)
def held():
    return connection, rows
json.held = held  # of a module that goes last: nobody lets go of the connection before Python itself has gone
"""


@pytest.mark.parametrize("opened", ["iptvvtab.connect()", "apsw.Connection(':memory:')"])
def test_what_nobody_closed(opened: str, served_sqlite: DemoProcess, tmp_path: Path) -> None:
    """Neither a crash nor a word, though somebody holds the connection, and a cursor amid its rows, to the end."""
    registered = "\niptvvtab.register(connection)" if opened.startswith("apsw") else ""
    text = OPENED.format(opened=opened + registered)
    environment = {**os.environ, **served_sqlite.environment, "XDG_STATE_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", text], env=environment, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
