"""docs/cli.md: the help of every command, as it is."""

from __future__ import annotations

from pathlib import Path

from iptvvtab.cli import discovery, reference

PAGE = (Path(__file__).parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")


def test_the_reference_is_generated() -> None:
    """The page holds the help of every command as the code has it."""
    assert reference() in PAGE


def test_every_command_is_in_it() -> None:
    """Every folder with a `__cli__.py` is a command, and has its section."""
    folder = Path(discovery.__file__).parent
    names = {file.parent.name for file in folder.glob("*/__cli__.py")}
    assert names >= {"auth", "completion", "config", "demo", "doctor", "query", "schema", "shell"}
    assert all(f"### iptvvtab {name}\n" in PAGE for name in names)
