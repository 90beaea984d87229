"""The documentation is executed: examples run against a served demo portal, generated parts are up to date."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import iptvvtab
from iptvvtab.demo import DemoProcess

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
IPTVVTAB = Path(sys.executable).with_name("iptvvtab")


def blocks(language: str) -> list[object]:
    """Every fenced block of a language in the documentation, as (page, number, text)."""
    fence = re.compile(rf"^```{language}\n(.*?)^```", re.MULTILINE | re.DOTALL)
    return [
        pytest.param(text, id=f"{page.name}-{number}")
        for page in PAGES
        for number, text in enumerate(fence.findall(page.read_text(encoding="utf-8")), start=1)
    ]


@pytest.fixture(autouse=True)
def portal_environment(own_demo: DemoProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    """Examples find the demo portal the way people's commands do: in the environment. Some of them write."""
    for name, value in own_demo.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("IPTVPORTAL_RATE", "0")


@pytest.mark.parametrize("text", blocks("python"))
def test_python_examples_run(text: str) -> None:
    """A reader can paste any Python example and it runs."""
    names: dict[str, object] = {}
    exec(compile(text, "example", "exec", dont_inherit=True), names)
    connection = names.get("connection")
    if connection is not None:
        connection.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", blocks("sql"))
def test_sql_examples_run(text: str) -> None:
    """A reader can paste any SQL example and it runs."""
    connection = iptvvtab.connect()
    for _ in connection.execute(text):
        pass
    connection.close()


@pytest.mark.parametrize("text", blocks("sh"))
def test_shell_examples_run(text: str, tmp_path: Path) -> None:
    """A reader can paste any command and it exits with 0; an interactive one finds the end of its input."""
    for line in text.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if not words:
            continue
        assert words[0] == "iptvvtab", line
        done = subprocess.run(
            [IPTVVTAB, *words[1:]],
            cwd=tmp_path,
            env=os.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"


def test_generated_parts_are_up_to_date() -> None:
    """`make docs` would change nothing."""
    done = subprocess.run(
        [sys.executable, "-m", "cogapp", "--check", *map(str, PAGES)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link in the documentation names a file that is there."""
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
