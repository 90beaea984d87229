"""Settings from the command line: shown with their origin, written into files."""

from __future__ import annotations

import json
from pathlib import Path

from .conftest import Run


def test_settings_and_their_origin(run: Run, tmp_path: Path) -> None:
    """`config show --origin` tells for each value the option, variable, or file and line that gave it."""
    (tmp_path / "iptvvtab.yaml").write_text("# ours\ntimeout: 7\ntables: {package: {max_age: 60}}\n")
    done = run("config", "show", "--origin", "--json", "--max-retries", "1")
    shown = {one["setting"]: (one["value"], one["origin"]) for one in json.loads(done.out)}
    assert shown["timeout"] == ("7", f"{tmp_path}/iptvvtab.yaml:2")
    assert shown["tables.package.max_age"] == ("60", f"{tmp_path}/iptvvtab.yaml:3")
    assert shown["max_retries"] == ("1", "flag")
    assert shown["username"] == ("demo", "environment IPTVPORTAL_USERNAME")
    assert shown["password"][0] == "********"
    assert shown["page_rows"] == ("20000", "default")
    assert "origin" not in run("config", "show").out.splitlines()[0]


def test_a_setting_is_written_and_in_force(run: Run, tmp_path: Path) -> None:
    """`config set` writes into the project's file if there is one, else the user's own; comments stay."""
    said = run("config", "set", "timeout", "9")
    assert (said.code, said.out) == (0, "")
    assert str(tmp_path / "config") in said.err
    assert run("config", "get", "timeout").out == "9\n"
    (tmp_path / "iptvvtab.yaml").write_text("# ours\ntimeout: 7\n")
    assert run("config", "set", "timeout", "8s").code == 0
    assert (tmp_path / "iptvvtab.yaml").read_text().startswith("# ours\ntimeout: 8")
    assert run("config", "get", "timeout").out == "8\n"
    assert run("--profile", "spare", "config", "set", "timeout", "5").code == 0
    assert run("--profile", "spare", "config", "get", "timeout").out == "5\n"
    assert run("config", "get", "timeout", "--profile", "spare").out == "5\n"
    assert run("config", "get", "timeout").out == "8\n"


def test_the_files(run: Run, tmp_path: Path) -> None:
    """`config path` names the files and whether they exist."""
    told = json.loads(run("config", "path", "--json").out)
    assert [(one["file"], one["exists"]) for one in told] == [("project", False), ("user", False)]
    run("config", "set", "timeout", "9", "--project")
    told = json.loads(run("config", "path", "--json").out)
    assert told[0] == {"file": "project", "path": str(tmp_path / "iptvvtab.yaml"), "exists": True}
