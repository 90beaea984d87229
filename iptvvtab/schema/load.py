"""From files to a catalog: ours, overridden and extended by people's own."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from iptvvtab.errors import did_you_mean
from iptvvtab.schema.arrange import Placed, arrange, unique_names
from iptvvtab.schema.entries import Entry, File, entries, read_files
from iptvvtab.schema.records import Catalog, Column, Policy, Relationship, Scalar, Statistics, Table
from iptvvtab.schema.written import WrittenColumn, WrittenConstraints, WrittenTable
from iptvvtab.types import ColumnType

TRANSFORMERS = {
    "datetime": ColumnType.DATETIME,
    "date": ColumnType.DATE,
    "int": ColumnType.INTEGER,
    "float": ColumnType.FLOAT,
    "str": ColumnType.STRING,
    "bool": ColumnType.BOOLEAN,
    "json": ColumnType.JSON,
}
"""The community client's transformers, and the type that says the same; it counts where no type is given."""

KEPT = 8
"""Catalogs that are kept: a process seldom has schemas of more portals."""

_INSTALLED = Path(__file__).parents[1] / "data" / "schemas"
_CHECKED_OUT = Path(__file__).parents[2] / "schemas"


def load_catalog(folder: Path | None = None) -> Catalog:
    """Return the packaged tables, overridden and extended by those of a folder (or of one file).

    Raises SchemaFileError with file, line and path.
    """
    return _catalog(() if folder is None else read_files(folder))


@cache
def _packaged() -> dict[str, Entry]:
    return entries(read_files(_INSTALLED if _INSTALLED.is_dir() else _CHECKED_OUT))


@lru_cache(maxsize=KEPT)
def _catalog(files: tuple[File, ...]) -> Catalog:
    """Return the tables of files over ours; the same texts are understood once: it takes longer than a request."""
    ours, theirs = _packaged(), entries(files)
    names = [*ours, *(name for name in theirs if name not in ours)]
    tables = {name: _table(ours.get(name), theirs.get(name)) for name in names}
    return Catalog(_with_sql_references(table, tables) for table in tables.values())


def _table(ours: Entry | None, theirs: Entry | None) -> Table:
    entry = theirs or ours
    assert entry is not None
    written = theirs.table.over(ours.table) if theirs and ours else entry.table
    placed = arrange(ours, theirs)
    if not placed:
        raise entry.refusal((), "no columns", "name at least one under `fields`")
    names = unique_names(placed)
    _refuse_doubles(entry, placed, names)
    key = tuple(names[column.position] for column in _key(placed))
    return Table(
        name=entry.name if ours is None else ours.name,
        remote_name=written.remote_name or (ours or entry).name,
        columns=tuple(_column(column, names[column.position], key) for column in placed),
        key=key,
        policy=_policy(written),
        statistics=_statistics(written.metadata or {}),
        label=_label(entry, written.label, placed, names),
        description=written.description or "",
        total_fields=written.total_fields,
    )


def _refuse_doubles(entry: Entry, placed: list[Placed], names: dict[int, str]) -> None:
    seen: dict[str, int] = {}
    for column in placed:
        name = names[column.position]
        other = seen.setdefault(name.casefold(), column.position)
        if other != column.position:
            hint = "SQLite compares names without regard to case; give one of them an alias"
            raise entry.refusal(("fields", column.position), f"position {other} is named {name!r} already", hint)


def _key(placed: list[Placed]) -> list[Placed]:
    """Return the columns marked as primary key; else an integer `id` that the portal knows, unless marked as none."""
    marked = [column for column in placed if _constraints(column.written).primary_key]
    if marked:
        return marked
    return [column for column in placed if _is_id(column)]


def _is_id(column: Placed) -> bool:
    is_denied = _constraints(column.written).primary_key is False
    is_named_id = (column.remote_name or "").casefold() == "id"
    return is_named_id and not is_denied and _type(column.written) is ColumnType.INTEGER


def _column(placed: Placed, name: str, key: tuple[str, ...]) -> Column:
    written = placed.written
    constraints = _constraints(written)
    is_key = name in key
    nullable = constraints.nullable is not False and not is_key
    return Column(
        position=placed.position,
        name=name,
        remote_name=placed.remote_name,
        type=_type(written),
        nullable=nullable,
        unique=bool(constraints.unique) or key == (name,),
        index=bool(constraints.index) or is_key,
        primary_key=is_key,
        sensitive=bool(written.sensitive),
        description=written.description or "",
        references=_references(constraints.foreign_key),
        default=constraints.default,
        transformer=written.transformer,
        relationships=_relationships(written),
    )


def _constraints(written: WrittenColumn) -> WrittenConstraints:
    return written.constraints or WrittenConstraints()


def _type(written: WrittenColumn) -> ColumnType:
    said = written.type or ColumnType.UNKNOWN
    return TRANSFORMERS.get(written.transformer or "", said) if said is ColumnType.UNKNOWN else said


def _references(foreign_key: str | None) -> tuple[str, str] | None:
    if foreign_key is None:
        return None
    table, _, column = foreign_key.partition(".")
    return table, column


def _relationships(written: WrittenColumn) -> tuple[Relationship, ...]:
    found = written.relationships
    if found is None:
        return ()
    return (found,) if isinstance(found, Relationship) else found


def _policy(written: WrittenTable) -> Policy:
    said = written.sync_config
    return Policy() if said is None else Policy(**said.model_dump(exclude_none=True))


def _statistics(said: dict[str, Scalar]) -> Statistics:
    """Read `metadata`. The community client writes row_count 0 where it could not count: that is not known."""
    counts: dict[str, Any] = {
        name: said[name] for name in ("row_count", "max_id", "min_id") if isinstance(said.get(name), int)
    }
    if not counts.get("row_count") and "max_id" not in counts:
        counts.pop("row_count", None)
    analyzed_at = said.get("analyzed_at")
    other = tuple((name, value) for name, value in said.items() if name not in (*counts, "analyzed_at"))
    return Statistics(**counts, analyzed_at=None if analyzed_at is None else str(analyzed_at), other=other)


def _label(entry: Entry, label: str | None, placed: list[Placed], names: dict[int, str]) -> str | None:
    """Return the SQL name of the label column, which may be written as any name that the column goes by."""
    if label is None:
        return None
    for column in placed:
        if label.casefold() in column.names:
            return names[column.position]
    if entry.table.label is None:
        return None  # ours, of a column that theirs leaves out
    raise entry.refusal(("label",), f"there is no column {label!r}{did_you_mean(label, names.values())}")


def _with_sql_references(table: Table, tables: dict[str, Table]) -> Table:
    """Foreign keys name a column as the portal does or as SQL does; here all are put in SQL names."""
    columns = tuple(
        column.model_copy(update={"references": _in_sql_names(column.references, tables)})
        if column.references
        else column
        for column in table.columns
    )
    return table.model_copy(update={"columns": columns}) if columns != table.columns else table


def _in_sql_names(references: tuple[str, str], tables: dict[str, Table]) -> tuple[str, str]:
    target = tables.get(references[0].casefold())
    if target is None:
        return references
    wanted = references[1].casefold()
    by_remote = {(column.remote_name or "").casefold(): column.name for column in target.columns}
    by_name = {column.name.casefold(): column.name for column in target.columns}
    return target.name, by_remote.get(wanted) or by_name.get(wanted) or references[1]
