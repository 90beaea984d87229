"""The demo portal over HTTP: paths, sessions, batches, gzip, and a control path that nobody takes for it."""

from __future__ import annotations

import gzip
import http.client
import json
import time
import urllib.error
import urllib.request
from typing import Any

import pytest

from iptvvtab import errors
from iptvvtab.demo import DemoProcess, Fault, Kind

SELECT = {"jsonrpc": "2.0", "id": 1, "method": "select", "params": {"data": ["id"], "from": "subscriber"}}
PROGRAMS = {**SELECT, "params": {"data": ["id", "title"], "from": "tv_program"}}


def login(**params: str) -> dict[str, Any]:
    wanted = {"username": "demo", "password": "demo-only", **params}
    return {"jsonrpc": "2.0", "id": 7, "method": "authorize_user", "params": wanted}


def post(demo: DemoProcess, path: str, document: Any, **headers: str) -> tuple[int, Any, Any]:
    """Send a POST and return status, headers and the decoded body."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(demo.url + path, data=body, headers=named)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        answer = opener.open(request, timeout=10)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        content = answer.read()
        if answer.headers.get("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        is_json = answer.headers.get("Content-Type") == "application/json"
        return answer.status, answer.headers, json.loads(content) if is_json else content


def session(demo: DemoProcess) -> dict[str, str]:
    """Log in and return the header of every other call."""
    result = post(demo, "/api/jsonrpc/", login())[2]["result"]
    return {"Iptvportal_Authorization": f"sessionid={result['session_id']}"}


@pytest.mark.parametrize("prefix", ["/api", ""])
def test_both_forms_of_the_paths_answer(prefix: str, demo: DemoProcess) -> None:
    """`/api/jsonsql/` as the vendor has it, `/jsonsql/` as one installation has it."""
    status, headers, answer = post(demo, f"{prefix}/jsonrpc/", login())
    assert (status, answer["id"], set(answer["result"])) == (200, 7, {"session_id", "user_id"})
    assert "Date" in headers
    status, _, answer = post(demo, f"{prefix}/jsonsql/", SELECT, **session(demo))
    assert (status, len(answer["result"])) == (200, 50)


def test_a_wrong_password_is_an_error_object(demo: DemoProcess) -> None:
    """With status 200, as JSON-RPC has it."""
    status, _, answer = post(demo, "/api/jsonrpc/", login(password="wrong"))
    assert (status, "result" in answer) == (200, False)
    assert "password" in answer["error"]["message"]


@pytest.mark.parametrize("header", [None, "sessionid=nobody", "nonsense", "other=1"])
def test_no_session_is_401(header: str | None, demo: DemoProcess) -> None:
    """Whatever stands in the header."""
    headers = {} if header is None else {"Iptvportal_Authorization": header}
    assert post(demo, "/api/jsonsql/", SELECT, **headers)[0] == 401


def test_sessions_end(demo: DemoProcess) -> None:
    """After their lifetime, and a login says when if it tells."""
    demo.set_sessions(lifetime=0.2)
    before = time.time()
    result = post(demo, "/api/jsonrpc/", login())[2]["result"]
    assert before < result["expires_at"] < before + 5
    headers = {"Iptvportal_Authorization": f"sessionid={result['session_id']}"}
    assert post(demo, "/api/jsonsql/", SELECT, **headers)[0] == 200
    time.sleep(0.25)
    assert post(demo, "/api/jsonsql/", SELECT, **headers)[0] == 401


def test_a_batch_is_answered_by_a_batch(demo: DemoProcess) -> None:
    """Refusals are answers of their own."""
    wrong = {**SELECT, "id": 2, "params": {"data": ["id"], "from": "no_such"}}
    _, _, answer = post(demo, "/api/jsonsql/", [SELECT, wrong, 5], **session(demo))
    assert [one["id"] for one in answer] == [1, 2, None]
    assert ["error" in one for one in answer] == [False, True, True]


def test_a_portal_without_batches_says_so(demo: DemoProcess) -> None:
    """One error for the whole."""
    demo.set_switches("default", batch=False)
    assert "error" in post(demo, "/api/jsonsql/", [SELECT], **session(demo))[2]


def test_gzip_is_for_those_who_accept_it(demo: DemoProcess) -> None:
    """And for bodies that are worth it, where the portal does it at all."""
    headers = session(demo)

    def encoding(document: Any, **more: str) -> str | None:
        answered: str | None = post(demo, "/api/jsonsql/", document, **headers, **more)[1]["Content-Encoding"]
        return answered

    assert encoding(PROGRAMS, Accept_Encoding="gzip") == "gzip"
    assert encoding(PROGRAMS) is None
    assert (
        encoding({**SELECT, "params": {"data": ["id"], "from": "package", "limit": 1}}, Accept_Encoding="gzip") is None
    )
    demo.set_switches("default", gzip=False)
    assert encoding(PROGRAMS, Accept_Encoding="gzip") is None


def test_a_longest_body_is_a_413(demo: DemoProcess) -> None:
    """As web servers answer it."""
    demo.set_switches("default", longest_body=1000)
    wide = {**SELECT, "params": {**SELECT["params"], "where": {"in": ["id", *range(1000)]}}}  # type: ignore[dict-item]
    assert post(demo, "/api/jsonsql/", wide, **session(demo))[0] == 413


@pytest.mark.parametrize(
    "document",
    [b"", b"{", b"5", b"null", b'"select"', b"[]", b"{}", b'{"method": "select"}', b'{"method": "drop", "params": {}}'],
)
def test_what_is_no_request_is_an_error(document: bytes, demo: DemoProcess) -> None:
    """Of JSON-RPC, not of the server; an empty batch has nothing to answer."""
    status, _, answer = post(demo, "/api/jsonsql/", document, **session(demo))
    assert status == 200
    assert answer == [] if document == b"[]" else "error" in answer


def test_a_connection_is_kept(demo: DemoProcess) -> None:
    """Many requests, one connection."""
    host = demo.url.partition("//")[2]
    connection = http.client.HTTPConnection(host, timeout=10)
    for _ in range(3):
        connection.request("POST", "/api/jsonrpc/", json.dumps(login()))
        answer = connection.getresponse()
        assert json.loads(answer.read())["result"]["session_id"]
        assert not answer.will_close
    connection.close()


@pytest.mark.parametrize("path", ["/demo/log", "/demo/reset", "/demo/faults", "/", "/api/", "/api/jsonsql"])
def test_the_control_path_is_not_there_without_its_token(path: str, demo: DemoProcess) -> None:
    """Nor is anything else."""
    assert post(demo, path, {})[0] == 404
    assert post(demo, path, {}, Demo_Token="guess")[0] == 404


def test_the_log_knows_what_was_asked_but_no_password(demo: DemoProcess) -> None:
    """Documents in order, counts, faults; logins without their parameters."""
    headers = session(demo)
    demo.faults(Fault(Kind.STATUS, status=502, method="select"))
    post(demo, "/api/jsonsql/", SELECT, **headers)
    post(demo, "/api/jsonsql/", [SELECT, SELECT], **headers)
    log = demo.log()
    assert (log.requests, log.logins) == (3, 1)
    assert [entry["status"] for entry in log.entries] == [200, 502, 200]
    assert [entry["fault"] for entry in log.entries] == [None, "status", None]
    assert [document["params"] for document in log.documents] == [SELECT["params"]] * 3
    assert "demo-only" not in json.dumps(log.entries)


def test_control_says_what_is_wrong_with_a_request(demo: DemoProcess) -> None:
    """A fault or switch that does not exist."""
    with pytest.raises(errors.UsageError, match="no_such_switch"):
        demo.set_switches("default", no_such_switch=True)
    with pytest.raises(errors.UsageError, match="no_such_profile"):
        demo.set_switches("no_such_profile")


def test_latency_is_what_every_request_waits(demo: DemoProcess) -> None:
    """A portal of its own, because latency is set at the start."""
    from iptvvtab.demo import start_demo

    with start_demo(rows=1, latency_ms=150) as slow:
        started = time.monotonic()
        post(slow, "/api/jsonrpc/", login())
        assert time.monotonic() - started >= 0.15
