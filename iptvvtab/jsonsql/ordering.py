"""Text in an order that is not its bytes', whatever collations a database has.

A portal's PostgreSQL sorts by a language; the small PostgreSQL and the SQLite of the demo portal know bytes only. So
text is compared, sorted and aggregated by a key: the text in lower case, a separator below every letter, the text.
That is case-insensitive first, bytewise on ties, and one expression, usable wherever the text itself was.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from iptvvtab.jsonsql.pgstatements import labelled
from iptvvtab.jsonsql.pgtypes import PgType
from iptvvtab.jsonsql.pgtyping import operands_of, type_of

KEY_SEPARATOR = "\x01"
TEXT_KEY = {PgType.TEXT: "portal_text_key"}
"""The SQL function that a store offers: `lower(x) || KEY_SEPARATOR || x`."""
KEY_TEXT = "portal_key_text"
"""The SQL function that takes a key's text out of it: what follows the separator."""

_RANGES = (exp.LT, exp.GT, exp.LTE, exp.GTE)


def order_by_key(tree: exp.Expr, keys: Mapping[PgType, str]) -> None:
    """Rewrite, in an analysed tree, everything whose answer depends on the order of the types in `keys`."""
    for node in list(tree.walk()):
        if isinstance(node, _RANGES) and operands_of(node) in keys:
            for side in (node.this, node.expression):
                side.replace(_key(side, operands_of(node), keys))
        elif isinstance(node, (exp.Min, exp.Max)) and type_of(node) in keys:
            inner = node.this.expressions[0] if isinstance(node.this, exp.Distinct) else node.this
            inner.replace(_key(inner, type_of(node), keys))
            node.replace(exp.Anonymous(this=KEY_TEXT, expressions=[node.copy()]))
        elif isinstance(node, exp.Select):
            _order(node, keys)


def _order(select: exp.Select, keys: Mapping[PgType, str]) -> None:
    order = select.args.get("order")
    if order is None:
        return
    is_grouped = select.args.get("group") or any(one.find(exp.AggFunc) for one in select.expressions)
    if select.args.get("distinct") and is_grouped:
        return  # PostgreSQL sorts such a select by its output columns only: these stay in the order of their bytes
    changed = [item for item in order.expressions if _order_item(item, select, keys)]
    if changed and select.args.get("distinct"):
        # DISTINCT would have the key in the select list; grouping by the same columns is the same without that.
        positions = [exp.Literal.number(n) for n in range(1, len(select.expressions) + 1)]
        select.set("distinct", None)
        select.set("group", exp.Group(expressions=positions))


def _order_item(item: exp.Expr, select: exp.Select, keys: Mapping[PgType, str]) -> bool:
    expression = item.this
    if isinstance(expression, exp.Column) and not expression.table:
        expression = labelled(select, expression.name)
    kind = type_of(expression)
    if kind not in keys or expression.find(exp.AggFunc):
        return False
    item.set("this", _key(expression, kind, keys))
    return True


def _key(tree: exp.Expr, kind: PgType, keys: Mapping[PgType, str]) -> exp.Expr:
    call = exp.Anonymous(this=keys[kind], expressions=[tree.copy()])
    call.meta["operands"] = kind
    return call
