"""Sizes of pages, and when a page is the last."""

from __future__ import annotations

from dataclasses import replace

import pytest

from iptvvtab.portal import Capabilities
from iptvvtab.remote import Sizes
from iptvvtab.remote.sizes import LARGEST_CELLS


@pytest.mark.parametrize(
    ("size", "width", "cap", "expected"),
    [
        (200, 6, None, 200),
        (10**6, 1, None, 20_000),
        (10**6, 100, None, LARGEST_CELLS // 100),
        (10**6, 10**6, None, 1),
        (10**6, 6, 1000, 1000),
        (200, 0, None, 200),
    ],
)
def test_limit(size: int, width: int, cap: int | None, expected: int) -> None:
    """A page holds no more than was wished, than memory allows for its width, than the portal answers."""
    assert Sizes(200, 20_000, cap).limit(size, width) == expected


@pytest.mark.parametrize(
    ("got", "asked", "seen", "expected"),
    [
        (0, 200, {}, True),
        (199, 200, {}, True),
        (200, 200, {}, False),
        (999, 5000, {}, True),
        (1000, 5000, {}, False),
        (4999, 5000, {}, False),
        (300, 5000, {"row_cap": 300}, False),
        (299, 5000, {"row_cap": 300}, True),
        (299, 5000, {"row_cap": 300, "rows_at_once": 20}, True),
        (0, 1, {"row_cap": 300}, True),
        (999, 5000, {"rows_at_once": 20_000}, True),
        (1000, 5000, {"rows_at_once": 20_000}, False),
        (5000, 5000, {"rows_at_once": 20_000}, False),
        (50, 200, {"rows_at_once": 50}, False),
        (49, 200, {"rows_at_once": 50}, True),
    ],
)
def test_is_last(got: int, asked: int, seen: dict[str, int], expected: bool) -> None:
    """A short page is the last, unless the portal may have cut it without a word."""
    assert Sizes(200, 20_000).of(Capabilities(**seen)).is_last(got, asked) is expected


@pytest.mark.parametrize(
    ("got", "asked", "seen", "expected"),
    [
        (4321, 5000, {"believed": 20_000}, True),
        (4321, 5000, {"believed": 4321}, True),
        (4321, 5000, {"believed": 4320}, False),
        (5000, 5000, {"believed": 20_000}, False),
        (4999, 5000, {"believed": 20_000}, False),  # one less than a round number
        (4200, 5000, {"believed": 20_000}, False),
        (4096, 5000, {"believed": 20_000}, False),
        (1000, 5000, {"believed": 20_000}, False),
        (4321, 5000, {"believed": 20_000, "cap": 4321}, False),
        (4200, 5000, {"seen": 4201}, True),
        (4200, 5000, {"seen": 4200}, False),
    ],
)
def test_is_last_by_what_came_before(got: int, asked: int, seen: dict[str, int], expected: bool) -> None:
    """A portal that answered more rows at once cuts none; if that was before, a round number of them may be a cut."""
    assert replace(Sizes(200, 20_000), **seen).is_last(got, asked) is expected
    assert not Sizes(200, 20_000).is_last(got, asked)


@pytest.mark.parametrize(
    ("size", "bytes_", "seconds", "largest"),
    [
        (20_000, 10**6, 1.0, 20_000),
        (20_000, 10**6, 11.0, 10_000),
        (20_000, 33 * 10**6, 1.0, 10_000),
        (300, 10**6, 11.0, 200),
        (200, 10**9, 60.0, 20_000),  # no smaller than the first: it is not the rows that take so long
    ],
)
def test_after_a_page(size: int, bytes_: int, seconds: float, largest: int) -> None:
    """No page is as large again as one that was slow or heavy."""
    assert Sizes(200, 20_000).after(size, bytes_, seconds).largest == largest


@pytest.mark.parametrize(("size", "largest"), [(20_000, 4000), (500, 200), (200, None), (50, None)])
def test_after_a_page_that_failed(size: int, largest: int | None) -> None:
    """Smaller pages are worth another try where it was a large one."""
    after = Sizes(200, 20_000).after_failure(size)
    assert (after and after.largest) == largest
