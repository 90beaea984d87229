"""Sessions: the flow of a login, the file between processes, one login for all who wait."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iptvvtab import errors
from iptvvtab.config import Settings
from iptvvtab.demo import DemoProcess, Fault, Kind
from iptvvtab.portal import Client
from iptvvtab.portal.session import Session, Step, login_flow
from iptvvtab.portal.session_file import SessionFile, session_path
from iptvvtab.trace import Event, LoggedIn

from .conftest import SUBSCRIBERS, ClientFor

OLD, NEW = Session("old", 0.0), Session("new", 5.0)


def _steps(sent: list[Session | None], stale: Session | None, *, is_forced: bool = False) -> list[Any]:
    """Drive a flow with what its steps bring; return the steps and the session in the end."""
    flow, seen = login_flow(stale, 10.0, is_forced=is_forced), []
    try:
        step = next(flow)
        for one in sent:
            seen.append(step)
            step = flow.send(one)
    except StopIteration as done:
        return [*seen, done.value]
    return [*seen, step]


def test_flow_takes_a_session_that_another_process_stored() -> None:
    """No lock, no login."""
    assert _steps([NEW], OLD) == [Step.LOAD, NEW]


def test_flow_looks_again_under_the_lock() -> None:
    """Somebody logged in while we waited: the lock was worth it."""
    assert _steps([OLD, None, NEW], OLD) == [Step.LOAD, Step.LOCK, Step.LOAD, NEW]


def test_flow_logs_in_when_nothing_stored_helps() -> None:
    """What is stored is the session that the portal has just refused."""
    steps = [Step.LOAD, Step.LOCK, Step.LOAD, Step.LOGIN, NEW]
    assert _steps([OLD, None, OLD, NEW], OLD) == steps
    assert _steps([None, None, None, NEW], None) == steps


def test_flow_does_not_take_a_stored_session_that_is_about_to_end() -> None:
    """It would be renewed at once."""
    ending = Session("ending", 0.0, expires_at=10.5)
    assert _steps([ending, None, ending, NEW], None)[-2:] == [Step.LOGIN, NEW]


def test_forced_flow_does_not_look() -> None:
    """`auth login` means a login."""
    assert _steps([None, NEW], None, is_forced=True) == [Step.LOCK, Step.LOGIN, NEW]


def test_session_file_is_private_and_owned(tmp_path: Path) -> None:
    """Mode 0600; another user's or portal's session is not used, nor one that others could have read."""
    file = SessionFile(tmp_path / "s" / "session.json", "portal\nme")
    file.save(NEW)
    assert file.path.stat().st_mode & 0o777 == 0o600
    loaded = file.load()
    assert (loaded, loaded and loaded.is_shared) == (NEW, True)
    assert SessionFile(file.path, "portal\nsomebody else").load() is None
    file.path.chmod(0o640)
    assert file.load() is None
    file.path.chmod(0o600)
    file.path.write_bytes(file.path.read_bytes()[:-5])
    assert file.load() is None
    file.remove()
    file.remove()
    assert file.load() is None
    assert [one.name for one in file.path.parent.iterdir()] == []


def test_a_folder_that_cannot_be_written_costs_a_login_not_an_error(
    demo: DemoProcess, client_for: ClientFor, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The session lives in this process alone, and the log says so."""
    (tmp_path / "file").write_text("")
    client = client_for(demo, session_file=tmp_path / "file" / "session.json")
    assert client.call("select", SUBSCRIBERS).result()
    assert "the session is not kept" in caplog.text


def test_a_stored_session_saves_the_login(demo: DemoProcess, client_for: ClientFor, events: list[Event]) -> None:
    """The second client of a user asks at once."""
    client_for(demo).call("select", SUBSCRIBERS)
    client_for(demo).call("select", SUBSCRIBERS)
    assert demo.log().logins == 1
    assert [event.shared for event in events if isinstance(event, LoggedIn)] == [False, True]


def test_a_session_is_renewed_before_its_known_end(demo: DemoProcess, client_for: ClientFor) -> None:
    """No 401 is ever seen."""
    demo.set_sessions(lifetime=0.6)
    client = client_for(demo)
    client.call("select", SUBSCRIBERS)
    time.sleep(0.65)
    client.call("select", SUBSCRIBERS)
    log = demo.log()
    assert log.logins == 2
    assert {entry["status"] for entry in log.entries} == {200}


def test_an_end_that_the_portal_does_not_tell_costs_a_401(demo: DemoProcess, client_for: ClientFor) -> None:
    """The call is sent again with a new session."""
    demo.set_sessions(lifetime=0.3, tells_expiry=False)
    client = client_for(demo)
    client.call("select", SUBSCRIBERS)
    time.sleep(0.35)
    assert client.call("select", SUBSCRIBERS).result()
    assert [entry["status"] for entry in demo.log().entries] == [200, 200, 401, 200, 200]


def test_32_threads_meet_one_expiry_and_log_in_once(demo: DemoProcess, client_for: ClientFor) -> None:
    """All wait for the same login, and all get their rows."""
    client = client_for(demo, concurrency=8)
    truth = client.call("select", SUBSCRIBERS).result()
    demo.reset()
    demo.set_sessions(forget=True)
    results: list[Any] = []
    threads = [
        threading.Thread(target=lambda: results.append(client.call("select", SUBSCRIBERS, repeatable=True).result()))
        for _ in range(32)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert results == [truth] * 32
    assert demo.log().logins == 1


_PROCESS = """
import json, sys
from iptvvtab.config import load
from iptvvtab.portal import Client
settings = load(None, json.loads(sys.stdin.read()))
with Client(settings) as client:
    print(len(client.call("select", {"data": ["id"], "from": "subscriber"}).result()))
"""


def test_eight_processes_log_in_once(demo: DemoProcess, settings_for: Callable[..., Settings]) -> None:
    """The session file and its lock make one login serve all of them."""
    settings = settings_for(demo)
    overrides = {
        "api_url": list(settings.api_url),
        "auth_url": list(settings.auth_url),
        "username": settings.username,
        "password": settings.password.get_secret_value() if settings.password else None,
        "state_folder": str(settings.state_folder),
    }
    children = [
        subprocess.Popen([sys.executable, "-c", _PROCESS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(8)
    ]
    outputs = [child.communicate(json.dumps(overrides), timeout=60)[0] for child in children]
    assert outputs == ["50\n"] * 8
    assert demo.log().logins == 1


def test_a_process_takes_the_newer_session_that_another_one_stored(demo: DemoProcess, client_for: ClientFor) -> None:
    """After an expiry the second client finds what the first has begun."""
    first, second = client_for(demo), client_for(demo)
    first.call("select", SUBSCRIBERS)
    second.call("select", SUBSCRIBERS)
    demo.set_sessions(forget=True)
    first.call("select", SUBSCRIBERS)
    demo.reset()
    second.call("select", SUBSCRIBERS)
    assert demo.log().logins == 0
    assert demo.log().requests == 2


def test_a_stored_session_that_is_just_as_old_does_not_end_a_call(
    demo: DemoProcess, client_for: ClientFor, settings_for: Callable[..., Settings]
) -> None:
    """Only a refused new session shows that logging in does not help."""
    client = client_for(demo)
    client.call("select", SUBSCRIBERS)
    demo.set_sessions(forget=True)
    settings = settings_for(demo)
    owner = "\n".join((*settings.auth_url, settings.username or ""))
    SessionFile(session_path(settings), owner).save(Session("of-another-process-and-as-old", time.time() - 9))
    demo.reset()
    assert client.call("select", SUBSCRIBERS).result()
    assert [entry["status"] for entry in demo.log().entries] == [401, 401, 200, 200]


def test_login_logout_and_status(demo: DemoProcess, client_for: ClientFor) -> None:
    """`login` always begins a session, `logout` forgets it, `session_status` asks nobody."""
    client = client_for(demo)
    assert not client.session_status().is_stored
    client.login()
    client.login()
    status = client.session_status()
    assert (status.is_stored, status.username, demo.log().logins) == (True, "demo", 2)
    assert status.file.exists()
    client.logout()
    assert not client.session_status().is_stored
    assert not status.file.exists()
    client.call("select", SUBSCRIBERS)
    assert demo.log().logins == 3


def test_a_prompt_is_asked_once_in_the_thread_that_waits(demo: DemoProcess, client_for: ClientFor) -> None:
    """Only when no credentials are set and no session is stored; its answer is kept for this process."""
    asked: list[threading.Thread] = []

    def prompt() -> tuple[str, str]:
        asked.append(threading.current_thread())
        return "demo", "demo-only"

    client = client_for(demo, prompt, username=None, password=None)
    assert client.call("select", SUBSCRIBERS).result()
    demo.set_sessions(forget=True)
    assert client.call("select", SUBSCRIBERS).result()
    assert asked == [threading.current_thread()]
    assert client.session_status().username == "demo"


def test_a_prompt_that_nobody_answers_leaves_the_error(demo: DemoProcess, client_for: ClientFor) -> None:
    """It says what to set."""
    client = client_for(demo, lambda: None, username=None, password=None)
    with pytest.raises(errors.NoCredentials, match="IPTVPORTAL_USERNAME"):
        client.call("select", SUBSCRIBERS)


def test_a_password_file_holds_the_password(demo: DemoProcess, client_for: ClientFor, tmp_path: Path) -> None:
    """Its first line."""
    file = tmp_path / "password"
    file.touch(mode=0o600)
    file.write_text("demo-only\nand a note\n")
    assert client_for(demo, password=None, password_file=file).call("select", SUBSCRIBERS).result()


def test_a_refused_login_is_not_repeated(demo: DemoProcess, client_for: ClientFor) -> None:
    """A second try with the same password could lock the account."""
    client = client_for(demo, password="wrong-password")
    with pytest.raises(errors.LoginRefused) as caught:
        client.call("select", SUBSCRIBERS)
    assert "Incorrect" in str(caught.value)
    assert "wrong-password" not in str(caught.value)
    assert demo.log().requests == 1


def test_whoever_waits_for_a_login_that_is_refused_is_refused_with_it(demo: DemoProcess, client_for: ClientFor) -> None:
    """Sixteen refusals of one password could lock the account: there is one."""
    client = client_for(demo, password="wrong-password", concurrency=16)
    demo.faults(Fault(Kind.HANG, method="authorize_user", seconds=0.3))
    pending = [client.submit("select", SUBSCRIBERS) for _ in range(16)]
    for one in pending:
        with pytest.raises(errors.LoginRefused):
            one.result()
    assert demo.log().requests == 1


def test_what_was_typed_and_refused_is_asked_again(demo: DemoProcess, client_for: ClientFor) -> None:
    """A mistyped password is not kept."""
    typed = iter([("demo", "a typing mistake"), ("demo", "demo-only")])
    client = client_for(demo, lambda: next(typed), username=None, password=None)
    with pytest.raises(errors.LoginRefused):
        client.call("select", SUBSCRIBERS)
    assert client.call("select", SUBSCRIBERS).result()


def test_a_session_id_that_no_header_can_carry_is_no_session() -> None:
    """It would end up in an error of the HTTP library."""
    with pytest.raises(ValueError, match="no header") as caught:
        Session("secret\r\nX-Other: 1", 0)
    assert "secret" not in str(caught.value)


def test_a_login_is_sent_again_when_the_portal_stumbles(demo: DemoProcess, client_for: ClientFor) -> None:
    """Logging in twice does no harm, so it may be repeated, also for a write."""
    demo.faults(Fault(Kind.RESET_BEFORE, method="authorize_user"), Fault(Kind.STATUS, method="authorize_user"))
    assert client_for(demo).call("select", SUBSCRIBERS).result()


def test_a_write_whose_login_failed_has_not_happened(demo: DemoProcess, client_for: ClientFor) -> None:
    """So its error is the login's, not an unknown outcome."""
    demo.faults(Fault(Kind.STATUS, method="authorize_user", times=None))
    with pytest.raises(errors.ServerFailed):
        client_for(demo).call("delete", {"from": "package", "where": {"eq": ["id", -1]}})


def test_the_lock_is_free_again_when_its_holder_dies(tmp_path: Path) -> None:
    """The kernel lets go of it: no stale lock keeps anybody out."""
    file = SessionFile(tmp_path / "session.json", "p")
    assert file.try_lock()
    child = os.fork()
    if child == 0:
        os._exit(0 if not SessionFile(tmp_path / "session.json", "p").try_lock() else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    file.unlock()
    other = SessionFile(tmp_path / "session.json", "p")
    assert other.try_lock()
    other.unlock()


def test_a_client_without_calls_starts_nothing(demo: DemoProcess, client_for: ClientFor) -> None:
    """No thread, no request, no file."""
    before = threading.active_count()
    client: Client = client_for(demo)
    assert (threading.active_count(), demo.log().requests) == (before, 0)
    assert client.server_date() is None
