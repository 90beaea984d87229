"""Where a portal, a schema and what stands in the file have come apart: named column by column, never guessed at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import apsw

from iptvvtab.errors import BadAnswer, Forbidden, PortalError, Refused, SchemaDrift, WrongWidth
from iptvvtab.mirror.ddl import BOOKKEEPING, hash_of, hashed, mirrored
from iptvvtab.remote import Journal, Look, Remote, subject_of
from iptvvtab.schema import Level, Observation, Table, compare

if TYPE_CHECKING:
    from iptvvtab.mirror.load import Task


def found(remote: Remote, journal: Journal, table: Table, error: PortalError) -> SchemaDrift | None:
    """Return what a table differs in from its schema, if that is why a read of it failed.

    What is sensitive is looked at no more than the read itself did.
    """
    if isinstance(error, Forbidden) or not isinstance(error, (Refused, WrongWidth)):
        return None
    try:
        observed = _observed(remote.look(journal), table)
    except PortalError:
        return None
    told = [(one.column, one.message) for one in compare(table, observed) if one.level is Level.ERROR]
    return SchemaDrift(remote.portal, table.name, told) if told else None


def _observed(look: Look, table: Table) -> Observation:
    subject, columns = subject_of(table), (*mirrored(table), *hashed(table))
    if any(one.remote_name is None for one in columns):  # read by position: what is sensitive has come anyway
        return look.at(subject)
    absent = look.absent(subject, [one.remote_name for one in columns if one.remote_name is not None])
    return Observation(table.name, absent=absent)


def notices(task: Task) -> str | None:
    """Return what to tell of a table that is published all the same: how its schema changed, and what it leaves out."""
    told = [*_from_file(task), *_from_portal(task)]
    return "; ".join(told) or None


def _from_file(task: Task) -> Iterator[str]:
    found = changes(task.connection, task.table)
    if found:
        yield f"its schema changed: {', '.join(found)}"


def _from_portal(task: Task) -> Iterator[str]:
    """Say that the portal has other columns than are described. Where one is sensitive nobody looks at whole rows."""
    table = task.table
    if table.total_fields is None or any(column.sensitive for column in table.columns):
        return
    try:
        width = task.remote.look(task.journal).width(subject_of(table))
    except (Refused, BadAnswer):  # the rows came; whoever wants to know more will validate
        return
    for one in compare(table, Observation(table.name, width=width)):
        if one.level is Level.ERROR:
            yield f"{one.message}; {one.advice}"


def changes(connection: apsw.Connection, table: Table) -> tuple[str, ...]:
    """Return in words which columns of a table in the file are not those of its schema; empty where it is not there."""
    found: list[Any] = connection.execute("SELECT name, type, pk FROM pragma_table_info(?)", (table.name,)).fetchall()
    held = {name: kind for name, kind, _ in found if not name.startswith(BOOKKEEPING)}
    return tuple(_changes(table, held, {name for name, _, place in found if place})) if held else ()


def _changes(table: Table, held: dict[str, str], key: set[str]) -> Iterator[str]:
    described = {column.name: column.type.declaration for column in mirrored(table)}
    described |= {hash_of(column): "TEXT" for column in hashed(table)}
    yield from (f"{name} is new" for name in described if name not in held)
    yield from (f"{name} is gone" for name in held if name not in described)
    for name in [one for one in described if one in held and held[one] != described[one]]:
        yield f"{name} was {held[name] or 'of any type'} and is {described[name] or 'of any type'}"
    if key != set(table.key):
        yield f"the key was ({', '.join(sorted(key))}) and is ({', '.join(table.key)})"
