"""Every error iptvvtab raises, as one tree, by whose fault it is.

Error                     the root of all
      UsageError            the call itself: an argument, an option, a combination of them
      ConfigError           a setting: unknown, malformed, missing
        UnknownSetting, InvalidSetting, MissingSetting
        SettingsFileError   a settings file that cannot be read
      SchemaError           what we believe a portal has
        SchemaFileError     a YAML file, with its place
        UnknownTable, UnknownColumn
        NoMirror            rows were asked for from a mirror that is not kept
        UnknownPosition     a nameless column is read by position, beside one whose position is unknown
        NotWritable         SQLite cannot create the virtual tables there
      DecodeError           a JSONSQL document that cannot be understood
        UnknownName         it names a table or a column that is not there
      SqlRefused            PostgreSQL would refuse the statement, in its words
      StatementRefused      SQLite does not understand a statement: where, and what may be meant
      CredentialsError      who we are
        NoCredentials, LoginRefused, SessionRefused
      PortalError           the portal, or the way to it
        Unreachable         DNS, refused, reset: nothing or half of it came back
        TlsFailed
        TimedOut            the deadline passed
        CircuitOpen         too many failures in a row: not asked again for a while
        RateLimited         429, beyond our patience
        ServerFailed        5xx
        BadAnswer           not an answer: HTML, an empty or torn body, a wrong id
          WrongWidth        rows that do not have the columns that were asked for
          Truncated         fewer rows than the portal says it has
        Refused             the portal understood, and said no
          Forbidden         this account may not read that table
        UnknownOutcome      a write whose answer was lost
      GuardError            we refuse, to protect data
        ReadOnlyTable       a statement that would write to the portal
      Interrupted           somebody pressed Ctrl-C, or called `connection.interrupt()`

An error carries its facts as attributes, builds its own sentence from them (what, where, what to do), and
knows the exit code of a command that ends with it and whether asking again may help.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence


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


class ConfigError(Error, ValueError):
    """A setting cannot be used."""

    exit_code = 2


class UnknownSetting(ConfigError):
    """There is no setting of that name."""

    def __init__(self, name: str, known: Iterable[str], origin: str) -> None:
        self.name, self.origin = name, origin
        super().__init__(
            f"unknown setting {name!r} in {origin}{did_you_mean(name, known)}; `iptvvtab config show` lists all of them"
        )


class InvalidSetting(ConfigError):
    """A setting's value is not one that it can have. The value is never shown: it may be a secret."""

    def __init__(self, name: str, origin: str, reason: str) -> None:
        self.name, self.origin, self.reason = name, origin, reason
        super().__init__(f"setting {name!r} in {origin}: {reason}")


class MissingSetting(ConfigError):
    """Something that nobody can guess is not set. `names`: the settings that would do."""

    def __init__(self, what: str, names: Iterable[str]) -> None:
        self.what, self.names = what, tuple(names)
        variables = " or ".join(f"IPTVPORTAL_{name.upper()}" for name in self.names)
        super().__init__(
            f"no {what} is set; set {variables}, or {' or '.join(map(repr, self.names))} in iptvvtab.yaml "
            "(`iptvvtab demo` needs none)"
        )


class SettingsFileError(ConfigError):
    """A settings file cannot be read: where and why."""

    def __init__(self, file: str, line: int | None, reason: str) -> None:
        self.file, self.line, self.reason = file, line, reason
        super().__init__(f"{file}:{line}: {reason}" if line else f"{file}: {reason}")


class SchemaError(Error):
    """What we believe a portal has is wrong or unusable."""

    exit_code = 3


class SchemaFileError(SchemaError):
    """A YAML file of tables cannot be used: where, why, and what would be allowed."""

    def __init__(self, file: str, line: int | None, path: str, reason: str, hint: str = "") -> None:
        self.file, self.line, self.path, self.reason, self.hint = file, line, path, reason, hint
        place = f"{file}:{line}" if line else file
        super().__init__(f"{place}: {path or 'document'}: {reason}" + (f"; {hint}" if hint else ""))


class UnknownTable(SchemaError):
    """No schema describes a table of that name."""

    def __init__(self, table: str, known: Iterable[str]) -> None:
        self.table = table
        super().__init__(
            f"no schema describes a table {table!r}{did_you_mean(table, known)}; "
            "`iptvvtab schema list` shows the tables, `iptvvtab schema introspect` asks the portal"
        )


class UnknownColumn(SchemaError):
    """The table has no column of that name."""

    def __init__(self, table: str, column: str, known: Iterable[str]) -> None:
        self.table, self.column = table, column
        super().__init__(f"table {table!r} has no column {column!r}{did_you_mean(column, known)}")


class NoMirror(SchemaError):
    """Only a mirror may answer (`source = mirror`), and none is kept."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(f"no mirror of table {table!r} is kept; read it with source 'auto' or 'live'")


class UnknownPosition(SchemaError):
    """Columns known only by position and columns known only by name (`unplaced`) cannot be read together."""

    def __init__(self, table: str, unplaced: Iterable[str]) -> None:
        self.table, self.unplaced = table, tuple(unplaced)
        names = ", ".join(self.unplaced)
        super().__init__(
            f"the query reads {names} of table {table!r}, whose position is not known, perhaps together with columns "
            f"of which only the position is; write its position in the schema's file "
            f"(`iptvvtab schema introspect {table}` could not tell it from another column), or leave it out"
        )


class NotWritable(SchemaError):
    """SQLite cannot create virtual tables on a read-only connection."""

    def __init__(self, schema: str) -> None:
        self.schema = schema
        super().__init__(
            f"cannot register schema {schema!r}: the connection is read-only, and SQLite creates virtual tables "
            "only through one that may write; open it with SQLITE_OPEN_READWRITE (no file stores the tables)"
        )


class DecodeError(Error):
    """A JSONSQL document cannot be understood. `path`: where in it; `reason`: why, and what would be allowed."""

    exit_code = 3

    def __init__(self, path: str, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{reason} (at {path})")


class UnknownName(DecodeError):
    """A JSONSQL document names a table or a column that is not there; `reason` is worded as PostgreSQL words it."""


class SqlRefused(Error):
    """A statement that PostgreSQL would refuse: a type, a constraint, a division by zero. Worded as it does."""

    exit_code = 3


class StatementRefused(Error):
    """SQLite does not understand a statement. `line` and `column` count from 1, in the text that was given.

    `excerpt`: the line of the statement with a mark under the place, or empty when the place is not known.
    """

    exit_code = 3

    def __init__(self, reason: str, hint: str = "", *, line: int = 0, column: int = 0, excerpt: str = "") -> None:
        self.reason, self.line, self.column = reason, line, column
        place = f", at line {line}, column {column}" if line else ""
        super().__init__(f"{reason}{hint}{place}" + (f"\n{excerpt}" if excerpt else ""))


class CredentialsError(Error):
    """The portal does not know who we are."""

    exit_code = 4


class NoCredentials(CredentialsError):
    """No user name or password is set, and there is no terminal to ask at."""

    def __init__(self, missing: str) -> None:
        self.missing = missing
        super().__init__(
            f"no {missing} is set; set IPTVPORTAL_USERNAME and IPTVPORTAL_PASSWORD "
            "(or IPTVPORTAL_PASSWORD_FILE), or run `iptvvtab auth login` at a terminal"
        )


class LoginRefused(CredentialsError):
    """The portal refused the user name and password."""

    def __init__(self, portal: str, username: str, reason: str) -> None:
        self.portal, self.username, self.reason = portal, username, reason
        super().__init__(f"{portal} refused to log in {username!r}: {reason}; check the user name and its password")


class SessionRefused(CredentialsError):
    """The portal refuses a session that it has just given: logging in again does not help."""

    def __init__(self, portal: str) -> None:
        self.portal = portal
        super().__init__(
            f"{portal} refuses the session that it has just given; do IPTVPORTAL_API_URL and IPTVPORTAL_AUTH_URL "
            "belong to the same portal?"
        )


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


class Refused(PortalError):
    """The portal understood the request and refused it. `code`: the JSON-RPC error code, or None."""

    def __init__(self, portal: str, message: str, *, code: int | str | None = None, table: str | None = None) -> None:
        self.message, self.code, self.table = message, code, table
        about = f" (table {table!r})" if table else ""
        super().__init__(portal, f"refused{about}: {message}")


class Forbidden(Refused):
    """This account may not read that table."""


class UnknownOutcome(PortalError):
    """A write was sent and its answer was lost: it may or may not have happened, and is not sent again."""


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


class Interrupted(Error):
    """The wait was ended from outside: the request was dropped. A write under way may still happen."""

    exit_code = 130

    def __init__(self, reason: str = "interrupted") -> None:
        self.reason = reason
        super().__init__(reason)
