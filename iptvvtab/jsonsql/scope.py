"""Which names mean a column at a place of a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from sqlglot import exp

from iptvvtab.errors import DecodeError, UnknownName

Catalog: TypeAlias = Mapping[str, Sequence[str]]
"""Column names, in order, by table."""


@dataclass(frozen=True, slots=True)
class Relation:
    """One item of FROM: what it is called here and what columns it has."""

    alias: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """The relations that names may mean, innermost first; `labels` are the names that `data` gives with "as"."""

    relations: tuple[Relation, ...] = ()
    outer: Scope | None = None
    labels: frozenset[str] = field(default_factory=frozenset)

    def joined(self, relation: Relation, path: str) -> Scope:
        """Return this scope with one more relation. Raises DecodeError when its name is taken."""
        if any(known.alias == relation.alias for known in self.relations):
            raise DecodeError(path, f'table name "{relation.alias}" specified more than once')
        return Scope((*self.relations, relation), self.outer, self.labels)

    def relation(self, alias: str) -> Relation | None:
        """Return the relation of that name here or further out."""
        found = next((one for one in self.relations if one.alias == alias), None)
        return found or (self.outer.relation(alias) if self.outer else None)

    def every(self) -> Iterator[Relation]:
        """Yield all relations, those further out last."""
        yield from self.relations
        if self.outer:
            yield from self.outer.every()

    def bare(self, name: str, path: str) -> exp.Column | None:
        """Return the column that a bare string names, or None: then the string is a text [V].

        Raises UnknownName when it names columns of two relations.
        """
        owners = [one for one in self.relations if name in one.columns]
        if len(owners) > 1:
            raise UnknownName(path, f'column reference "{name}" is ambiguous')
        if owners:
            return column(owners[0].alias, name)
        alias, dot, dotted = name.partition(".")
        if dot and (owner := self.relation(alias)) and dotted in owner.columns:  # "t.col" [C]
            return column(alias, dotted)
        return self.outer.bare(name, path) if self.outer else None

    def qualified(self, alias: str, name: str, path: str) -> exp.Column:
        """Return the column that `{alias: name}` names. Raises UnknownName, worded as PostgreSQL's."""
        owner = self.relation(alias)
        if owner is None:
            known = [one.alias for one in self.every()]
            raise UnknownName(path, f'missing FROM-clause entry for table "{alias}"', alias, known)
        if name not in owner.columns:
            raise UnknownName(path, f"column {alias}.{name} does not exist", name, owner.columns)
        return column(alias, name)


def column(alias: str, name: str) -> exp.Column:
    """Return a qualified, quoted column."""
    return exp.Column(this=identifier(name), table=identifier(alias))


def identifier(name: str) -> exp.Identifier:
    """Return a quoted name: `user`, `key` and `order` are names of a portal too."""
    return exp.Identifier(this=name, quoted=True)
