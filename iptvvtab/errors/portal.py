"""The portal, or the way to it, failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from iptvvtab.errors.root import Error


class PortalError(Error):
    """The portal, or the way to it, failed."""

    exit_code = 5

    def __init__(self, portal: str, reason: str, advice: str = "") -> None:
        self.portal, self.reason, self.advice = portal, reason, advice
        super().__init__(f"{portal}: {reason}" + (f"; {advice}" if advice else ""))


class Unreachable(PortalError):
    """Nothing came back, or half of it: DNS, a refused or reset connection."""

    retryable = True


class TlsFailed(PortalError):
    """The portal's certificate or protocol was not accepted."""


class TimedOut(PortalError):
    """The deadline of the whole call passed."""

    retryable = True


class CircuitOpen(PortalError):
    """The portal failed so often in a row that it is left alone for a while."""

    retryable = True


class RateLimited(PortalError):
    """The portal answered 429 for longer than we wait. `retry_after`: seconds it asked for, or None."""

    retryable = True

    def __init__(self, portal: str, reason: str, advice: str = "", *, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(portal, reason, advice)


class ServerFailed(PortalError):
    """The portal answered 5xx. `status`: the HTTP status."""

    retryable = True

    def __init__(self, portal: str, reason: str, advice: str = "", *, status: int) -> None:
        self.status = status
        super().__init__(portal, reason, advice)


class BadAnswer(PortalError):
    """What came back is not an answer: an HTML page, an empty or torn body, another request's id."""

    retryable = True


class WrongWidth(BadAnswer):
    """A row does not have the columns that were asked for: nothing of the page is used."""

    retryable = False

    def __init__(self, portal: str, table: str, expected: int, got: int) -> None:
        self.table, self.expected, self.got = table, expected, got
        super().__init__(
            portal,
            f"table {table!r} answered a row of {got} values where {expected} were asked for",
            f"the portal may have changed: run `iptvvtab schema validate {table}`",
        )


class WrongType(BadAnswer):
    """A value is not of its column's type: the schema is wrong, and what was pushed down may be too."""

    retryable = False
    exit_code = 3

    def __init__(
        self, portal: str, table: str, column: str, expected: str, found: str, key: Mapping[str, object]
    ) -> None:
        self.table, self.column, self.expected, self.found, self.key = table, column, expected, found, dict(key)
        row = ", ".join(f"{name} = {value!r}" for name, value in self.key.items())
        super().__init__(
            portal,
            f"column {table}.{column} is {expected} in the schema, but holds {found}"
            + (f" (row {row})" if row else ""),
            f"correct its type (`string` or `unknown` hold anything); `iptvvtab schema validate {table}` looks at all",
        )


class KeyBroken(BadAnswer):
    """The columns that the schema calls the key are no key on the portal, so pages by key would lose rows."""

    retryable = False
    exit_code = 3

    def __init__(self, portal: str, table: str, key: Sequence[str], found: str) -> None:
        self.table, self.key, self.found = table, tuple(key), found
        super().__init__(
            portal,
            f"the key of table {table!r}, ({', '.join(key)}), {found}",
            "correct `primary_key` in its schema; a table without one is read whole",
        )


class Truncated(BadAnswer):
    """The portal has more rows than it answered at once, and there is no key to ask for the rest by."""

    retryable = False

    def __init__(self, portal: str, table: str, got: int) -> None:
        self.table, self.got = table, got
        super().__init__(
            portal,
            f"table {table!r} answered {got} rows and has more",
            "declare its primary key in the schema, so that it can be read in pages, or narrow the query",
        )


class SchemaDrift(PortalError):
    """A table of the portal is not as its schema says. `differences`: (column or None for the table, what differs)."""

    exit_code = 3

    def __init__(self, portal: str, table: str, differences: Sequence[tuple[str | None, str]]) -> None:
        self.table, self.differences = table, tuple(differences)
        told = "; ".join(message if column is None else f"{column}: {message}" for column, message in self.differences)
        super().__init__(
            portal,
            f"table {table!r} is not as its schema says: {told}",
            f"`iptvvtab schema introspect {table}` writes what is there, `iptvvtab schema validate {table}` compares",
        )


class RowsChanged(PortalError):
    """Rows went away between two requests of one statement."""

    retryable = True

    def __init__(self, portal: str, table: str) -> None:
        self.table = table
        super().__init__(portal, f"rows of table {table!r} went away while they were read", "ask again")


class Refused(PortalError):
    """The portal understood the request and refused it. `code`: the JSON-RPC error code, or None."""

    _advice = "`iptvvtab schema validate {table}` compares its schema with the portal"

    def __init__(self, portal: str, message: str, *, code: int | str | None = None, table: str | None = None) -> None:
        self.message, self.code, self.table = message, code, table
        about = f" (table {table!r})" if table else ""
        super().__init__(portal, f"refused{about}: {message}", self._advice.format(table=table) if table else "")


class Forbidden(Refused):
    """This account may not read that table."""

    _advice = "this account has no right to read {table!r}; other tables answer"


class UnknownOutcome(PortalError):
    """A write was sent and its answer was lost: it may or may not have happened, and is not sent again."""
