"""Which column of a table each column of an answer is: what tells the type of its values."""

from __future__ import annotations

from typing import NamedTuple

from sqlglot import exp

from iptvvtab.jsonsql.decoding import decode
from iptvvtab.jsonsql.documents import Document
from iptvvtab.jsonsql.features import Features
from iptvvtab.jsonsql.names import Names


class Origin(NamedTuple):
    """A column, as the portal calls it and its table."""

    table: str
    column: str


def origins(document: Document, names: Names, features: Features) -> tuple[Origin | None, ...]:
    """Return where the values of each column come from that a document answers; None for what is worked out.

    The smallest and the largest of a column are values of it. Raises DecodeError.
    """
    tree = decode(document.method, document.params, names.remote_columns, features)
    if isinstance(tree, exp.Values):
        return (None,) * len(tree.expressions[0].expressions)
    if isinstance(tree, exp.Select):
        return tuple(_origin(one, tree) for one in tree.expressions)
    returning = tree.args.get("returning")
    target = tree.find(exp.Table)
    if returning is None or target is None:
        return ()
    return tuple(Origin(target.name, one.name) for one in returning.expressions)


def _origin(node: exp.Expr, select: exp.Select) -> Origin | None:
    node = node.unalias()
    if isinstance(node, (exp.Min, exp.Max)):
        node = node.this
    if not isinstance(node, exp.Column):
        return None
    relation = next((one for one in _relations(select) if one.alias_or_name == node.table), None)
    if isinstance(relation, exp.Table):
        return Origin(relation.name, node.name)
    inner = relation.this if isinstance(relation, exp.Subquery) else None
    if not isinstance(inner, exp.Select):
        return None
    found = next((one for one in inner.expressions if one.alias_or_name == node.name), None)
    return None if found is None else _origin(found, inner)


def _relations(select: exp.Select) -> list[exp.Expr]:
    source = select.args.get("from_")
    return [one.this for one in (source, *(select.args.get("joins") or ())) if one is not None]
