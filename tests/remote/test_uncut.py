"""How long a portal is believed not to cut its answers."""

from __future__ import annotations

import time

import pytest

from iptvvtab.remote.uncut import BELIEVED_SECONDS, Uncut


@pytest.mark.parametrize(
    ("age", "rows"),
    [(0.0, 2000), (BELIEVED_SECONDS / 2, 2000), (BELIEVED_SECONDS + 1, 0), (-60.0, 0)],
    ids=["now", "lately", "long ago", "clock put back"],
)
def test_what_was_seen(age: float, rows: int) -> None:
    """What lately came is believed, and no more."""
    uncut = Uncut()
    uncut.saw(2000, time.time() - age)
    assert uncut.rows == rows


def test_most_is_kept_and_a_cut_ends_it() -> None:
    """Fewer rows say less than more did; a portal that was seen to cut is believed nothing."""
    uncut = Uncut()
    uncut.saw(2000)
    uncut.saw(1500)
    assert uncut.rows == 2000
    uncut.forget()
    assert uncut.rows == 0
    uncut.saw(20_000, time.time() - 1)  # at the first contact, before the cut
    assert uncut.rows == 0
