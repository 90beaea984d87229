"""What a portal's PostgreSQL does otherwise than SQLite with a decoded document: sentences for people. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from iptvvtab.errors import SqlRefused
from iptvvtab.jsonsql.names import Names
from iptvvtab.jsonsql.pgstatements import analyse, labelled
from iptvvtab.jsonsql.pgtypes import PgType
from iptvvtab.jsonsql.pgtyping import operands_of, type_of

_RANGES = (exp.LT, exp.GT, exp.LTE, exp.GTE)
_COMPARED = (*_RANGES, exp.EQ, exp.NEQ, exp.In)
_MOMENTS = (PgType.TIMESTAMP, PgType.TIMESTAMPTZ)


def differences(tree: exp.Expr, names: Names) -> tuple[str, ...]:
    """Return a sentence for each way in which SQLite would answer otherwise. The tree gets its types."""
    try:
        analyse(tree, names.remote_types, names.remote_keys)
    except SqlRefused as refusal:
        return (f"by the types of the schema PostgreSQL refuses this: {refusal}",)
    except RecursionError:
        return ("too long to look for what SQLite would answer otherwise",)
    found: dict[str, None] = {}
    for node in tree.walk():
        found.update(dict.fromkeys(_of(node, names)))
    return tuple(found)


def _of(node: exp.Expr, names: Names) -> Iterator[str]:
    if isinstance(node, _RANGES) and operands_of(node) is PgType.TEXT:
        yield "texts are compared by the portal's language; SQLite compares their bytes"
    if isinstance(node, (exp.Min, exp.Max)) and type_of(node) is PgType.TEXT:
        yield "min() and max() of texts go by the portal's language; SQLite goes by their bytes"
    if isinstance(node, _COMPARED):
        yield from _of_comparison(node)
    if isinstance(node, exp.Div):
        yield "a division by zero is an error; SQLite answers NULL"
    if isinstance(node, exp.Like):
        yield "LIKE knows case, and a backslash escapes; in SQLite ASCII letters match in any case, and nothing escapes"
    if isinstance(node, exp.Select):
        yield from _of_order(node, names)


def _of_comparison(node: exp.Expr) -> Iterator[str]:
    kind = operands_of(node)
    texts = [one for one in node.iter_expressions() if isinstance(one, exp.Literal) and one.is_string]
    if texts and kind.is_number:
        yield "a text beside a number is read as a number, or refused; SQLite sorts it after all numbers"
    if texts and kind in _MOMENTS and any(len(one.this) < len("2020-01-01 00:00:00") for one in texts):
        yield "a date beside a moment is its midnight; SQLite compares the two as texts"


def _of_order(select: exp.Select, names: Names) -> Iterator[str]:
    order = select.args.get("order")
    for item in order.expressions if order else ():
        expression = item.this
        if isinstance(expression, exp.Column) and not expression.table:
            expression = labelled(select, expression.name)
        if type_of(expression) is PgType.TEXT:
            yield "texts are sorted by the portal's language; SQLite sorts them by their bytes"
        if not _is_never_null(expression, select, names):
            yield "NULL is sorted as larger than everything; in SQLite it is smaller"


def _is_never_null(expression: exp.Expr, select: exp.Select, names: Names) -> bool:
    if select.args.get("joins") or not isinstance(expression, exp.Column):
        return False
    source = select.args["from_"].this
    return isinstance(source, exp.Table) and expression.name in names.never_null.get(source.name, ())
