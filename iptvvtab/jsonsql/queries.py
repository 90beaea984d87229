"""A select of SQL as `select` of JSONSQL."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from sqlglot import exp

from iptvvtab.jsonsql.calls import has_aggregate
from iptvvtab.jsonsql.joining import From, from_clause
from iptvvtab.jsonsql.lifting import Lift, labelled, texts_in
from iptvvtab.jsonsql.outputs import Output, by_label, number_of, output_at, outputs
from iptvvtab.jsonsql.sources import Context, Cte, Part, Scope, word
from iptvvtab.jsonsql.statement import CLAUSES, unwrapped
from iptvvtab.jsonsql.terms import clause, keys_in, term
from iptvvtab.jsonsql.texts import constant
from iptvvtab.types import Json


@dataclass(frozen=True, slots=True)
class Selected:
    """A select as a document. `is_one_row`: it surely answers one row; `is_plain`: a row for each that WHERE keeps."""

    json: dict[str, Json]
    outputs: list[Output]
    is_one_row: bool = False
    is_plain: bool = False

    def labelled(self) -> dict[str, Json]:
        """Return the document with a name for each column, so that it can be asked for from outside."""
        items = [
            item if isinstance(item, dict) and list(item.values()) == [one.label] else labelled(_bare(item), one.label)
            for item, one in zip(self.json["data"], self.outputs, strict=True)
        ]
        return {**self.json, "data": items}


def _bare(item: Json) -> Json:
    return {key: one for key, one in item.items() if key != "as"} if isinstance(item, dict) else item


@dataclass(slots=True)
class _Parts:
    """A select under way, as documents say it."""

    outputs: list[Output]
    where: list[Json] = field(default_factory=list)
    group: list[Json] = field(default_factory=list)
    having: list[Json] = field(default_factory=list)
    order: list[tuple[Json, bool]] = field(default_factory=list)
    is_distinct: bool = False
    is_grouped: bool = False


def query(node: exp.Expr, outer: Scope | None, context: Context) -> Selected:
    """Return a query as a document. Raises NoForm, StatementRefused for a name that is not there."""
    if isinstance(node, exp.Subquery):
        return query(context.take(node, "this")[0], outer, context)
    if isinstance(node, exp.Values):
        rows = [context.take(row, "expressions")[0] for row in context.take(node, "expressions")[0]]
        return _values([[constant(one, context) for one in row] for row in rows])
    if isinstance(node, exp.SetOperation):
        word_of_it = node.key.upper()
        raise context.refused(node, word_of_it, "has no form in JSONSQL", "ask twice", near=word_of_it)
    if not isinstance(node, exp.Select):
        raise context.refused(node, node.key.upper(), "is no query", "write a SELECT")
    return _select(node, outer, context)


def _values(rows: list[list[Json]], names: list[str] | None = None) -> Selected:
    names = names or [f"column{at}" for at, _ in enumerate(rows[0], start=1)]
    outputs = [Output(name, Part(value), name, is_named=False) for name, value in zip(names, rows[0], strict=True)]
    return Selected({"values": rows}, outputs)


def _select(node: exp.Expr, outer: Scope | None, context: Context) -> Selected:
    with_, items, from_, joins, where, group, having, order, limit, offset, distinct = context.take(node, *CLAUSES)
    context = with_ctes(with_, context)
    if from_ is None and not items:
        raise context.unknown(node, "a SELECT names at least one column")
    if from_ is None:
        return _without_from(node, items, context)
    source = from_clause(context.take(from_, "this")[0], joins or [], outer, context)
    scope = source.scope
    parts = _Parts(outputs(items, scope, context))
    if where is not None:
        parts.where = [clause(context.take(where, "this")[0], scope, context)]
    if group is not None:
        parts.group = _group_by(group, parts.outputs, scope, context)
    scalars: list[Json] = scope.scalars or []
    scope.scalars = None  # from here on there is no place for one
    if having is not None:
        parts.having = [clause(context.take(having, "this")[0], scope, context)]
    if order is not None:
        parts.order = _order_by(order, parts.outputs, scope, context, is_distinct=distinct is not None)
    jsons = [one.part.json for one in parts.outputs] + [json for json, _ in parts.order]
    parts.is_grouped = group is not None or having is not None or any(map(has_aggregate, jsons))
    if scalars and parts.is_grouped:
        _refuse_scalars(node, scalars, [*jsons, *parts.having], context)
    if distinct is not None:
        context.take(distinct)
        parts.is_distinct = True
    json = _assembled(replace(source, items=[*source.items, *scalars]), parts, context)
    count = {"limit": _rows(limit, context), "offset": _rows(offset, context)}
    json |= {key: one for key, one in count.items() if one is not None}
    is_one_row = parts.is_grouped and group is None and having is None and not {"limit", "offset"} & set(json)
    is_plain = not parts.is_grouped and "offset" not in json and json.get("limit") != 0
    return Selected(json, parts.outputs, is_one_row, is_plain)


def _refuse_scalars(node: exp.Expr, scalars: list[Json], jsons: list[Json], context: Context) -> None:
    """In groups, a scalar subquery may stand in WHERE, which comes before them."""
    aliases = {one["as"] for one in scalars}
    if any(alias in keys_in(json) for json in jsons for alias in aliases):
        raise context.refused(
            node, "a subquery as a value beside groups", "has no form in JSONSQL", "ask for it by itself", near="SELECT"
        )


def with_ctes(with_: exp.Expr | None, context: Context) -> Context:
    """Return what a statement sees behind WITH; each expression sees those before it."""
    if with_ is None:
        return context
    listed, recursive = context.take(with_, "expressions", "recursive")
    if recursive:
        raise context.refused(with_, "WITH RECURSIVE", "has no form in JSONSQL", "ask level by level", near="RECURSIVE")
    for one in listed:
        query_of_it, alias = context.take(one, "this", "alias", "materialized")[:2]
        name = word(context.take(alias, "this", "columns")[0], context)[0]
        query(
            query_of_it, None, replace(context, aliases=set(context.aliases), defined=[])
        )  # its mistakes, used or not
        cte = Cte(name, one, context)
        context.defined.append(cte)
        context = replace(context, ctes={**context.ctes, name: cte})
    return context


def _without_from(node: exp.Expr, items: list[exp.Expr], context: Context) -> Selected:
    """`SELECT 1, 'a'` is `values` [V]."""
    context.take(node, "expressions", "with_")
    values, names = [], []
    for item in items:
        name = None
        if isinstance(item, exp.Alias):
            item, alias = context.take(item, "this", "alias")
            name = word(alias, context)[0]
        if not isinstance(unwrapped(item), (exp.Literal, exp.Null, exp.Boolean, exp.Neg)):
            raise context.refused(item, "SELECT without FROM", "a document then holds values alone", "name a table")
        values.append(constant(item, context))
        names.append(name or "?column?")
    return _values([values], names)


def _group_by(group: exp.Expr, outputs: list[Output], scope: Scope, context: Context) -> list[Json]:
    found: list[Json] = []
    for item in context.take(group, "expressions")[0]:
        item = unwrapped(item)
        place = number_of(item)
        if place is not None:
            part = output_at(item, place, outputs, context)
        elif _is_a_source_column(item, scope, context):
            part = term(item, scope, context)
        else:
            part = by_label(item, outputs, context) or term(item, scope, context)
        if has_aggregate(part.json):
            raise context.refused(item, "GROUP BY an aggregate", "groups come first", "group by columns")
        if isinstance(part.json, dict) and part.json not in found:
            found.append(part.json)  # a value is the same on every row
    if not found:
        raise context.refused(group, "GROUP BY a value", "has no form in JSONSQL", "leave it out", near="GROUP")
    return found


def _is_a_source_column(item: exp.Expr, scope: Scope, context: Context) -> bool:
    """Return whether a bare name is a column of FROM: in GROUP BY this comes before the name of an output."""
    if not isinstance(item, exp.Column) or item.args.get("table") is not None:
        return False
    name, is_quoted = word(item.args["this"], context)
    return any(source.named(name, is_quoted=is_quoted) for source in scope.sources)


def _order_by(
    order: exp.Expr, outputs: list[Output], scope: Scope, context: Context, *, is_distinct: bool
) -> list[tuple[Json, bool]]:
    """Return what is sorted by, and whether downward. NULL counts as larger than everything [PostgreSQL]."""
    found: list[tuple[Json, bool]] = []
    for item in context.take(order, "expressions")[0]:
        inner, desc, nulls_first = context.take(item, "this", "desc", "nulls_first")
        place = number_of(inner)
        if place is not None:
            part = output_at(inner, place, outputs, context)
        else:
            part = by_label(inner, outputs, context) or term(inner, scope, context)
            if not isinstance(part.json, dict) and unwrapped(inner).key in ("literal", "null", "boolean", "neg"):
                raise context.refused(inner, "ORDER BY a value", "it gives no order", "name a column")
        if not isinstance(part.json, dict):
            continue  # an output that is the same on every row gives no order
        if desc and context.features.order_direction is None:
            raise context.refused(
                item,
                "ORDER BY ... DESC",
                "this portal was not seen to sort downward",
                "`iptvvtab doctor` looks; sort the answer afterwards",
                near="DESC",
            )
        if bool(nulls_first) != bool(desc) and part.can_be_null:
            if is_distinct:
                raise context.refused(
                    item, "NULLS FIRST or LAST beside DISTINCT", "has no form in JSONSQL", "leave it out", near="NULLS"
                )
            found.append(({"is_not" if nulls_first else "is": [part.json, None]}, False))
        found.append((part.json, bool(desc)))
    return found


def _rows(node: exp.Expr | None, context: Context) -> int | None:
    """Return the number of LIMIT, OFFSET or FETCH."""
    if node is None:
        return None
    if isinstance(node, exp.Fetch):
        count, options = context.take(node, "count", "limit_options", "direction")[:2]
        if options is not None:
            context.take(options, "rows")
    else:
        [count] = context.take(node, "expression")
    if isinstance(count, exp.Null) or (isinstance(count, exp.Var) and count.args["this"].upper() == "ALL"):
        return None
    number = number_of(count) if count is not None else 1
    if number is None:
        raise context.refused(
            count, "LIMIT or OFFSET of an expression", "a document takes a whole number", "write the number"
        )
    return number


def _assembled(source: From, parts: _Parts, context: Context) -> dict[str, Json]:
    """Return the document, as a select over a select where there is HAVING, or groups of expressions."""
    conditions = [*source.conditions, *parts.where]
    json: dict[str, Json] = {"from": source.items}
    if conditions:
        json["where"] = conditions[0] if len(conditions) == 1 else {"and": conditions}
    aliases = [one["as"] for one in source.items]
    if not context.features.group_by_expression and any(
        len(one) != 1 or not _is_column(one, aliases) for one in parts.group
    ):
        json, aliases = _computed_first(json, parts, aliases, context)
    if parts.group:
        json["group_by"] = parts.group
    if parts.having:
        json = _having(json, parts, aliases, context)
    data = [_item(one) for one in parts.outputs]
    head: dict[str, Json] = {"distinct": True} if parts.is_distinct else {}
    found = {**head, "data": data, **json}
    if parts.order:
        found["order_by"] = [_directed(one, is_down, context) for one, is_down in parts.order]
    return found


def _is_column(json: Json, aliases: list[str]) -> bool:
    key, name = next(iter(json.items()))
    return len(json) == 1 and key in aliases and isinstance(name, str)


def _item(output: Output) -> Json:
    json = output.part.json
    return {**json, "as": output.name} if output.is_named and isinstance(json, dict) else json


def _directed(json: Json, is_down: bool, context: Context) -> Json:
    if not is_down:
        return json
    return [json, "DESC"] if context.features.order_direction == "list" else {"desc": json}


def _lift(parts: _Parts, aliases: list[str], context: Context, *, takes_aggregates: bool) -> tuple[Lift, str]:
    jsons = [one.part.json for one in parts.outputs] + [json for json, _ in parts.order] + parts.having
    alias = context.alias("q")
    lift = Lift(alias, aliases, parts.group, takes_aggregates=takes_aggregates, texts=set(texts_in(jsons)))
    return lift, alias


def _rewrite(parts: _Parts, lift: Lift) -> None:
    parts.outputs = [replace(one, part=replace(one.part, json=lift.lift(one.part.json))) for one in parts.outputs]
    parts.order = [(lift.lift(one), is_down) for one, is_down in parts.order]
    parts.having = [lift.lift(one) for one in parts.having]


def _computed_first(
    json: dict[str, Json], parts: _Parts, aliases: list[str], context: Context
) -> tuple[dict[str, Json], list[str]]:
    """Compute the expressions of GROUP BY in an inner select: some portals group by columns alone."""
    lift, alias = _lift(parts, aliases, context, takes_aggregates=False)
    parts.group = [lift.lift(one) for one in parts.group]
    _rewrite(parts, lift)
    return {"from": [{"select": {"data": lift.data, **json}, "as": alias}]}, [alias]


def _having(json: dict[str, Json], parts: _Parts, aliases: list[str], context: Context) -> dict[str, Json]:
    """HAVING is the WHERE of a select over the groups."""
    lift, alias = _lift(parts, aliases, context, takes_aggregates=True)
    _rewrite(parts, lift)
    [having], parts.having = parts.having, []
    if not parts.group and not has_aggregate(lift.data):
        lift.lift({"function": "count", "args": ["*"]})  # HAVING alone makes one group of all
    return {"from": [{"select": {"data": lift.data, **json}, "as": alias}], "where": having}
