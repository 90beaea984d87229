"""How long a portal is believed not to cut its answers."""

from __future__ import annotations

import time

import pytest

from iptvvtab.remote.uncut import BELIEVED_SECONDS, Uncut


@pytest.mark.parametrize(
    ("age", "rows", "expected"),
    [
        (0.0, 2000, True),
        (0.0, 2001, False),
        (BELIEVED_SECONDS / 2, 2000, True),
        (BELIEVED_SECONDS + 1, 1000, False),
        (-60.0, 1000, False),  # a clock that was put back tells nothing
    ],
)
def test_what_was_seen(age: float, rows: int, expected: bool) -> None:
    """As many rows as lately came are believed to be all, and no more."""
    uncut = Uncut()
    uncut.saw(2000, time.time() - age)
    assert uncut.covers(rows) is expected


def test_most_is_kept_and_a_cut_ends_it() -> None:
    """Fewer rows say less than more did; a portal that was seen to cut is believed nothing."""
    uncut = Uncut()
    uncut.saw(2000)
    uncut.saw(1500)
    assert uncut.covers(2000)
    uncut.forget()
    assert not uncut.covers(1500)
