"""Selects within an expression: IN, EXISTS, a subquery that stands as a value."""

from __future__ import annotations

from sqlglot import exp

from iptvvtab.jsonsql.pgtypes import PgType
from iptvvtab.jsonsql.sources import Context, Part, Scope
from iptvvtab.jsonsql.statement import unwrapped
from iptvvtab.jsonsql.terms import Rules, condition, keys_in, term, terms
from iptvvtab.jsonsql.texts import constant, is_number, member
from iptvvtab.types import Json


def _in(node: exp.Expr, scope: Scope, context: Context) -> Part:
    query = node.args.get("query")
    this, listed = context.take(node, "this", *(["query"] if query is not None else ["expressions"]))
    left = term(this, scope, context)
    if query is not None:
        [inner] = context.take(query, "this")
        selected = context.query(inner, scope, context)
        if len(selected.outputs) != 1:
            raise context.refused(node, "IN of a select", "it must have one column", "select one", near="IN")
        return condition({"in": [left.json, {"select": selected.json}]}, Part(None))
    if len(listed) == 1 and isinstance(listed[0], exp.Values):
        rows = [context.take(row, "expressions")[0] for row in context.take(listed[0], "expressions")[0]]
        values = [[constant(one, context) for one in row] for row in rows]
        return condition({"in": [left.json, {"values": values}]}, Part(None))
    data = [one for one in listed if _is_data(one)]
    others = terms([one for one in listed if not _is_data(one)], scope, context)
    found = [member(left, [constant(one, context) for one in data], scope)] if data else []
    found += [{"in": [left.json, *(one.json for one in others)]}] if others else []
    return condition(found[0] if len(found) == 1 else {"or": found}, left, *others, Part(None))


def _is_data(node: exp.Expr) -> bool:
    node = unwrapped(node)
    return isinstance(node, (exp.Literal, exp.Null, exp.Boolean)) or is_number(node)


def _exists(node: exp.Expr, scope: Scope, context: Context) -> Part:
    """EXISTS is `(outer IN (SELECT inner ...)) IS TRUE`, else `1 IN (SELECT 1 ...)`: both are never NULL, as EXISTS."""
    [query] = context.take(node, "this")
    selected = context.query(query, scope, context)
    if not selected.is_plain:
        raise context.refused(
            node,
            "EXISTS of groups or of OFFSET",
            "it is sent as IN, which has no form for it",
            "write what it asks for as IN",
            near="EXISTS",
        )
    kept = {key: value for key, value in selected.json.items() if key in ("from", "where")}
    json = _uncorrelated(kept, scope) or {"in": [1, {"select": {"data": [1], **kept}}]}
    return Part(json, PgType.BOOLEAN, can_be_null=False)


def _uncorrelated(select: dict[str, Json], scope: Scope) -> Json | None:
    """Return EXISTS as an IN whose select names nothing outside [V], where one equality is all that ties them."""
    outer, own = {source.alias for source in scope.every()}, {item["as"] for item in select["from"]}
    where = select.get("where", {})
    conditions = where["and"] if set(where) == {"and"} else [where]
    for tie in conditions:
        rest = [one for one in conditions if one is not tie]
        if set(tie) != {"eq"} or keys_in([rest, select["from"]]) & outer:
            continue
        for inner, beyond in (tie["eq"], tie["eq"][::-1]):
            sides = keys_in(inner), keys_in(beyond)
            if sides[0] & own and sides[1] & outer and not sides[0] & outer and not sides[1] & own:
                found: dict[str, Json] = {"data": [inner], "from": select["from"]}
                if rest:
                    found["where"] = rest[0] if len(rest) == 1 else {"and": rest}
                return {"is": [{"in": [beyond, {"select": found}]}, True]}
    return None


def _subquery(node: exp.Expr, scope: Scope, context: Context) -> Part:
    """A scalar subquery of exactly one row joins the sources: each row then has it beside it."""
    [query] = context.take(node, "this")
    selected = context.query(query, scope, context)
    if len(selected.outputs) != 1:
        raise context.refused(node, "a subquery as a value", "it must have one column", "select one")
    if keys_in(selected.json) & {source.alias for source in scope.every()}:
        raise context.refused(
            node,
            "a subquery as a value that depends on the row",
            "has no form in JSONSQL",
            "join it: LEFT JOIN (SELECT key, max(x) FROM t GROUP BY key) AS q",
            near="SELECT",
        )
    if not selected.is_one_row:
        raise context.refused(
            node,
            "a subquery as a value",
            "it may have no row or several",
            "select an aggregate without GROUP BY, or join",
            near="SELECT",
        )
    if scope.scalars is None:
        raise context.refused(
            node,
            "a subquery as a value",
            "has no form in this place",
            "join it: FROM t, (SELECT ...) AS q",
            near="SELECT",
        )
    [output] = selected.outputs
    alias = context.alias("scalar")
    scope.scalars.append({"select": selected.labelled(), "as": alias})
    return Part({alias: output.label}, output.part.type)


SUBQUERIES: Rules = {exp.In: _in, exp.Exists: _exists, exp.Subquery: _subquery}
