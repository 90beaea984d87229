"""Retries, waits, rates and breakers as plain values: no test here sleeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from iptvvtab.errors import Unreachable
from iptvvtab.portal import Backoff
from iptvvtab.portal.policies import Breaker, Bucket, Deadline, Failure, Retry, http_date, retry_after
from iptvvtab.portal.session import Session, begun, expiry

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "policies.yaml").read_text())
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def _each(kind: str) -> Any:
    return pytest.mark.parametrize("case", CASES[kind], ids=lambda case: case["rule"])


@_each("retry_after")
def test_retry_after(case: dict[str, Any]) -> None:
    """A Retry-After header is seconds, a date, or nothing."""
    assert retry_after(case["header"], NEW_YEAR) == case["seconds"]


@_each("retry")
def test_retry(case: dict[str, Any]) -> None:
    """Another attempt is made when it may help, cannot do a thing twice, and there is time."""
    failure = Failure(
        Unreachable("p", "gone"),
        reached=case["reached"],
        wait=case.get("wait"),
        is_passing=case.get("passing", True),
        is_elsewhere=case.get("fresh", False),
    )
    pause = Retry(3, Backoff(first=1)).pause(
        failure,
        case["attempt"],
        repeatable=case["repeatable"],
        left=60,
        chance=0.5,
        fresh_endpoint=case.get("fresh", False),
    )
    assert pause == case["pause"]


@_each("expiry")
def test_expiry(case: dict[str, Any]) -> None:
    """The end of a session is read from whatever form a portal gives it in."""
    assert expiry(case["value"], 1_800_000_000) == case["ends"]


def test_backoff_never_exceeds_its_longest_pause() -> None:
    """Pauses grow by their factor, with full jitter, up to a limit."""
    backoff = Backoff(first=1, factor=2, longest=10)
    assert [backoff.pause(n, 1.0) for n in (1, 2, 3, 4, 5, 50)] == [1, 2, 4, 8, 10, 10]
    assert backoff.pause(3, 0.0) == 0


def test_bucket_lets_a_burst_through_and_then_keeps_the_rate() -> None:
    """Ten requests a second: ten at once, then each waits for its own turn; idle time fills it up, but not beyond."""
    bucket, waits = Bucket.of(10, now=0), []
    for _ in range(12):
        bucket, wait = bucket.take(0)
        waits.append(round(wait, 3))
    assert waits == [0] * 10 + [0.1, 0.2]
    bucket, wait = bucket.take(100)
    assert (wait, bucket.tokens) == (0, 9)


def test_bucket_without_a_rate_never_waits() -> None:
    """Rate 0 is unlimited."""
    bucket = Bucket.of(0, now=0)
    for _ in range(1000):
        bucket, wait = bucket.take(0)
        assert wait == 0


def test_bucket_slower_than_one_a_second_lets_one_through() -> None:
    """A rate of 0.5 waits two seconds between requests, not before the first."""
    bucket, first = Bucket.of(0.5, now=0).take(0)
    assert (first, bucket.take(0)[1]) == (0, 2)


def test_breaker_opens_tries_once_and_closes() -> None:
    """After its limit nothing is sent; then one request may try, and its success lets all others through."""
    breaker = Breaker(limit=2, reset=30)
    assert breaker.failed(0).wait(1) == 0
    opened = breaker.failed(0).failed(1)
    assert opened.wait(1) == 30
    assert opened.wait(31) == 0
    trying = opened.sent()
    assert trying.wait(31) == 30, "one at a time"
    assert trying.failed(31).wait(32) == 29, "a failed try opens it anew"
    assert trying.dropped().wait(31) == 0, "a dropped try lets another one try"
    assert trying.succeeded().wait(31) == 0
    assert trying.succeeded().failed(40).wait(40) == 0, "counting starts anew"


def test_breaker_with_limit_zero_never_opens() -> None:
    """`breaker_failures` 0 is never."""
    breaker = Breaker(limit=0, reset=30)
    for moment in range(100):
        breaker = breaker.failed(moment)
    assert breaker.wait(100) == 0


def test_deadline_is_never_below_zero() -> None:
    """What is left of a deadline that has passed is nothing."""
    assert Deadline(10, lambda: 4.0).left == 6
    assert Deadline(10, lambda: 40.0).left == 0


def test_http_date_is_utc_or_nothing() -> None:
    """A Date header is a moment in UTC; a broken one is none."""
    assert http_date("Thu, 01 Jan 2026 00:00:00 GMT") == NEW_YEAR
    assert http_date("yesterday") is None
    assert http_date(None) is None


def test_a_session_is_renewed_shortly_before_its_end() -> None:
    """A tenth of its life early, but never more than a minute; one without an end never."""
    assert not Session("s", 0, 100).is_ending(89)
    assert Session("s", 0, 100).is_ending(90)
    assert not Session("s", 0, 100_000).is_ending(99_939)
    assert Session("s", 0, 100_000).is_ending(99_940)
    assert not Session("s", 0).is_ending(1e12)


def test_the_end_of_a_session_is_moved_by_the_difference_of_the_clocks() -> None:
    """A portal whose clock is an hour ahead says an end an hour too late for us."""
    now = 1_800_000_000.0
    ahead = datetime.fromtimestamp(now, UTC) + timedelta(hours=1)
    session = begun({"session_id": "s", "expires_at": now + 3600 + 600}, now, ahead)
    assert session is not None
    assert session.expires_at == now + 600


@pytest.mark.parametrize(
    "result", [None, [], {}, {"session_id": None}, {"session_id": ""}, {"session_id": "a\nb"}, {"session": "x"}]
)
def test_a_login_without_a_session_id_begins_no_session(result: Any) -> None:
    """Whatever else an answer holds."""
    assert begun(result, 0, None) is None
