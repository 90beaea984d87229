"""What names mean at a place of a SQL statement, and what the document calls it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from iptvvtab.errors import NoForm, StatementRefused, did_you_mean
from iptvvtab.jsonsql.features import Features
from iptvvtab.jsonsql.names import ColumnName, Names
from iptvvtab.jsonsql.pgtypes import PgType
from iptvvtab.jsonsql.statement import Statement
from iptvvtab.types import Json

if TYPE_CHECKING:
    from iptvvtab.jsonsql.queries import Selected


@dataclass(frozen=True, slots=True)
class Part:
    """An expression as JSON. `type` is UNKNOWN where PostgreSQL or nobody decides it."""

    json: Json
    type: PgType = PgType.UNKNOWN
    can_be_null: bool = True


@dataclass(frozen=True, slots=True)
class Source:
    """One item of FROM: SQL calls it `name`, the document `alias`. `is_whole`: it has no columns beyond these."""

    name: str
    alias: str
    columns: tuple[ColumnName, ...]
    is_whole: bool = True

    def named(self, name: str, *, is_quoted: bool) -> list[ColumnName]:
        """Return the columns of that name; PostgreSQL folds a name without quotes."""
        if is_quoted:
            return [one for one in self.columns if one.name == name]
        return [one for one in self.columns if one.name.casefold() == name.casefold()]

    def part(self, column: ColumnName) -> Part:
        """Return a column as the document names it."""
        return Part({self.alias: column.remote}, column.type, column.can_be_null)

    def as_optional(self) -> Source:
        """Return the same on the side of an outer join that may be missing."""
        return replace(self, columns=tuple(replace(one, can_be_null=True) for one in self.columns))


@dataclass(slots=True)
class Scope:
    """The sources that names may mean, innermost first.

    `beside`: sources that names here cannot mean, though a string may be a column of theirs to the portal. `merged`:
    the source of each column that USING made one of two. `scalars` takes selects in FROM that give one row, for
    subqueries that stand as values; None where there can be none.
    """

    sources: list[Source] = field(default_factory=list)
    outer: Scope | None = None
    merged: dict[str, str] = field(default_factory=dict)
    scalars: list[Json] | None = None
    beside: list[Source] = field(default_factory=list)

    def every(self) -> Iterator[Source]:
        """Yield all sources, those further out last."""
        yield from self.sources
        if self.outer:
            yield from self.outer.every()

    def is_a_column(self, text: str) -> bool:
        """Return whether the portal would take a bare string here for a column."""
        alias, _, dotted = text.partition(".")
        return any(
            one.remote == text or (source.alias == alias and one.remote == dotted)
            for source in (*self.every(), *self.beside)
            for one in source.columns
        )

    @property
    def is_whole(self) -> bool:
        """Whether all columns that a string might name are known."""
        return all(source.is_whole for source in (*self.every(), *self.beside))


@dataclass(slots=True)
class Cte:
    """A common table expression, those that it can see itself, and how often it was read."""

    name: str
    node: exp.Expr
    context: Context
    uses: int = 0


@dataclass(frozen=True, slots=True)
class Context:
    """What does not change within a statement, but for the `ctes` that a place sees; `defined` are all of them.

    `query` reads a select, `rules` read each kind of expression. `notes` takes what people should know.
    """

    statement: Statement
    names: Names
    features: Features
    query: Callable[[exp.Expr, Scope | None, Context], Selected]
    rules: Mapping[type[exp.Expr], Callable[[exp.Expr, Scope, Context], Part]]
    aliases: set[str]
    notes: dict[str, None] = field(default_factory=dict)
    ctes: Mapping[str, Cte] = field(default_factory=dict)
    defined: list[Cte] = field(default_factory=list)

    def take(self, node: exp.Expr, *names: str) -> list[Any]:
        """Return arguments of a node; see Statement."""
        return self.statement.take(node, *names)

    def refused(self, node: exp.Expr, feature: str, reason: str, advice: str, *, near: str = "") -> NoForm:
        """Return the refusal of a node; see Statement."""
        return self.statement.refused(node, feature, reason, advice, near=near)

    def unknown(self, node: exp.Expr, reason: str, hint: str = "") -> StatementRefused:
        """Return the refusal of what a node names; see Statement."""
        return self.statement.unknown(node, reason, hint)

    def alias(self, wanted: str) -> str:
        """Return a name for a source that nothing else of the document has."""
        alias, number = wanted, 1
        while alias in self.aliases:
            alias, number = f"{wanted}_{number}", number + 1
        self.aliases.add(alias)
        return alias


def word(identifier: exp.Expr, context: Context) -> tuple[str, bool]:
    """Return a name as PostgreSQL folds it, and whether it is quoted."""
    [text] = context.take(identifier, "this")
    is_quoted = bool(identifier.args.get("quoted"))
    return (text if is_quoted else text.lower()), is_quoted


def resolve(node: exp.Expr, scope: Scope | None, context: Context) -> tuple[Source, ColumnName, Scope]:
    """Return what a column of SQL means, and in which scope it was found. Raises StatementRefused."""
    name, table, schema = context.take(node, "this", "table", "db")
    text, is_quoted = word(name, context)
    if schema is not None and word(schema, context)[0] != context.names.schema:
        raise context.unknown(node, f"there is no schema {word(schema, context)[0]!r}")
    if table is not None:
        return _qualified(node, text, is_quoted, word(table, context)[0], scope, context)
    level = scope
    while level is not None:
        found = [(source, one) for source in level.sources for one in source.named(text, is_quoted=is_quoted)]
        if text in level.merged:
            found = [(source, one) for source, one in found if source.name == level.merged[text]]
        if len(found) > 1:
            raise context.unknown(node, f"column {text!r} is in several tables; write which, as in table.{text}")
        if found:
            return (*_with_a_name(node, *found[0], context), level)
        level = level.outer
    known = {one.name for source in (scope.every() if scope else ()) for one in source.columns}
    tables = ", ".join(repr(source.name) for source in (scope.every() if scope else ())) or "no table"
    hint = did_you_mean(text, known)
    if is_quoted and not hint:
        hint = f" (a text stands in single quotes: '{text}')"
    raise context.unknown(node, f"no column {text!r} in {tables}", hint)


def _qualified(
    node: exp.Expr, text: str, is_quoted: bool, table: str, scope: Scope | None, context: Context
) -> tuple[Source, ColumnName, Scope]:
    level = scope
    while level is not None:
        for source in level.sources:
            if source.name == table:
                found = source.named(text, is_quoted=is_quoted)
                if len(found) == 1:
                    return (*_with_a_name(node, source, found[0], context), level)
                hint = did_you_mean(text, [one.name for one in source.columns])
                said = "several columns" if found else "no column"
                raise context.unknown(node, f"{said} {text!r} in {table!r}", hint)
        level = level.outer
    known = [source.name for source in scope.every()] if scope else []
    raise context.unknown(node, f"no table {table!r} here", did_you_mean(table, known))


def _with_a_name(node: exp.Expr, source: Source, column: ColumnName, context: Context) -> tuple[Source, ColumnName]:
    if column.remote is None:
        raise context.refused(
            node,
            f"column {column.name!r}",
            "only its position is known, and a document names columns",
            "write its remote name in the schema's file",
        )
    return source, column
