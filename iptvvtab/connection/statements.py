"""The texts of a connection's statements, and the tables of portals that they name: what routes are chosen by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from iptvvtab.connection.mentions import Text, looked_into
from iptvvtab.jsonsql import Names
from iptvvtab.remote import names_of
from iptvvtab.schema import Table
from iptvvtab.source import Freshness
from iptvvtab.vtab import Context

KEPT_TEXTS = 1000
"""Texts of which it is remembered what they say; then all are forgotten, which costs a compilation each."""

Named = tuple[str, str]
"""A schema and a table in small letters."""


@dataclass(frozen=True)
class Schema:
    """The tables of a portal under one name.

    `is_asked_wholly`: whether whole statements may travel. `is_gone`: whether SQLite let go of the tables; others may
    have their names now.
    """

    name: str
    context: Context
    is_asked_wholly: bool = False
    is_gone: Callable[[], bool] = lambda: False

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """The tables by their names in small letters."""
        return {table.name.lower(): table for table in self.context.catalog.values()}

    @cached_property
    def names(self) -> Names:
        """What whole statements may name."""
        return names_of(self.context.catalog, self.name)


@dataclass(frozen=True, slots=True)
class Statement:
    """The text of a statement. `named`: the tables of portals that it names, each once, in its order."""

    text: Text
    named: tuple[Named, ...]

    @property
    def sql(self) -> str:
        """The text as it was given."""
        return self.text.sql


class Statements:
    """What is known of the texts that a connection is given."""

    def __init__(self) -> None:
        self._schemas: dict[str, Schema] = {}
        self._known: dict[str, Statement] = {}

    def add(self, schema: Schema) -> None:
        """Look for the tables of one more schema, too."""
        self._schemas[schema.name.lower()] = schema
        self._known.clear()

    def schema(self, name: str) -> Schema:
        """Return the schema of that name, in any case."""
        return self._schemas[name.lower()]

    def schemas(self, statement: Statement) -> tuple[Schema, ...]:
        """Return the schemas that a statement names, each once."""
        return tuple(self._schemas[name] for name in dict.fromkeys(schema for schema, _ in statement.named))

    def table(self, named: Named) -> Table | None:
        """Return a table that is named under one of the schemas, if it has one of that name."""
        return self._schemas[named[0]].tables.get(named[1])

    def freshness(self, named: Named) -> Freshness:
        """Return what a table that is named accepts; it is there."""
        schema, table = self._schemas[named[0]], self.table(named)
        assert table is not None
        return schema.context.freshness(table.name)

    def of(self, sql: str) -> Statement:
        """Return what a text says."""
        known = self._known.get(sql)
        if known is None:
            if len(self._known) >= KEPT_TEXTS:
                self._known.clear()
            text = looked_into(sql, self._schemas)
            named = dict.fromkeys((one.schema, one.table) for one in text.mentions)
            known = self._known[sql] = Statement(text, tuple(one for one in named if self.table(one) is not None))
        return known
