"""`serve`: pages over the shadow file, by a process that has no SQLite but Python's."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import yaml

from iptvvtab.cli.serve.address import url_of
from iptvvtab.datasette_plugin.local import is_of_this_machine
from tests.serving import Server, serving

from .conftest import CASES, Run

PAGES = yaml.safe_load((CASES / "pages.yaml").read_text(encoding="utf-8"))


def test_pages(run: Run, environment: dict[str, str], tmp_path: Path) -> None:
    """Each page tells how fresh its rows are, what they mean, and nothing that is not for people."""
    run("sync")
    with serving(environment, tmp_path) as server:
        for page in PAGES:
            answer = server.get(page["path"])
            assert answer.status_code == page.get("status", 200), page["path"]
            for text in page.get("has", []):
                assert text in answer.text, f"{text!r} is not in {page['path']}: {answer.text}"
            for text in page.get("lacks", []):
                assert text not in answer.text, f"{text!r} is in {page['path']}"
        check_process(server, environment)
        assert server.browser.get("/", headers={"Host": "rebound.example"}).status_code == 403
        assert server.stop() == 0
    assert server.words.splitlines() == [f"serving {server.url}; Ctrl-C ends it", "stopped"]


def check_process(server: Server, environment: dict[str, str]) -> None:
    """The server is the very process that was started; it has no APSW in it and knows no password."""
    process = psutil.Process(server.pid)
    assert "iptvvtab.datasette_plugin" in process.cmdline()
    assert environment["IPTVPORTAL_PASSWORD"] not in process.environ().values()
    if sys.platform == "linux":
        libraries = [one.path for one in process.memory_maps()]
        assert any("sqlite3" in one for one in libraries)
        assert not any("apsw" in one for one in libraries)


def test_what_is_stale_is_told(run: Run, environment: dict[str, str], tmp_path: Path) -> None:
    """By the ttl in force, for the schema's name in SQL; SIGTERM ends it well, too."""
    run("sync", "package")
    with serving(environment, tmp_path, "--ttl", "0") as server:
        page = server.get("/portal").text
        assert "1 table: 1 stale; the oldest synced" in page
        assert '<details class="freshness" open' in page
        assert "stale; 12 rows</p>" in server.get("/portal/package").text
        assert server.stop(signal.SIGTERM) == 0


def test_a_table_without_those_it_refers_to(run: Run, environment: dict[str, str], tmp_path: Path) -> None:
    """Its page shows numbers, until they are synced too; nothing needs to be started again."""
    run("sync", "terminal")
    with serving(environment, tmp_path) as server:
        answer = server.get("/portal/terminal?_facet=subscriber_id")
        assert answer.status_code == 200
        assert 'href="/portal/subscriber/' not in answer.text
        run("sync", "subscriber")
        assert 'href="/portal/subscriber/' in server.get("/portal/terminal").text


def test_the_schema_names_the_database(run: Run, environment: dict[str, str], tmp_path: Path) -> None:
    """`--schema spare` has it at /spare, from the file of the settings in force."""
    run("sync", "package", "--mirror", str(tmp_path / "spare.db"))
    (tmp_path / "iptvvtab.yaml").write_text(f"profiles:\n  spare:\n    mirror: {tmp_path / 'spare.db'}\n")
    with serving(environment, tmp_path, "--profile", "spare", "--schemas", str(own_schema(tmp_path))) as server:
        assert "outdated: its schema changed since" in server.get("/portal/package").text
        assert "1 table synced by other schemas (package)" in server.words
    done = run("serve", "--port", "0")
    assert done.code == 2, "the default profile has a file of its own"


def own_schema(folder: Path) -> Path:
    """Packages with another column than the built-in schema has."""
    (folder / "own").mkdir()
    text = "schemas:\n  package:\n    fields:\n      9: {name: colour, type: string}\n"
    (folder / "own" / "package.yaml").write_text(text)
    return folder / "own"


def test_nothing_to_serve(run: Run) -> None:
    """Before the first sync, and after everything was cleared."""
    for words in ((), ("sync", "package"), ("cache", "clear")):
        if words:
            run(*words)
        if words != ("sync", "package"):
            done = run("serve", "--port", "0")
            assert done.code == 2
            assert "holds no tables yet; `iptvvtab sync`" in done.err


def test_a_port_that_is_taken(run: Run) -> None:
    """The error says where, and how to take another one."""
    run("sync", "package")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("serve", "--port", str(port))
    assert done.code == 2
    assert f"port {port} of 127.0.0.1 cannot be served" in done.err
    assert "--port 0" in done.err


def test_without_datasette(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says how to install it."""
    monkeypatch.setitem(sys.modules, "datasette", None)
    done = run("serve")
    assert done.code == 2
    assert "pip install 'iptvvtab[serve]'" in done.err


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [
        ("localhost", True),
        ("localhost:8001", True),
        ("127.0.0.1:8001", True),
        ("[::1]:8001", True),
        ("127.0.0.1.evil.example", False),
        ("evil.example:8001", False),
        ("10.0.0.1", False),
        ("[::1", False),
        ("", False),
    ],
)
def test_names_of_this_machine(host: str, *, is_ours: bool) -> None:
    """Those that no page of anybody's can have."""
    assert is_of_this_machine(host) is is_ours


def test_addresses_for_a_browser() -> None:
    """IPv6 wants brackets."""
    addresses: list[tuple[socket.AddressFamily, str, Callable[[int], str]]] = [
        (socket.AF_INET, "127.0.0.1", "http://127.0.0.1:{}".format),
    ]
    if socket.has_ipv6:
        addresses.append((socket.AF_INET6, "::1", "http://[::1]:{}".format))
    for family, host, expected in addresses:
        with socket.create_server((host, 0), family=family) as listening:
            assert url_of(listening) == expected(listening.getsockname()[1])
