"""A decoded document as the SQL of a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sqlglot import exp

from iptvvtab.errors import SqlRefused
from iptvvtab.jsonsql.ordering import TEXT_KEY, order_by_key
from iptvvtab.jsonsql.pgstatements import TypedCatalog, analyse
from iptvvtab.jsonsql.pgtypes import PgType
from iptvvtab.jsonsql.sqlite import ADDRESS_KEY, to_sqlite

Dialect = Literal["sqlite", "postgres"]


@dataclass(frozen=True, slots=True)
class Typing:
    """What is known of the tables: the types of their columns, and the primary keys by table."""

    catalog: TypedCatalog
    keys: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement for one database. `types` are those of the answered columns, None where nobody has looked."""

    sql: str
    types: tuple[PgType, ...] | None


def render(tree: exp.Expr, dialect: Dialect) -> str:
    """Return a decoded document as SQL, as it is."""
    return tree.sql(dialect=dialect)


def prepare(tree: exp.Expr, dialect: Dialect, typing: Typing, *, bytewise_text: bool = False) -> Prepared:
    """Return a decoded document as SQL that gives PostgreSQL's answer on either database, and its types.

    Text is ordered case-insensitively unless `bytewise_text`; the database must offer the functions of ordering.py and,
    for SQLite, sqlite.py. The tree is used up. Raises SqlRefused where PostgreSQL would refuse and SQLite would not.
    """
    text_keys = {} if bytewise_text else TEXT_KEY
    if dialect == "sqlite":
        types = tuple(analyse(tree, typing.catalog, typing.keys))
        order_by_key(tree, text_keys | ADDRESS_KEY)
        to_sqlite(tree)
        return Prepared(render(tree, dialect), types)
    try:
        analyse(tree, typing.catalog, typing.keys)
    except SqlRefused:
        return Prepared(render(tree, dialect), None)  # PostgreSQL itself has the last word, and better ones
    order_by_key(tree, text_keys)
    return Prepared(render(tree, dialect), None)
