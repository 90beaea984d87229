"""FROM as SQLite reads it: tables, joins from left to right, selects, common table expressions."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from iptvvtab.jsonsql.judging.comparing import compared
from iptvvtab.jsonsql.judging.conditions import condition
from iptvvtab.jsonsql.judging.scopes import Context, Field, Level, Place, folded
from iptvvtab.jsonsql.names import TableName


def with_ctes(with_: exp.Expr | None, context: Context) -> Context:
    """Return what a select sees behind WITH; each expression sees those before it."""
    if with_ is None:
        return context
    listed, recursive = context.take(with_, "expressions", "recursive")
    if recursive:
        raise context.inexact(with_, "WITH RECURSIVE", "JSONSQL has no form for it", near="RECURSIVE")
    names = [folded(one.args["alias"].name) for one in listed]
    context = replace(context, ctes={**context.ctes, **dict.fromkeys(names)})
    for one in listed:
        alias = context.take(one, "this", "alias", "materialized")[1]
        name = context.take(alias, "this", "columns")[0].name
        context = replace(context, ctes={**context.ctes, folded(name): (one, context)})
    return context


def from_clause(
    first: exp.Expr, joins: list[exp.Expr], outer: Level | None, context: Context
) -> tuple[exp.From, list[exp.Join], Level]:
    """Return FROM, joins, and what names mean behind them. Raises NotExact."""
    tree, place = _source(first, context)
    level = Level([place], outer)
    return exp.From(this=tree), [_join(one, level, context) for one in joins], level


def _join(join: exp.Expr, level: Level, context: Context) -> exp.Join:
    """Return a join, and add its source to what is seen. A comma binds as a join does in SQLite."""
    node, on, side, kind, using = context.take(join, "this", "on", "side", "kind", "using")
    if side not in (None, "", "LEFT") or kind not in (None, "", "INNER", "CROSS", "OUTER"):
        raise context.inexact(join, f"{side or kind} JOIN", "only inner, left and cross joins are", near="JOIN")
    tree, place = _source(node, context)
    if any(folded(one.name) == folded(place.name) for one in level.places):
        raise context.inexact(join, f"two sources called {place.name!r}", "SQLite takes the first that fits")
    level.places.append(place)
    if using:
        said = [_merged(join, one.name, level, context) for one in using]
        test = said[0]
        for more in said[1:]:
            test = exp.And(this=test, expression=more)
    elif not side and (on is None or (isinstance(on, exp.Boolean) and on.this)):
        return exp.Join(this=tree, kind="CROSS")
    else:
        test = condition(on, level, context)
    if side:
        place.make_optional()
        return exp.Join(this=tree, side="LEFT", on=test)
    return exp.Join(this=tree, kind="INNER", on=test)


def _merged(join: exp.Expr, name: str, level: Level, context: Context) -> exp.Expr:
    """Return the condition for a column of USING, which then is the one on the left."""
    *before, place = level.places
    lefts = [one.known(at) for one in before if folded(name) not in one.merged for at in one.named(name)]
    rights = [place.known(at) for at in place.named(name)]
    if len(lefts) != 1 or len(rights) != 1:
        raise context.inexact(join, "USING", f"{name!r} is no column of one source on each side", near="USING")
    place.merged.add(folded(name))
    return compared(join, exp.EQ, lefts[0], rights[0], context)


def _source(node: exp.Expr, context: Context) -> tuple[exp.Expr, Place]:
    if isinstance(node, exp.Table):
        return _table(node, context)
    if not isinstance(node, exp.Subquery) or not isinstance(node.this, exp.Select):
        raise context.inexact(node, "this source in FROM", "it is neither a table nor a select")
    query, alias = context.take(node, "this", "alias")
    if alias is None:
        return _derived(node, query, None, [], context)
    name, columns = context.take(alias, "this", "columns")
    if columns:
        raise context.inexact(node, "names for the columns of a select", "SQLite knows them in WITH alone")
    return _derived(node, query, name.name, [], context)


def _table(node: exp.Expr, context: Context) -> tuple[exp.Expr, Place]:
    this, alias, schema = context.take(node, "this", "alias", "db")
    if not isinstance(this, exp.Identifier):
        raise context.inexact(node, "a function in FROM", "JSONSQL has no form for it")
    name = this.name
    shown = name
    if alias is not None:
        named, columns = context.take(alias, "this", "columns")
        if columns:
            raise context.inexact(node, "names for the columns of a table", "SQLite knows them in WITH alone")
        shown = named.name
    if schema is None and folded(name) in context.ctes:
        found = context.ctes[folded(name)]
        if found is None:
            raise context.inexact(node, f"WITH {name}", "it is read before it is written", near="WITH")
        cte, own = found
        query, own_alias = own.take(cte, "this", "alias", "materialized")[:2]
        labels = [one.name for one in own.take(own_alias, "this", "columns")[1] or ()]
        own = replace(own, aliases=context.aliases)
        return _derived(node, query, shown, labels, own)
    table = context.names.get(name)
    is_ours = schema is None or folded(schema.name) == folded(context.names.schema)
    if table is None or not is_ours or (schema is None and context.needs_schema):
        raise context.inexact(node, f"the table {name!r}", "it is none of the portal's")
    place = _place_of(table, shown, context)
    place.schema = context.names.schema if alias is None else None
    return _named(exp.Table(this=exp.to_identifier(table.name, quoted=True)), place), place


def _place_of(table: TableName, shown: str, context: Context) -> Place:
    fields = tuple(
        Field(one.name, one.name, one.kind, one.can_be_null and one.name not in table.key, (table.remote, one.name))
        for one in table.columns
    )
    return Place(shown, context.alias(shown), fields, table.key)


def _named(tree: exp.Expr, place: Place) -> exp.Expr:
    tree.set("alias", exp.TableAlias(this=exp.to_identifier(place.alias, quoted=True)))
    return tree


def _derived(
    node: exp.Expr, query: exp.Expr, name: str | None, labels: list[str], context: Context
) -> tuple[exp.Expr, Place]:
    judged = context.query(query, None, context)
    if labels and len(labels) != len(judged.columns):
        raise context.inexact(node, f"WITH {name}", "it has not as many columns as names")
    names: list[str | None] = [*labels] or [one for one, _ in judged.columns]
    fields = tuple(
        Field(said, f"c{at}", known.type, known.can_be_null, known.origin)
        for at, (said, (_, known)) in enumerate(zip(names, judged.columns, strict=True), start=1)
    )
    if len({folded(one) for one in names if one is not None}) < len([one for one in names if one is not None]):
        raise context.inexact(node, "two columns of one name in a select", "SQLite makes up other names for them")
    if any(isinstance(known.tree, exp.Literal | exp.Neg) for _, known in judged.columns):
        raise context.inexact(node, "a value in a select in FROM", "the portal may take it for a text")
    items = [
        exp.Alias(this=known.tree, alias=exp.to_identifier(one.label, quoted=True))
        for one, (_, known) in zip(fields, judged.columns, strict=True)
    ]
    judged.tree.set("expressions", items)
    key = tuple(fields[at].label for at in judged.groups)
    place = Place(name or "", context.alias(name or "q"), fields, key, is_grouped=bool(key))
    return _named(exp.Subquery(this=judged.tree), place), place
