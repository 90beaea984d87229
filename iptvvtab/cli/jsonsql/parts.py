"""Statements of SQL from the options of a command, a line for each part."""

from __future__ import annotations

from collections.abc import Sequence

from iptvvtab.errors import UsageError


def select_sql(
    *,
    source: str,
    data: str,
    distinct: bool,
    where: str | None,
    group_by: str | None,
    having: str | None,
    order_by: str | None,
    limit: int | None,
    offset: int | None,
) -> str:
    """Return a SELECT."""
    return _lines(
        f"SELECT {'DISTINCT ' if distinct else ''}{data}",
        f"FROM {source}",
        _part("WHERE", where),
        _part("GROUP BY", group_by),
        _part("HAVING", having),
        _part("ORDER BY", order_by),
        _part("LIMIT", limit),
        _part("OFFSET", offset),
    )


def insert_sql(
    *, into: str, columns: str | None, values: Sequence[str], query: str | None, returning: str | None
) -> str:
    """Return an INSERT of rows, or of a SELECT. Raises UsageError unless it is one of them."""
    if bool(values) == bool(query):
        raise UsageError("give rows with --values, or a SELECT with --select; one of them")
    rows = query or "VALUES " + ",\n  ".join(f"({row})" for row in values)
    target = f"INSERT INTO {into}" + (f" ({columns})" if columns else "")
    return _lines(target, rows, _part("RETURNING", returning))


def update_sql(*, table: str, changes: Sequence[str], where: str | None, returning: str | None) -> str:
    """Return an UPDATE."""
    return _lines(f"UPDATE {table}", f"SET {', '.join(changes)}", _part("WHERE", where), _part("RETURNING", returning))


def delete_sql(*, table: str, where: str | None, returning: str | None) -> str:
    """Return a DELETE."""
    return _lines(f"DELETE FROM {table}", _part("WHERE", where), _part("RETURNING", returning))


def _part(word: str, value: str | int | None) -> str:
    return "" if value is None else f"{word} {value}"


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)
