"""What bodies mean, without a server."""

from __future__ import annotations

import gzip
import ssl
from pathlib import Path
from typing import Any

import pytest
import yaml

from iptvvtab import errors
from iptvvtab.portal import Answer, Call, Cost
from iptvvtab.portal.redaction import Redactor
from iptvvtab.portal.rpc import Composer, batch_envelopes, looks_whole, table_of
from iptvvtab.portal.transport import _decompress, describe
from iptvvtab.portal.verdict import SMALL, Reply, has_expired, judge

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "answers.yaml").read_text())
CALL = Call("select", {"from": "subscriber"})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["rule"])
def test_answer(case: dict[str, Any]) -> None:
    """A body is a result, a refusal, an expired session or no answer at all."""
    request = Composer("p", Redactor()).single(7, CALL, repeatable=True)
    body = case["body"].replace("%long%", "x" * 600).encode()
    reply = Reply("http://p/", case.get("status", 200), body)
    assert has_expired(reply) == case.get("expired", False)
    if case.get("expired"):
        return
    failure = judge(reply, request.questions, is_batch=False)
    if "fails" in case:
        assert failure is not None
        assert type(failure.error).__name__ == case["fails"]
        assert case.get("says", "") in str(failure.error)
        return
    assert failure is None
    answer = Answer(body, Cost(), False, request.questions[0])
    if "raises" not in case:
        assert answer.result() == case["result"]
        return
    with pytest.raises(errors.Refused) as caught:
        answer.result()
    assert type(caught.value).__name__ == case["raises"]
    assert case.get("says", "") in str(caught.value)
    assert caught.value.table == "subscriber"
    assert caught.value.code == case.get("code", caught.value.code)


def test_a_large_body_is_looked_at_by_its_ends_only() -> None:
    """The I/O thread does not decode what is large; whoever decodes it gets the same errors."""
    request = Composer("p", Redactor()).single(7, CALL, repeatable=True)
    body = b'{"id": 8, "result": [' + b"1," * SMALL + b"1]}"
    assert judge(Reply("e", 200, body), request.questions, is_batch=False) is None
    with pytest.raises(errors.BadAnswer, match="another request's id"):
        Answer(body, Cost(), False, request.questions[0]).result()
    failure = judge(Reply("e", 200, body[:-1]), request.questions, is_batch=False)
    assert failure is not None
    assert isinstance(failure.error, errors.BadAnswer)


def test_a_large_torn_answer_to_a_write_is_an_unknown_outcome() -> None:
    """A write whose answer cannot be read may have happened, also when only the caller finds out."""
    request = Composer("p", Redactor()).single(7, Call("update", {"table": "package"}), repeatable=False)
    with pytest.raises(errors.UnknownOutcome, match="update on 'package'"):
        Answer(b'{"id": 7, "result": [1, ]}', Cost(), False, request.questions[0]).result()
    with pytest.raises(errors.UnknownOutcome):
        batch_envelopes(b"[", Composer("p", Redactor()).batch(1, [CALL], repeatable=False))


def test_parameters_that_json_cannot_say_are_refused_before_anything_is_sent() -> None:
    """And the message says which method they were of, not what they were."""
    with pytest.raises(errors.UsageError, match="select"):
        Composer("p", Redactor()).single(1, Call("select", {"limit": object()}), repeatable=True)
    with pytest.raises(errors.UsageError, match="select"):
        Composer("p", Redactor()).single(1, Call("select", {"limit": 2**70}), repeatable=True)


@pytest.mark.parametrize(
    ("params", "table"),
    [
        ({"from": "a"}, "a"),
        ({"from": {"table": "a", "as": "x"}}, "a"),
        ({"from": [{"table": "a"}, {"join": "b"}]}, "a"),
        ({"into": "a"}, "a"),
        ({"table": "a", "set": {}}, "a"),
        ({"from": [{"select": {}}]}, None),
        ({"from": []}, None),
        ({}, None),
    ],
)
def test_errors_name_the_table_that_a_document_names_first(params: dict[str, Any], table: str | None) -> None:
    """None where it names none."""
    assert table_of(params) == table


def test_a_redactor_leaves_nothing_of_a_secret() -> None:
    """Also not of one that contains another; short texts are left alone."""
    hide = Redactor()
    for secret in ("pass", "password", "ab"):
        hide.learn(secret)
    assert hide("my password is pass, ab") == "my *** is ***, ab"
    assert "pass" not in repr(hide)


def test_looks_whole_needs_both_ends() -> None:
    """Space around them does not matter."""
    assert looks_whole(b' {"a": 1}\n')
    assert looks_whole(b"[]")
    assert not looks_whole(b'{"a": 1')
    assert not looks_whole(b"<html>}")
    assert not looks_whole(b"")


def test_gzip_and_deflate_are_read_whole_or_not_at_all() -> None:
    """A torn one is an error, an empty one is empty, an unknown one is refused."""
    packed = gzip.compress(b"rows" * 100)
    assert _decompress(packed, "gzip") == b"rows" * 100
    assert _decompress(b"", "gzip") == b""
    with pytest.raises(ValueError, match="too early"):
        _decompress(packed[:-9], "gzip")
    with pytest.raises(ValueError, match="unknown encoding"):
        _decompress(packed, "br")


def test_tls_that_breaks_after_a_request_was_sent_is_a_broken_connection() -> None:
    """Another attempt may help; where nothing was sent, the setting is wrong."""
    broken = ssl.SSLError(1, "[SSL: DECRYPTION_FAILED_OR_BAD_RECORD_MAC]")
    assert type(describe(broken, "p", "https://h/", was_sent=True)) is errors.Unreachable
    assert type(describe(broken, "p", "https://h/", was_sent=False)) is errors.TlsFailed
