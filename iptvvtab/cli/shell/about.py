"""What the shell says of the portal and its tables; nothing of it asks the portal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import apsw

from iptvvtab.mirror import quoted

if TYPE_CHECKING:
    from iptvvtab.config import Settings
    from iptvvtab.schema import Column, Table

_PLAIN = re.compile(r"[A-Za-z_]\w*")
_SHOWN = ("profile", "api_url", "username", "source", "max_age", "timeout", "rate", "schemas")


def about_portal(settings: Settings, schema: str) -> Iterator[str]:
    """Yield lines: the portal, its settings with their origin, what it was seen to do."""
    from iptvvtab.portal import findings, load_capabilities

    yield f"{settings.portal_id}, as schema {schema}"
    for name in _SHOWN:
        if settings.shown(name):
            yield f"  {name:<12} {settings.shown(name)}  ({settings.origin(name)})"
    seen = load_capabilities(settings)
    if seen is None:
        yield "  what it can do is asked at the first query; `iptvvtab doctor` tells"
        return
    for finding in findings(seen):
        yield f"  {finding.state:<12} {finding.text}" + (f": {finding.advice}" if finding.advice else "")


def declarations(connection: apsw.Connection, schema: str, settings: Settings, pattern: str) -> Iterator[str]:
    """Yield the declarations of the tables whose name is LIKE a pattern."""
    from iptvvtab.schema import load_catalog

    catalog = load_catalog(settings.schemas)
    rows = connection.execute(
        "SELECT schema, name FROM pragma_table_list WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~' "
        "AND (name LIKE ?1 OR schema || '.' || name LIKE ?1) ORDER BY schema <> ?2, schema, name",
        (pattern, schema),
    ).fetchall()
    for owner, name in ((str(owner), str(name)) for owner, name in rows):
        if owner == schema and name in catalog:
            yield _of_portal(owner, catalog[name])
        else:
            yield from _of_sqlite(connection, owner, name)


def _of_sqlite(connection: apsw.Connection, schema: str, name: str) -> Iterator[str]:
    statement = f"SELECT sql FROM {quoted(schema)}.sqlite_schema WHERE tbl_name = ? AND sql NOT NULL"
    for (sql,) in connection.execute(statement, (name,)):
        yield f"{sql};"


def _of_portal(schema: str, table: Table) -> str:
    lines = [(f"  {_name(column.name)} {column.type.declaration}".rstrip(), _note(column)) for column in table.columns]
    if table.key:
        lines.append((f"  PRIMARY KEY ({', '.join(map(_name, table.key))})", ""))
    declared = [(text + ("," if place < len(lines) else ""), note) for place, (text, note) in enumerate(lines, start=1)]
    width = max(len(text) for text, note in declared if note) if any(note for _, note in declared) else 0
    body = "\n".join(f"{text:<{width}}  -- {note}" if note else text for text, note in declared)
    about = f"-- {table.description}\n" if table.description else ""
    return f"{about}CREATE TABLE {_name(schema)}.{_name(table.name)} (\n{body}\n);"


def _name(name: str) -> str:
    """Return a name as people write it: quoted only where SQL wants that."""
    return name if _PLAIN.fullmatch(name) and name.upper() not in apsw.keywords else quoted(name)


def _note(column: Column) -> str:
    parts = [column.description.rstrip(".")]
    if column.references:
        parts.append("-> {}.{}".format(*column.references))
    if column.sensitive:
        parts.append("sensitive")
    return "; ".join(part for part in parts if part)
