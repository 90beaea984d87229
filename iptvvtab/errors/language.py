"""Documents and statements that cannot be understood."""

from __future__ import annotations

from collections.abc import Iterable

from iptvvtab.errors.root import Error, did_you_mean


class DecodeError(Error):
    """A JSONSQL document cannot be understood. `path`: where in it; `reason`: why, and what would be allowed."""

    exit_code = 3

    def __init__(self, path: str, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{reason} (at {path})")


class UnknownName(DecodeError):
    """A JSONSQL document names a table or a column that is not there; `reason` is worded as PostgreSQL words it.

    `hint`: ` (did you mean X?)`, or nothing.
    """

    def __init__(self, path: str, reason: str, name: str = "", known: Iterable[str] = ()) -> None:
        super().__init__(path, reason)
        self.hint = did_you_mean(name, known)


class SqlRefused(Error):
    """A statement that PostgreSQL would refuse: a type, a constraint, a division by zero. Worded as it does."""

    exit_code = 3


class StatementRefused(Error):
    """A statement is not understood. `line` and `column` count from 1, in the text that was given.

    `excerpt`: the line of the statement with a mark under the place, or empty when the place is not known.
    """

    exit_code = 3

    def __init__(self, reason: str, hint: str = "", *, line: int = 0, column: int = 0, excerpt: str = "") -> None:
        self.reason, self.line, self.column = reason, line, column
        place = f", at line {line}, column {column}" if line else ""
        super().__init__(f"{reason}{hint}{place}" + (f"\n{excerpt}" if excerpt else ""))


class NoForm(StatementRefused):
    """A part of a statement that JSONSQL cannot say. `feature`: what it is; `reason`: why not; `advice`: what to do."""

    def __init__(
        self, feature: str, reason: str, advice: str, *, line: int = 0, column: int = 0, excerpt: str = ""
    ) -> None:
        self.feature, self.advice = feature, advice
        super().__init__(f"{feature}: {reason}; {advice}", line=line, column=column, excerpt=excerpt)
        self.reason = reason


class NotExact(StatementRefused):
    """A part of a statement of which SQLite and the portal might make different things. `feature`: what it is."""

    def __init__(self, feature: str, reason: str, *, line: int = 0, column: int = 0, excerpt: str = "") -> None:
        self.feature = feature
        super().__init__(f"{feature}: not exact, for {reason}", line=line, column=column, excerpt=excerpt)
        self.reason = reason


class UnprovenAnswer(Error):
    """What the portal answered to a statement that was exact may not be what SQLite would have made of the rows.

    The statement can be asked otherwise. `column`: of the answer; `reason`: what is wrong with it.
    """

    exit_code = 3

    def __init__(self, column: str, reason: str) -> None:
        self.column, self.reason = column, reason
        super().__init__(f"column {column!r} of the answer: {reason}" if column else f"the answer: {reason}")


class AnswerTooLong(UnprovenAnswer):
    """A whole statement has more rows than the portal is asked for at once: its tables are to be read in pages.

    `rows`: how many would have been taken.
    """

    def __init__(self, rows: int) -> None:
        self.rows = rows
        super().__init__("", f"it has more than {rows:,} rows")
