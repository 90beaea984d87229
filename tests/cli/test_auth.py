"""Logging in, out, and asking; the session file belongs to its owner alone, and nothing secret is shown."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path

from iptvvtab.demo import DemoProcess

from .conftest import Run
from .terminal import CTRL_C, Terminal


def test_a_session_is_begun_told_and_forgotten(run: Run, demo: DemoProcess, tmp_path: Path) -> None:
    """`login` begins a session that other commands use, `status` tells, `logout` forgets; its id is nowhere shown."""
    begun = run("auth", "login")
    assert begun.code == 0
    assert begun.err.startswith("logged in to 127.0.0.1:")
    told = run("auth", "status", "--json")
    facts = json.loads(told.out)
    assert (told.code, facts["logged_in"], facts["username"]) == (0, True, "demo")
    file = Path(facts["file"])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert run("query", "SELECT count(*) FROM portal.package").code == 0
    assert demo.log().logins == 1
    secrets = re.findall(r"[0-9a-f]{16,}", file.read_text())
    shown = begun.out + begun.err + told.out + told.err
    assert not [secret for secret in secrets if secret in shown.replace(file.name, "")]
    assert run("auth", "logout").err.endswith("is forgotten\n")
    assert not file.exists()
    assert run("auth", "status").code == 4


def test_the_password_is_asked_for_and_not_echoed(environment: dict[str, str], demo: DemoProcess) -> None:
    """At a terminal a missing password is asked for, unseen; the session then serves where no password is set."""
    person = {**os.environ, **environment}
    password = person.pop("IPTVPORTAL_PASSWORD")
    with Terminal("auth", "login", env=person) as terminal:
        terminal.expect("Password of demo: ")
        terminal.type(f"{password}\n")
        after = terminal.expect("logged in to")
        assert terminal.end() == 0
    assert password not in after
    with Terminal("auth", "login", env=person) as terminal:
        terminal.expect("Password of demo: ")
        terminal.type("wrong-one\n")
        assert terminal.end() == 4
        assert "refused to log in" in terminal.seen
        assert "wrong-one" not in terminal.seen
    with Terminal("query", "SELECT count(*) AS n FROM portal.package", env=person) as terminal:
        assert terminal.end() == 0
        assert "12" in terminal.seen


def test_both_are_asked_for_and_ctrl_c_ends_asking(environment: dict[str, str]) -> None:
    """Without a user name both are asked for; Ctrl-C while asked ends with 130."""
    person = {**os.environ, **environment}
    person.pop("IPTVPORTAL_PASSWORD")
    username = person.pop("IPTVPORTAL_USERNAME")
    with Terminal("auth", "login", env=person) as terminal:
        terminal.expect("Portal user name: ")
        terminal.type(f"{username}\n")
        terminal.expect("Password of demo: ")
        terminal.type(CTRL_C)
        assert terminal.end() == 130
        assert "Traceback" not in terminal.seen
