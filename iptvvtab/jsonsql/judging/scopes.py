"""What names mean to SQLite at a place of a statement, and what is known of what they mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from sqlglot import exp

from iptvvtab.errors import NotExact
from iptvvtab.jsonsql.answering import Rest
from iptvvtab.jsonsql.features import Features
from iptvvtab.jsonsql.names import Names
from iptvvtab.jsonsql.statement import Statement
from iptvvtab.types import ColumnType

Origin: TypeAlias = tuple[str, str]
"""A table and a column of the portal."""


@dataclass(frozen=True, slots=True)
class Known:
    """An expression as PostgreSQL says it, and what is sure of it.

    `type`: what its values are to SQLite. `origin`: the column that it is, if it is nothing else: SQLite then compares
    by the column's affinity, and two of one origin have one type on the portal.
    """

    tree: exp.Expr
    type: ColumnType
    can_be_null: bool = True
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a source. `name`: SQLite's, None where it has none to speak of; `label`: what our tree calls it."""

    name: str | None
    label: str
    type: ColumnType
    can_be_null: bool
    origin: Origin | None = None


@dataclass(slots=True)
class Place:
    """A source of a select. `alias`: what our tree calls it; `key`: the labels of its key, or none.

    `is_grouped`: the key is what its rows are grouped by, which are of any type.
    `merged`: names that USING made one with a column further to the left. `schema`: what may be written before `name`.
    """

    name: str
    alias: str
    fields: tuple[Field, ...]
    key: tuple[str, ...] = ()
    schema: str | None = None
    merged: set[str] = field(default_factory=set)
    is_grouped: bool = False

    def known(self, one: Field) -> Known:
        """Return a column as our tree names it."""
        return Known(column(self.alias, one.label), one.type, one.can_be_null, one.origin)

    def named(self, name: str) -> list[Field]:
        """Return the columns of that name, in any case of ASCII letters."""
        return [one for one in self.fields if one.name is not None and folded(one.name) == folded(name)]

    def make_optional(self) -> None:
        """Be on the side of an outer join that may be missing."""
        self.fields = tuple(replace(one, can_be_null=True) for one in self.fields)


@dataclass(slots=True)
class Level:
    """The sources of one select, and those further out.

    `labels`: what its columns are called, where such names may be used. `takes_aggregates`: they may stand here;
    `has_aggregates`: some did.
    """

    places: list[Place] = field(default_factory=list)
    outer: Level | None = None
    labels: Mapping[str, exp.Expr] = field(default_factory=dict)
    sees_labels: bool = False
    takes_aggregates: bool = False
    has_aggregates: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """A select within another as PostgreSQL says it. `is_one_row`: it surely answers one; `is_plain`: one per row.

    `groups`: the places of what it is grouped by, if it answers all of that.
    """

    tree: exp.Select
    columns: list[tuple[str | None, Known]]
    is_one_row: bool
    is_plain: bool
    groups: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """What does not change within a statement, but for the `ctes` that a place sees, None for
    those that come later.

    `rules` read each kind of expression, `query` a select. `needs_schema`: a table without the schema is another.
    `rest`: what SQLite does with the answer.
    """

    statement: Statement
    names: Names
    features: Features
    needs_schema: bool
    rules: Rules
    query: Callable[[exp.Expr, Level | None, Context], Judged]
    aliases: set[str] = field(default_factory=set)
    ctes: Mapping[str, tuple[exp.Expr, Context] | None] = field(default_factory=dict)
    rest: Rest = Rest.NOTHING

    def take(self, node: exp.Expr, *names: str) -> list[Any]:
        """Return arguments of a node; see Statement."""
        return self.statement.take(node, *names)

    def inexact(self, node: exp.Expr, feature: str, reason: str, *, near: str = "") -> NotExact:
        """Return the refusal of a node, with its place."""
        return NotExact(feature, reason, **self.statement.place(node, near))

    def alias(self, wanted: str) -> str:
        """Return a name for a source that no other has."""
        alias, number = wanted, 1
        while folded(alias) in self.aliases:
            alias, number = f"{wanted}_{number}", number + 1
        self.aliases.add(folded(alias))
        return alias


Rule: TypeAlias = Callable[[exp.Expr, Level, Context], Known]
Rules: TypeAlias = Mapping[type[exp.Expr], Rule]


def folded(name: str) -> str:
    """Return a name in the case by which SQLite compares: it folds ASCII letters alone."""
    return name.encode(errors="surrogatepass").lower().decode(errors="surrogatepass")


def column(alias: str, label: str) -> exp.Column:
    """Return a column that can mean nothing else."""
    return exp.Column(this=_quoted(label), table=_quoted(alias))


def _quoted(name: str) -> exp.Identifier:
    return exp.Identifier(this=name, quoted=True)


def resolve(node: exp.Expr, level: Level, context: Context) -> Known | exp.Expr:
    """Return what a name means: a column, or the expression that a column of the select is.

    Raises NotExact where SQLite would refuse, or take it for something else.
    """
    name, table, schema = context.take(node, "this", "table", "db")
    if not isinstance(name, exp.Identifier):
        raise context.inexact(node, "*", "it is no value")
    text = name.name
    at: Level | None = level
    while at is not None:
        places = [one for one in at.places if table is None or _is_meant(one, table.name, schema)]
        found = [
            (place, one)
            for place in places
            for one in place.named(text)
            if table is not None or folded(text) not in place.merged
        ]
        if len(found) == 1:
            return found[0][0].known(found[0][1])
        if found:
            raise context.inexact(node, f"the name {text!r}", "it means several columns")
        if table is None and folded(text) in at.labels:
            if at is level and at.sees_labels:
                return at.labels[folded(text)]
            raise context.inexact(node, f"the name {text!r}", "it names a column of the select here")
        at = at.outer
    raise context.inexact(node, f"the name {text!r}", "there is no such column that both sides know")


def _is_meant(place: Place, table: str, schema: exp.Expr | None) -> bool:
    if folded(place.name) != folded(table):
        return False
    return schema is None or (place.schema is not None and folded(place.schema) == folded(schema.name))
