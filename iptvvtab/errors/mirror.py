"""The shadow file, and what is not put into it."""

from __future__ import annotations

from pathlib import Path

from iptvvtab.errors.root import Error, GuardError


class MirrorError(Error):
    """The shadow file cannot be used as it was asked for."""

    exit_code = 2


class MirrorUnusable(MirrorError):
    """A file is no shadow file of this portal, or cannot be opened."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"shadow file {path}: {reason}")


class LeaseLost(MirrorError):
    """Another process took over a table while this one slept: what this one fetched is not published."""

    exit_code = 7

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(f"another process is syncing table {table!r} by now; nothing of this sync was published")


class NotMirrored(MirrorError):
    """A table cannot be mirrored: why."""

    def __init__(self, table: str, reason: str) -> None:
        self.table, self.reason = table, reason
        super().__init__(f"table {table!r} is not mirrored: {reason}")


class NotProven(GuardError):
    """What was fetched of a table may not be all of it, and does not replace what is there."""

    def __init__(self, table: str, got: int, reason: str) -> None:
        self.table, self.got, self.reason = table, got, reason
        super().__init__(
            f"{got} rows of table {table!r} were fetched and not published: {reason}; "
            f"if that is how it is, `iptvvtab sync {table} --force` publishes them"
        )
