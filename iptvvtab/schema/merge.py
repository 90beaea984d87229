"""What was seen of a portal, written into a file of tables: adds what is missing, keeps what people wrote.

Only positions move (a fact that was observed) and `total_fields` and `metadata` are set anew (facts that change).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from iptvvtab.schema.arrange import GUESSED, UNNAMED, Placed, placed
from iptvvtab.schema.entries import TOP, entries_of
from iptvvtab.schema.layout import Layout, is_machine_made, lay_out
from iptvvtab.schema.observe import Observation, fits, infer_column
from iptvvtab.schema.records import Column, Table
from iptvvtab.types import ColumnType, Json
from iptvvtab.yamltext import REMOVED, NotEditable, Path, edit, parse, rewrite


def merge(existing: str, observed: Observation, known: Table | None = None, *, seen_at: str | None = None) -> str:
    """Return a file's text with what was seen of one table merged in.

    `existing`: the file's text, or an empty one; comments stay, unless it is written in a way that cannot be edited in
    place. `known`: the table as the catalog has it. `seen_at`: the time of the look. Raises SchemaFileError.
    """
    entries = {entry.name.casefold(): entry for entry in entries_of(existing, "the file")}
    entry = entries.get(observed.table.casefold())
    name = entry.name if entry else observed.table
    evident = {column.casefold() for column in observed.named} | set(_columns_by_remote_name(known))
    own = placed(entry.table.fields, evident) if entry else []
    layout = lay_out(own, observed, set(_columns_by_remote_name(known)))
    keys = _keys(existing, (TOP, name, "fields"))
    writing = _Writing(observed, known, layout, {column.position: column for column in own}, keys)
    said = writing.table(entry.table.without if entry else (), seen_at)
    new = writing.new_fields()
    if entry is None:
        return _edited(existing, {TOP: {name: said | ({"fields": new} if new else {})}}, {})
    renames: dict[Path, str | int] = {(TOP, name, "fields", keys[old]): to for old, to in layout.moves.items()}
    moved = _edited(existing, {TOP: {name: said}}, renames)
    return _edited(moved, {TOP: {name: {"fields": new}}}, {}) if new else moved


def _edited(text: str, changes: dict[str | int, Any], renames: dict[Path, str | int]) -> str:
    try:
        return edit(text, changes, renames)
    except NotEditable:
        return rewrite(text, changes, renames)


def _columns_by_remote_name(table: Table | None) -> dict[str, Column]:
    columns = table.columns if table else ()
    return {column.remote_name.casefold(): column for column in columns if column.remote_name}


def _keys(text: str, path: Path) -> dict[int, str | int]:
    """Return positions as the file writes them: as numbers or as texts."""
    value = parse(text).value
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return {int(key): key for key in value or {}}


@dataclass(frozen=True, slots=True)
class _Writing:
    """Says which keys a file gets."""

    observed: Observation
    known: Table | None
    layout: Layout
    own: Mapping[int, Placed]
    keys: Mapping[int, str | int]

    def table(self, without: tuple[str, ...], seen_at: str | None) -> dict[str | int, Any]:
        observed = self.observed
        said: dict[str | int, Any] = {"total_fields": observed.width, "without": self._without(without) or None}
        facts: dict[str, Json] = {"row_count": observed.row_count, "min_id": observed.min_id}
        facts |= {"max_id": observed.max_id, "analyzed_at": seen_at}
        said["metadata"] = {name: fact for name, fact in facts.items() if fact is not None} or None
        said["fields"] = self._old_fields() or None
        return {name: value for name, value in said.items() if value is not None}

    def _old_fields(self) -> dict[str | int, Any]:
        """Return what the file's entries get, by their old keys."""
        fields: dict[str | int, Any] = {}
        for position, entry in self.own.items():
            if position in self.layout.dropped:
                fields[self.keys[position]] = REMOVED
            elif added := self._added(entry):
                fields[self.keys[position]] = added
        return fields

    def new_fields(self) -> dict[int, Any]:
        """Return the entries that the file does not have yet."""
        return {position: self._described(position, name) for position, name in sorted(self.layout.new.items())}

    def _added(self, entry: Placed) -> dict[str, Any]:
        """Return the keys that an entry of the file gets."""
        position = self.layout.moves.get(entry.position, entry.position)
        found = self.layout.names.get(entry.position)
        added: dict[str, Any] = {}
        if found is not None:
            is_unnamed = entry.written.name is None or UNNAMED.fullmatch(entry.written.name) is not None
            if is_unnamed or is_machine_made(entry):
                added["name"] = found
            if not is_unnamed or entry.written.description in GUESSED:
                added["remote_name"] = found
        kind = self._type(position, found or entry.remote_name)
        has_type = entry.written.type not in (None, ColumnType.UNKNOWN)
        is_open = not has_type or (found is not None and is_machine_made(entry))
        if is_open and kind is not ColumnType.UNKNOWN:
            added["type"] = str(kind)
        return added

    def _described(self, position: int, name: str | None) -> dict[str, Any]:
        """Return a new entry."""
        described: dict[str, Any] = {"name": name or f"Field_{position}", "type": str(self._type(position, name))}
        if name is None and self._may_be_sensitive(position):
            described["sensitive"] = True
        return described

    def _may_be_sensitive(self, position: int) -> bool:
        sensitive = [name for name, column in _columns_by_remote_name(self.known).items() if column.sensitive]
        candidates = {name.casefold(): places for name, places in self.layout.placement.candidates.items()}
        return any(position in candidates.get(name, ()) for name in sensitive)

    def _type(self, position: int, name: str | None) -> ColumnType:
        """Return the catalog's type where it fits what was seen, else the type that does."""
        values = self._values(position, name)
        column = _columns_by_remote_name(self.known).get((name or "").casefold())
        told = column.type if column else ColumnType.UNKNOWN
        if told is not ColumnType.UNKNOWN and all(fits(told, value) for value in values):
            return told
        return infer_column(values).type

    def _values(self, position: int, name: str | None) -> list[Json]:
        by_name = {one.casefold(): values for one, values in self.observed.named.items()}
        if name is not None:
            return list(by_name.get(name.casefold(), ()))
        return self.observed.values(position) if position < (self.observed.width or 0) else []

    def _without(self, said: tuple[str, ...]) -> list[str]:
        """Return the columns of the catalog that the portal does not have, unless the file describes them itself."""
        gone = self.layout.dropped | {one for one in self.layout.names if is_machine_made(self.own[one])}
        described = {name for position, entry in self.own.items() if position not in gone for name in entry.names}
        known = _columns_by_remote_name(self.known)
        missing = [name for name in self.observed.absent if name.casefold() in known.keys() - described]
        folded = {name.casefold() for name in said}
        new = [name for name in missing if name.casefold() not in folded]
        return [*said, *new] if new else []
