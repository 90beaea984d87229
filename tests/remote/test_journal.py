"""What a meter says of the rows to come: whom it believes, and until when."""

from __future__ import annotations

from iptvvtab.remote import Journal, Read

READ, OTHER = Read("t", ("id",)), Read("t", ("name",))


def came(journal: Journal, rows: int) -> None:
    """So many rows of the table came."""
    journal.request("t", "{}", rows=rows, started=0.0, seconds=0.1, bytes_sent=1, bytes_received=1, retries=0)


def test_what_was_counted_is_believed_until_more_rows_came() -> None:
    """Keys say little beside a count; a count that was passed says nothing."""
    journal = Journal()
    with journal.meter() as meter:
        journal.expect(READ, "t", 5000, is_counted=True)
        journal.expect(READ, "t", 9_000_000, is_counted=False)
        assert meter.expected() == 5000
        journal.expect(READ, "t", None, is_counted=False)
        assert meter.expected() == 5000
        came(journal, 5001)
        assert meter.expected() is None
        journal.expect(READ, "t", 6000, is_counted=False)
        assert meter.expected() == 6000


def test_what_is_reckoned_may_change_and_be_taken_back() -> None:
    """Without a count the last reckoning holds; None ends it."""
    journal = Journal()
    with journal.meter() as meter:
        for rows in (100, 120):
            journal.expect(READ, "t", rows, is_counted=False)
            assert meter.expected() == rows
        journal.expect(READ, "t", None, is_counted=False)
        assert meter.expected() is None


def test_reads_of_one_table_add_up() -> None:
    """Two reads bring the rows of both; what has come of a table is no more than all."""
    journal = Journal()
    with journal.meter() as meter:
        journal.expect(READ, "t", 100, is_counted=True)
        journal.expect(OTHER, "t", 50, is_counted=True)
        assert meter.expected() == 150
        came(journal, 149)
        assert meter.expected() == 150
