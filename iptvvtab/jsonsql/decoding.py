"""A JSONSQL document as a SQL tree: select, insert, update, delete.

    decode("select", {"data": ["id"], "from": "subscriber"}, {"subscriber": ["id", "username"]}).sql("postgres")
    # SELECT "subscriber"."id" FROM "subscriber"

A form without evidence in jsonsql.md is refused with its place in the document.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlglot import exp

from iptvvtab.errors import DecodeError, UnknownName, did_you_mean
from iptvvtab.jsonsql.expressions import Context, HearsText, decode_expression, decode_values, number, operand
from iptvvtab.jsonsql.features import Features
from iptvvtab.jsonsql.scope import Catalog, Relation, Scope, column, identifier
from iptvvtab.types import Json

_JOIN_TYPES = ("inner", "left", "right", "full", "cross")
_CLAUSES = {
    "select": {"distinct", "data", "from", "where", "group_by", "order_by", "limit", "offset", "values"},
    "insert": {"into", "columns", "values", "select", "returning"},
    "update": {"table", "set", "where", "returning"},
    "delete": {"from", "where", "returning"},
}


def decode(
    method: str,
    params: Json,
    catalog: Catalog,
    features: Features | None = None,
    hears: HearsText | None = None,
) -> exp.Expr:
    """Return the tree of a document; every column in it is qualified and every name quoted.

    `hears` is told of each text that stands where a column might, and of its place.

    Raises DecodeError for a form without evidence, UnknownName for a table or column that is not in `catalog`.
    """
    if method not in _STATEMENTS:
        raise DecodeError("method", f"unknown method {method!r}{did_you_mean(method, _STATEMENTS)}")
    context = Context(catalog, features or Features(), _subselect, hears or _ignore)
    _check_clauses(method, params, method)
    tree: exp.Expr = _STATEMENTS[method](params, context)
    return tree


def _ignore(path: str, text: str, scope: Scope) -> None:
    """Nobody wants to hear of texts."""


def _check_clauses(method: str, params: Json, path: str) -> None:
    if not isinstance(params, dict):
        raise DecodeError(path, f"a {method} is an object of clauses")
    for clause in params:
        if clause not in _CLAUSES[method]:
            raise DecodeError(path, f"unknown clause {clause!r}{did_you_mean(clause, _CLAUSES[method])}")


def _select_or_values(params: dict[str, Json], context: Context) -> exp.Expr:
    if set(params) == {"values"}:
        return decode_values(params["values"], "values")
    return _subselect(params, "", Scope(), context)


def _subselect(params: Json, path: str, outer: Scope, context: Context) -> exp.Select:
    _check_clauses("select", params, path or "select")
    prefix = f"{path}." if path else ""
    for clause in ("data", "from"):
        if clause not in params:
            raise DecodeError(path or "select", f"a select needs {clause!r}")
    if "values" in params:
        raise DecodeError(f"{prefix}values", '"values" stands alone in a select')
    tree = exp.Select()
    scope = _from(tree, params["from"], f"{prefix}from", outer, context)
    labels = _data(tree, params["data"], f"{prefix}data", scope, context)
    if _flag(params.get("distinct", False), f"{prefix}distinct"):
        tree.set("distinct", exp.Distinct())
    _where(tree, params, prefix, scope, context)
    if "group_by" in params:
        items = _group_by(params["group_by"], f"{prefix}group_by", scope, context)
        tree.set("group", exp.Group(expressions=items))
    if "order_by" in params:
        labelled = Scope(scope.relations, scope.outer, frozenset(labels))
        items = _order_by(params["order_by"], f"{prefix}order_by", labelled, context)
        tree.set("order", exp.Order(expressions=items))
    if "limit" in params:
        tree.set("limit", exp.Limit(expression=_count(params["limit"], f"{prefix}limit")))
    if "offset" in params:
        tree.set("offset", exp.Offset(expression=_count(params["offset"], f"{prefix}offset")))
    return tree


def _flag(value: Json, path: str) -> bool:
    if not isinstance(value, bool):
        raise DecodeError(path, "is true or false")
    return value


def _count(value: Json, path: str) -> exp.Expr:
    """Return a row count; the text of one will do, as some clients send every scalar as text [B]."""
    text = str(value) if not isinstance(value, bool) else ""
    if not text.isascii() or not text.isdigit():
        raise DecodeError(path, "is a whole number of rows, not negative")
    return number(text)


def _where(tree: exp.Expr, params: dict[str, Json], prefix: str, scope: Scope, context: Context) -> None:
    if "where" in params:
        condition = decode_expression(params["where"], f"{prefix}where", scope, context)
        tree.set("where", exp.Where(this=condition))


def _data(tree: exp.Select, data: Json, path: str, scope: Scope, context: Context) -> list[str]:
    """Add the output columns; return the names that "as" gives them."""
    if not isinstance(data, list) or not data:
        raise DecodeError(path, "is a list of at least one expression")
    if data == ["*"]:
        tree.set("expressions", [column(one.alias, name) for one in scope.relations for name in one.columns])
        return []
    items: list[exp.Expr] = []
    labels: list[str] = []
    for at, value in enumerate(data):
        place, label = f"{path}[{at}]", None
        if isinstance(value, dict) and "as" in value:
            label = _name(value["as"], f"{place}.as")
            value = {key: inner for key, inner in value.items() if key != "as"}
            labels.append(label)
        item = decode_expression(value, place, scope, context)
        items.append(exp.Alias(this=operand(item), alias=identifier(label)) if label else item)
    tree.set("expressions", items)
    return labels


def _name(value: Json, path: str) -> str:
    if not isinstance(value, str) or not value:
        raise DecodeError(path, "is a name")
    return value


def _from(tree: exp.Select, value: Json, path: str, outer: Scope, context: Context) -> Scope:
    """Add FROM and its joins; return what names mean in the select."""
    items = value if isinstance(value, list) else [value]
    if not items:
        raise DecodeError(path, "names at least one table")
    scope = Scope(outer=outer)
    joins = []
    for at, item in enumerate(items):
        place = f"{path}[{at}]" if isinstance(value, list) else path
        source = _source(item, place, outer, context)
        scope = scope.joined(source.relation, place)
        if at == 0:
            if isinstance(item, dict) and "join" in item:
                raise DecodeError(place, "the first item is a table, joins follow it")
            tree.set("from_", exp.From(this=source.tree))
        else:
            joins.append(_join(item, source.tree, place, scope, context))
    if joins:
        tree.set("joins", joins)
    return scope


class _Source(NamedTuple):
    tree: exp.Expr
    relation: Relation


def _source(item: Json, path: str, outer: Scope, context: Context) -> _Source:
    if isinstance(item, str):
        item = {"table": item}
    kinds = {"table": {"as"}, "join": {"as", "join_type", "on"}, "select": {"as"}}
    kind = next((one for one in kinds if isinstance(item, dict) and one in item), None)
    if kind is None:
        raise DecodeError(path, 'is a table\'s name or an object with "table", "join" or "select"')
    if extra := set(item) - kinds[kind] - {kind}:
        raise DecodeError(path, f"unknown key {sorted(extra)[0]!r}{did_you_mean(min(extra), kinds[kind])}")
    alias = _name(item["as"], f"{path}.as") if "as" in item else None
    if kind == "select":
        return _derived(item["select"], alias, path, outer, context)
    table = _name(item[kind], f"{path}.{kind}")
    columns = _columns_of(table, f"{path}.{kind}", context)
    tree = exp.Table(this=identifier(table))
    if alias:
        tree.set("alias", exp.TableAlias(this=identifier(alias)))
    return _Source(tree, Relation(alias or table, columns))


def _derived(select: Json, alias: str | None, path: str, outer: Scope, context: Context) -> _Source:
    if not context.features.derived_tables:
        raise DecodeError(path, 'this portal takes no select in "from"')
    if alias is None:
        raise DecodeError(path, 'a select in "from" needs "as"')
    # A derived table sees what is outside of the whole select, not its neighbours: PostgreSQL without LATERAL.
    query = _subselect(select, f"{path}.select", outer, context)
    named = [_named(one) for one in query.expressions]
    query.set("expressions", named)
    columns = tuple(one.alias_or_name for one in named)
    tree = exp.Subquery(this=query, alias=exp.TableAlias(this=identifier(alias)))
    return _Source(tree, Relation(alias, columns))


def _named(item: exp.Expr) -> exp.Expr:
    """Name an output column as PostgreSQL would, so that it can be asked for from outside."""
    if isinstance(item, (exp.Alias, exp.Column)):
        return item
    name = item.name if isinstance(item, exp.Anonymous) else type(item).__name__
    is_call = isinstance(item, (exp.Anonymous, exp.AggFunc, exp.Coalesce, exp.Concat))
    return exp.Alias(this=item, alias=identifier(name.lower() if is_call else "?column?"))


def _columns_of(table: str, path: str, context: Context) -> tuple[str, ...]:
    if table not in context.catalog:
        raise UnknownName(path, f'relation "{table}" does not exist', table, context.catalog)
    return tuple(context.catalog[table])


def _join(item: Json, source: exp.Expr, path: str, scope: Scope, context: Context) -> exp.Join:
    """Return a join; an item without "join" is a cross product with all before it."""
    if not isinstance(item, dict) or "join" not in item:
        return exp.Join(this=source, kind="CROSS")
    kind = item.get("join_type", "inner")
    if kind not in _JOIN_TYPES:
        raise DecodeError(f"{path}.join_type", f"is one of {', '.join(_JOIN_TYPES)}")
    if (kind == "cross") == ("on" in item):
        raise DecodeError(path, 'every join but cross needs "on"')
    if kind == "cross":
        return exp.Join(this=source, kind="CROSS")
    condition = decode_expression(item["on"], f"{path}.on", scope, context)
    side = {"inner": {"kind": "INNER"}}.get(kind, {"side": kind.upper()})
    return exp.Join(this=source, on=condition, **side)


def _group_by(value: Json, path: str, scope: Scope, context: Context) -> list[exp.Expr]:
    items = value if isinstance(value, list) else [value]
    trees = [decode_expression(one, f"{path}[{n}]", scope, context) for n, one in enumerate(items)]
    for at, tree in enumerate(trees):
        if not isinstance(tree, exp.Column) and not context.features.group_by_expression:
            raise DecodeError(f"{path}[{at}]", "this portal groups by columns only")
        if isinstance(tree, (exp.Literal, exp.Null, exp.Boolean)):
            raise DecodeError(f"{path}[{at}]", "non-integer constant in GROUP BY")
    return trees


def _order_by(value: Json, path: str, scope: Scope, context: Context) -> list[exp.Expr]:
    items = value if isinstance(value, list) else [value]
    if context.features.order_direction == "list" and _direction(items, scope):
        items = [items]
    return [_ordered(one, f"{path}[{n}]", scope, context) for n, one in enumerate(items)]


def _direction(item: Json, scope: Scope) -> str | None:
    """Return asc or desc when `item` is `[expression, "DESC"]` and the word is no column."""
    if isinstance(item, list) and len(item) == 2 and isinstance(item[1], str):
        word = item[1].lower()
        if word in ("asc", "desc") and not any(item[1] in one.columns for one in scope.relations):
            return word
    return None


def _ordered(item: Json, path: str, scope: Scope, context: Context) -> exp.Expr:
    form, direction = context.features.order_direction, "asc"
    if form == "list" and (word := _direction(item, scope)):
        item, direction = item[0], word
    elif form == "object" and isinstance(item, dict) and len(item) == 1 and set(item) <= {"asc", "desc"}:
        [(direction, item)] = item.items()
    tree: exp.Expr
    if isinstance(item, str) and item in scope.labels:
        tree = exp.Column(this=identifier(item))  # an output name comes before a column, as in PostgreSQL
    else:
        tree = decode_expression(item, path, scope, context)
    if isinstance(tree, (exp.Literal, exp.Neg, exp.Null, exp.Boolean)):
        raise DecodeError(path, "non-integer constant in ORDER BY")
    # PostgreSQL: NULL counts as larger than everything.
    return exp.Ordered(this=tree, desc=direction == "desc", nulls_first=direction == "desc")


def _target(params: dict[str, Json], clause: str, context: Context) -> tuple[exp.Table, Scope]:
    if clause not in params:
        raise DecodeError(clause, "names a table")
    table = _name(params[clause], clause)
    relation = Relation(table, _columns_of(table, clause, context))
    return exp.Table(this=identifier(table)), Scope((relation,))


def _target_column(name: Json, path: str, scope: Scope) -> exp.Identifier:
    [table] = scope.relations
    if _name(name, path) not in table.columns:
        reason = f'column "{name}" of relation "{table.alias}" does not exist'
        raise UnknownName(path, reason, str(name), table.columns)
    return identifier(name)


def _returning(tree: exp.Expr, params: dict[str, Json], scope: Scope, context: Context) -> None:
    if "returning" not in params:
        return
    value = params["returning"]
    items = value if isinstance(value, list) else [value]
    trees = [decode_expression(one, f"returning[{n}]", scope, context) for n, one in enumerate(items)]
    for at, one in enumerate(trees):
        if not isinstance(one, exp.Column):
            known = [name for relation in scope.relations for name in relation.columns]
            raise UnknownName(f"returning[{at}]", f'column "{items[at]}" does not exist', str(items[at]), known)
    tree.set("returning", exp.Returning(expressions=trees))


def _insert(params: dict[str, Json], context: Context) -> exp.Expr:
    table, scope = _target(params, "into", context)
    if ("values" in params) == ("select" in params):
        raise DecodeError("insert", 'needs "values" or "select", not both')
    values = params.get("values")
    columns = params.get("columns")
    if isinstance(values, dict):  # {"col": value} [V]
        if columns is not None and sorted(map(str, columns)) != sorted(values):
            raise DecodeError("columns", 'are not those of "values"')
        columns, values = list(values), [list(values.values())]
    if not isinstance(columns, list) or not columns:
        raise DecodeError("columns", "is a list of at least one column")
    source: exp.Select | exp.Values
    if "select" in params:
        source = _subselect(params["select"], "select", Scope(), context)
        width = len(source.expressions)
    else:
        is_flat = isinstance(values, list) and values and not isinstance(values[0], list)  # one flat row [B]
        source = decode_values([values] if is_flat else values, "values")
        width = len(source.expressions[0].expressions)
    if width != len(columns):
        more = "expressions than target columns" if width > len(columns) else "target columns than expressions"
        raise DecodeError("columns", f"INSERT has more {more}")
    names = [_target_column(name, f"columns[{n}]", scope) for n, name in enumerate(columns)]
    tree = exp.Insert(this=exp.Schema(this=table, expressions=names), expression=source)
    _returning(tree, params, scope, context)
    return tree


def _update(params: dict[str, Json], context: Context) -> exp.Expr:
    table, scope = _target(params, "table", context)
    changes = params.get("set")
    if not isinstance(changes, dict) or not changes:
        raise DecodeError("set", "is an object of at least one column and its value")
    tree = exp.Update(this=table, expressions=[])
    for name, value in changes.items():
        left = exp.Column(this=_target_column(name, f"set.{name}", scope))
        right = operand(decode_expression(value, f"set.{name}", scope, context))
        tree.append("expressions", exp.EQ(this=left, expression=right))
    _where(tree, params, "", scope, context)
    _returning(tree, params, scope, context)
    return tree


def _delete(params: dict[str, Json], context: Context) -> exp.Expr:
    table, scope = _target(params, "from", context)
    tree = exp.Delete(this=table)
    _where(tree, params, "", scope, context)
    _returning(tree, params, scope, context)
    return tree


_STATEMENTS: dict[str, Any] = {
    "select": _select_or_values,
    "insert": _insert,
    "update": _update,
    "delete": _delete,
}
