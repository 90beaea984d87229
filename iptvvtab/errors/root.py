"""What every error is, and names close to a wrong one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name closest to a wrong one, or None."""
    by_folded = {one.casefold(): one for one in known}
    found = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ` (did you mean X?)`, or an empty string."""
    close = nearest(name, known)
    return f" (did you mean {close!r}?)" if close else ""


class Error(Exception):
    """The root: catch it to catch everything that iptvvtab raises on purpose."""

    exit_code = 1
    retryable = False


class UsageError(Error, ValueError):
    """The call itself is wrong: an argument, an option, or a combination of them."""

    exit_code = 2


class NotInstalled(UsageError):
    """Something needs libraries that are installed only where they are wanted: an extra of this package."""

    def __init__(self, what: str, extra: str) -> None:
        self.what, self.extra = what, extra
        super().__init__(f"{what} needs more than is installed: pip install 'iptvvtab[{extra}]'")


class GuardError(Error):
    """Refused to protect data."""

    exit_code = 6


class ReadOnlyTable(GuardError):
    """A statement would write to a table of the portal, which is read-only."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(
            f"table {table!r} is read-only: nothing is ever written to the portal; "
            f"copy it first to change a copy, `CREATE TEMP TABLE mine AS SELECT * FROM {table}`"
        )


class WriteNotAllowed(GuardError):
    """A document would write, and nobody said that it may. `allowance`: what allows it."""

    def __init__(self, method: str, allowance: str = "--write") -> None:
        self.method = method
        super().__init__(f"nothing was sent: this document writes ({method}); {allowance} allows it")


class EveryRow(GuardError):
    """A document would change or remove every row of a table, and nobody said that it should.

    `allowance`: what says so.
    """

    def __init__(
        self, method: str, table: str, allowance: str = "--all-rows and type the table's name (or --yes)"
    ) -> None:
        self.method, self.table = method, table
        super().__init__(
            f"this {method} has no condition that leaves a row out and would meet every row of {table!r}; "
            f"write one into WHERE, or say {allowance}"
        )


class Interrupted(Error):
    """The wait was ended from outside: the request was dropped. A write under way may still happen."""

    exit_code = 130

    def __init__(self, reason: str = "interrupted") -> None:
        self.reason = reason
        super().__init__(reason)
