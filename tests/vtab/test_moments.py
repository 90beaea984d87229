"""Texts that dates are compared with."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iptvvtab.jsonsql.moments import date_bound, moment_span, timestamp_bound
from iptvvtab.types import ColumnType

DAYS = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 30))  # noqa: DTZ001 -- as PostgreSQL: without a zone


@pytest.mark.parametrize(
    ("text", "value", "is_full"),
    [
        ("2024-02-29 10:20:30", "2024-02-29 10:20:30+00", True),
        ("2024-02-29 10:20:30.5", "2024-02-29 10:20:30.5+00", True),
        ("2024-", "2024-01-01 00:00:00+00", False),
        ("2024-02", "2024-02-01 00:00:00+00", False),
        ("2024-02-29", "2024-02-29 00:00:00+00", False),
        ("2024-02-29 10", "2024-02-29 10:00:00+00", False),
        ("2024-02-29 10:2", None, None),
        ("2024-02-29 10:20:", "2024-02-29 10:20:00+00", False),
        ("2024", None, None),
        ("2024-0", None, None),
        ("2024-02-", None, None),
        ("2024-02-30", None, None),
        ("2024-02-29 24:00:00", None, None),
        ("2024-02-29 10:20:30.50", None, None),
        ("2024-02-29T10:20:30", None, None),
        ("٢٠٢٤-02-29", None, None),
    ],
)
def test_timestamp_bound(text: str, value: str | None, is_full: bool | None) -> None:
    """A canonical timestamp is itself, a shorter text the first moment after it, anything else no bound."""
    bound = timestamp_bound(text)
    assert (bound and bound.value, bound and bound.is_full) == (value, is_full)


@pytest.mark.parametrize(
    ("text", "value"),
    [("2024-02-29", "2024-02-29"), ("2024-02", "2024-02-01"), ("2024-02-29 10", None), ("2023-02-29", None)],
)
def test_date_bound(text: str, value: str | None) -> None:
    """A date is compared with a date or with less; a time of day is more than a date can hold."""
    bound = date_bound(text)
    assert (bound and bound.value) == value


@settings(max_examples=200, derandomize=True)
@given(DAYS, st.integers(0, 26), DAYS)
def test_bounds_order_as_text_orders(moment: datetime, length: int, other: datetime) -> None:
    """A bound lies between the canonical texts that are less than its text and those that are not."""
    text, canonical = str(moment)[:length], str(other)
    bound = timestamp_bound(text)
    if bound is not None:
        assert (canonical < text) == (other < datetime.fromisoformat(bound.value).replace(tzinfo=None))


@settings(max_examples=200, derandomize=True)
@given(DAYS, st.sampled_from([4, 5, 7, 8, 10, 11, 13, 14]), st.timedeltas(timedelta(-400), timedelta(400)))
def test_span_holds_all_that_start_so(moment: datetime, length: int, distance: timedelta) -> None:
    """The span of a prefix holds precisely the moments whose text starts with it."""
    prefix = str(moment)[:length]
    found = moment_span(prefix, ColumnType.DATETIME)
    try:
        other = moment + distance
    except OverflowError:
        other = moment
    if found is not None:
        low, high = (datetime.fromisoformat(one).replace(tzinfo=None) for one in found)
        assert (low <= other < high) == str(other).startswith(prefix.rstrip("- :"))
