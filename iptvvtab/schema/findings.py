"""What is wrong with a table's description: by itself, and against a portal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from iptvvtab.errors import did_you_mean
from iptvvtab.schema.load import TRANSFORMERS
from iptvvtab.schema.observe import Observation, fits, infer_column, place_columns
from iptvvtab.schema.records import Catalog, Column, Table
from iptvvtab.types import BY_MEANING, ColumnType, Json

_INTROSPECT = "run `iptvvtab schema introspect {}`"


class Level(StrEnum):
    """How bad: an error makes queries fail or lie, a warning makes them dear or odd, a note is for improving."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell about a table, or one column of it, and what to do. Never shows a sensitive value."""

    table: str
    column: str | None
    level: Level
    message: str
    advice: str = ""


def check(table: Table, catalog: Catalog) -> list[Finding]:
    """Look at a description alone: names that lead nowhere."""
    return [*_references(table, catalog), *_policy_names(table), *_transformers(table)]


def compare(table: Table, observed: Observation) -> list[Finding]:
    """Look at a description against a portal: width, missing columns, types, NULLs and doubles in keys, positions."""
    return [
        *_width(table, observed),
        *_absent(table, observed),
        *(finding for column in table.columns for finding in _values(table, column, observed)),
        *_key(table, observed),
        *_positions(table, observed),
        *_unnamed(table),
    ]


def _references(table: Table, catalog: Catalog) -> Iterator[Finding]:
    for column in table.columns:
        if column.references is None:
            continue
        target, wanted = column.references
        if target not in catalog:
            message = (
                f"refers to {target}.{wanted}, but no table {target!r} is described{did_you_mean(target, catalog)}"
            )
            yield Finding(table.name, column.name, Level.WARNING, message)
        elif not catalog[target].has(wanted):
            known = [one.name for one in catalog[target].columns]
            message = f"refers to {target}.{wanted}, which is no column{did_you_mean(wanted, known)}"
            yield Finding(table.name, column.name, Level.WARNING, message)


def _policy_names(table: Table) -> Iterator[Finding]:
    policy = table.policy
    single = {"order_by": policy.order_by, "incremental_field": policy.incremental_field}
    several = {"include_fields": policy.include_fields, "exclude_fields": policy.exclude_fields}
    several["hash_fields"] = policy.hash_fields
    named = [(key, name) for key, name in single.items() if name]
    named += [(key, name) for key, names in several.items() for name in names]
    known = [name for column in table.columns for name in (column.name, column.remote_name) if name]
    folded = {name.casefold() for name in known}
    for key, name in named:
        if name.casefold() not in folded:
            message = f"sync_config.{key} names {name!r}, which is no column{did_you_mean(name, known)}"
            yield Finding(table.name, None, Level.ERROR, message)
    for column in table.columns:
        if column.name.casefold() in {name.casefold() for name in policy.hash_fields} and not column.sensitive:
            message = "sync_config.hash_fields names it, but it is not marked `sensitive: true`"
            yield Finding(table.name, column.name, Level.ERROR, message)
    if policy.incremental_mode and not policy.incremental_field:
        message = "sync_config.incremental_mode needs an incremental_field"
        yield Finding(table.name, None, Level.ERROR, message)


def _transformers(table: Table) -> Iterator[Finding]:
    for column in table.columns:
        if column.transformer and column.transformer not in TRANSFORMERS:
            message = f"transformer {column.transformer!r} is kept but does nothing here"
            yield Finding(table.name, column.name, Level.NOTE, message, f"known: {', '.join(TRANSFORMERS)}")


def _width(table: Table, observed: Observation) -> Iterator[Finding]:
    if observed.width is None or table.total_fields == observed.width:
        return
    advice = _INTROSPECT.format(table.name)
    if table.total_fields is None:
        message = f"positions are not known; a row of the portal has {observed.width} values"
        yield Finding(table.name, None, Level.NOTE, message, advice)
    else:
        message = f"total_fields is {table.total_fields}, but a row of the portal has {observed.width} values"
        yield Finding(table.name, None, Level.ERROR, message, advice)


def _absent(table: Table, observed: Observation) -> Iterator[Finding]:
    absent = {name.casefold() for name in observed.absent}
    for column in table.columns:
        if column.remote_name and column.remote_name.casefold() in absent:
            message = f"the portal has no column {column.remote_name!r}"
            advice = f"name it under `without`, or run `iptvvtab schema introspect {table.name}`"
            yield Finding(table.name, column.name, Level.ERROR, message, advice)


def _observed(table: Table, column: Column, observed: Observation) -> Sequence[Json]:
    """Return the values seen of a column: by name, else by position where positions are those of the portal."""
    by_name = {name.casefold(): values for name, values in observed.named.items()}
    if column.remote_name is not None:
        return by_name.get(column.remote_name.casefold(), ())
    is_placed = observed.width is not None and table.total_fields == observed.width
    return observed.values(column.position) if is_placed and column.position < (observed.width or 0) else ()


def _values(table: Table, column: Column, observed: Observation) -> Iterator[Finding]:
    values = _observed(table, column, observed)
    wrong = [value for value in values if not fits(column.type, value)]
    seen = infer_column(values).type
    if wrong:
        # A text column that is called inet only loses conditions that would have travelled; it never lies.
        level = Level.WARNING if column.type in BY_MEANING and seen in (*BY_MEANING, ColumnType.STRING) else Level.ERROR
        what = f"{seen} values" if seen is not ColumnType.UNKNOWN else "values of several types"
        example = "" if column.sensitive else f", such as {wrong[0]!r}"
        advice = f"`type: {seen}` fits them all"
        yield Finding(table.name, column.name, level, f"type is {column.type}, but it holds {what}{example}", advice)
    elif column.type is ColumnType.STRING and seen in BY_MEANING:
        message = f"type is string, but every value is written as {seen}"
        advice = f"`type: {seen}` makes its conditions right, even where the portal does not compare them as text"
        yield Finding(table.name, column.name, Level.NOTE, message, advice)
    if not column.nullable and any(value is None for value in values):
        yield Finding(table.name, column.name, Level.ERROR, "declared not nullable, but it holds NULL", "drop that")


def _key(table: Table, observed: Observation) -> Iterator[Finding]:
    if not table.key:
        message = "no key: every read takes the whole table, and rows have no lasting rowid"
        yield Finding(table.name, None, Level.WARNING, message, "mark columns that identify a row as primary_key: true")
        return
    columns = [_observed(table, table.column(name), observed) for name in table.key]
    rows = list(zip(*columns, strict=False))
    if len(set(map(repr, rows))) < len(rows):
        message = f"rows share one key ({', '.join(table.key)})"
        yield Finding(table.name, None, Level.ERROR, message, "rows would be lost: choose another key, or none")


def _positions(table: Table, observed: Observation) -> Iterator[Finding]:
    if table.total_fields is None or table.total_fields != observed.width:
        return
    placement = place_columns(observed)
    by_remote = {column.remote_name.casefold(): column for column in table.columns if column.remote_name}
    for name, position in placement.positions.items():
        column = by_remote.get(name.casefold())
        if column is None or column.position == position:
            continue
        if column.position >= table.total_fields:
            message = f"known by name alone; the portal has it at position {position}"
            yield Finding(table.name, column.name, Level.NOTE, message, _INTROSPECT.format(table.name))
        else:
            message = f"described at position {column.position}, but the portal has it at {position}"
            yield Finding(table.name, column.name, Level.WARNING, message, _INTROSPECT.format(table.name))


def _unnamed(table: Table) -> Iterator[Finding]:
    unnamed = sum(column.remote_name is None for column in table.columns)
    if unnamed:
        message = f"{unnamed} of {len(table.columns)} columns are known by position only: reading one reads whole rows"
        yield Finding(table.name, None, Level.NOTE, message, "give a column's remote_name where you know it")
