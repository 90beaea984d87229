"""Every error iptvvtab raises, as one tree, by whose fault it is.

    Error                   the root of all
      UsageError            the call itself: an argument, an option, a combination of them
        NotInstalled        it needs an extra of this package
      ConfigError           a setting: unknown, malformed, missing
        UnknownSetting, InvalidSetting, MissingSetting
        SettingsFileError   a settings file that cannot be read
      CredentialsError      who we are
        NoCredentials, LoginRefused, SessionRefused
      SchemaError           what we believe a portal has
        SchemaFileError     a YAML file, with its place
        UnknownTable, UnknownColumn
        NoMirror            rows were asked for from a mirror that is not kept
        UnknownPosition     a column known by name only, beside one known by position only
        NotWritable         SQLite cannot create the virtual tables there
      DecodeError           a JSONSQL document that cannot be understood
        UnknownName         it names a table or a column that is not there
      SqlRefused            PostgreSQL would refuse the statement, in its words
      StatementRefused      a statement that is not understood: where, and what may be meant
        NoForm              a part of it that JSONSQL cannot say: what, why, and what to write in its place
        NotExact            a part of it of which SQLite and the portal might make different things
      UnprovenAnswer        an answer to a whole statement that may not be what SQLite would have made of the rows
        AnswerTooLong       one that has more rows than are asked for at once
      PortalError           the portal, or the way to it
        Unreachable         DNS, refused, reset: nothing or half of it came back
        TlsFailed           its certificate or protocol was not accepted
        TimedOut            the deadline passed
        CircuitOpen         too many failures in a row: not asked again for a while
        RateLimited         429, beyond our patience
        ServerFailed        5xx
        BadAnswer           not an answer: HTML, an empty or torn body, a wrong id
          WrongWidth        rows that do not have the columns that were asked for
          WrongType         a value that is not of its column's type
          KeyBroken         the schema's key is NULL, repeated or out of order on the portal
          Truncated         not all rows, and no key to ask for the rest by
        SchemaDrift         a table that is not as its schema says: columns gone, or more of them
        RowsChanged         rows went away between two requests of one statement
        Refused             the portal understood, and said no
          Forbidden         this account may not read that table
        UnknownOutcome      a write whose answer was lost
      GuardError            we refuse, to protect data
        NotProven           rows that may not be all do not replace what is there
        ReadOnlyTable       a statement that would write to the portal
        WriteNotAllowed     a document that writes, without --write or Client(writes=True)
        EveryRow            an update or delete of every row, without --all-rows or all_rows=True
      MirrorError           the shadow file
        MirrorUnusable      a file that is none of this portal, or cannot be opened
        LeaseLost           another process took a table over meanwhile
        NotMirrored         a table that cannot be mirrored
      Interrupted           somebody pressed Ctrl-C, or called `connection.interrupt()`

An error carries its facts as attributes, builds its own sentence from them (what, where, what to do), and
knows the exit code of a command that ends with it and whether asking again may help.
"""

from __future__ import annotations

from iptvvtab.errors.language import (
    AnswerTooLong,
    DecodeError,
    NoForm,
    NotExact,
    SqlRefused,
    StatementRefused,
    UnknownName,
    UnprovenAnswer,
)
from iptvvtab.errors.mirror import LeaseLost, MirrorError, MirrorUnusable, NotMirrored, NotProven
from iptvvtab.errors.portal import (
    BadAnswer,
    CircuitOpen,
    Forbidden,
    KeyBroken,
    PortalError,
    RateLimited,
    Refused,
    RowsChanged,
    SchemaDrift,
    ServerFailed,
    TimedOut,
    TlsFailed,
    Truncated,
    UnknownOutcome,
    Unreachable,
    WrongType,
    WrongWidth,
)
from iptvvtab.errors.root import (
    Error,
    EveryRow,
    GuardError,
    Interrupted,
    NotInstalled,
    ReadOnlyTable,
    UsageError,
    WriteNotAllowed,
    did_you_mean,
    nearest,
)
from iptvvtab.errors.schema import (
    NoMirror,
    NotWritable,
    SchemaError,
    SchemaFileError,
    UnknownColumn,
    UnknownPosition,
    UnknownTable,
)
from iptvvtab.errors.settings import (
    ConfigError,
    CredentialsError,
    InvalidSetting,
    LoginRefused,
    MissingSetting,
    NoCredentials,
    SessionRefused,
    SettingsFileError,
    UnknownSetting,
)

__all__ = [
    "AnswerTooLong",
    "BadAnswer",
    "CircuitOpen",
    "ConfigError",
    "CredentialsError",
    "DecodeError",
    "Error",
    "EveryRow",
    "Forbidden",
    "GuardError",
    "Interrupted",
    "InvalidSetting",
    "KeyBroken",
    "LeaseLost",
    "LoginRefused",
    "MirrorError",
    "MirrorUnusable",
    "MissingSetting",
    "NoCredentials",
    "NoForm",
    "NoMirror",
    "NotExact",
    "NotInstalled",
    "NotMirrored",
    "NotProven",
    "NotWritable",
    "PortalError",
    "RateLimited",
    "ReadOnlyTable",
    "Refused",
    "RowsChanged",
    "SchemaDrift",
    "SchemaError",
    "SchemaFileError",
    "ServerFailed",
    "SessionRefused",
    "SettingsFileError",
    "SqlRefused",
    "StatementRefused",
    "TimedOut",
    "TlsFailed",
    "Truncated",
    "UnknownColumn",
    "UnknownName",
    "UnknownOutcome",
    "UnknownPosition",
    "UnknownSetting",
    "UnknownTable",
    "UnprovenAnswer",
    "Unreachable",
    "UsageError",
    "WriteNotAllowed",
    "WrongType",
    "WrongWidth",
    "did_you_mean",
    "nearest",
]
