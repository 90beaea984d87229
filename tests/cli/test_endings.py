"""How commands end: exit code, what goes to stdout, what goes to stderr; the cases are named after their rules."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .conftest import Ended, Run, cases


@pytest.mark.parametrize("case", cases("endings.yaml"))
def test_ending(case: dict[str, Any], run: Run) -> None:
    """A command ends with the exit code, the output and the words of the case."""
    done = run(*case["words"], stdin=case.get("stdin", ""), **case.get("variables", {}))
    assert done.code == case["code"], done
    if "out" in case:
        assert done.out == case["out"]
    if "err" in case:
        assert done.err == case["err"]
    assert all(text in done.out for text in case.get("out_has", ())), done.out
    assert all(text in done.err for text in case.get("err_has", ())), done.err
    if case["code"] not in (0, 4) and "-v" not in case["words"]:
        assert "Traceback" not in done.err
        assert done.err.startswith(("error: ", "Usage: "))
    assert "wrong-secret" not in done.out + done.err


def test_the_process_ends_as_the_command_did(spawn: Run) -> None:
    """Exit code, stdout and stderr of a real process are those of the command, and no warning is raised in it."""
    assert spawn("query", "SELECT count(*) AS n FROM portal.package") == Ended(0, '{"n": 12}\n', "")
    refused = spawn("query", "SELECT * FROM portal.subscribr")
    assert (refused.code, refused.out) == (3, "")
    assert refused.err.startswith("error: no such table")


def test_help_needs_no_heavy_library() -> None:
    """Help of every command comes without HTTP, SQL, validation or YAML libraries, and so at once."""
    heavy = "httpx pydantic sqlglot yaml apsw orjson importlib.metadata"
    program = "import sys; from iptvvtab.cli import reference; reference(); print(*set(sys.argv) & set(sys.modules))"
    command = [sys.executable, "-c", program, *heavy.split()]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["importlib.metadata"]  # the list of commands asks for plugins


def test_a_bug_is_shown_with_its_traceback(run: Run, tmp_path: Path) -> None:
    """What nobody foresaw ends with code 1, a traceback and a request to report it."""
    plugin = tmp_path / "broken_plugin.py"
    plugin.write_text("import click\n\n\n@click.command()\ndef command():\n    raise KeyError('oh')\n")
    info = tmp_path / "broken-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        "[iptvvtab.commands]\nbroken = broken_plugin:command\nlost = nowhere:command\n"
    )
    sys.path.insert(0, str(tmp_path))
    try:
        done, helped, lost = run("broken"), run("--help"), run("lost")
    finally:
        sys.path.remove(str(tmp_path))
    assert done.code == 1
    assert "KeyError: 'oh'" in done.err
    assert "please report" in done.err
    assert "No module named 'nowhere'" in " ".join(helped.out.split())
    assert lost.code == 2
    assert "'lost' of nowhere:command cannot be loaded" in lost.err
