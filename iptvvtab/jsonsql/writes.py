"""INSERT, UPDATE and DELETE of SQL as documents."""

from __future__ import annotations

from sqlglot import exp

from iptvvtab.errors import did_you_mean
from iptvvtab.jsonsql.names import ColumnName, TableName
from iptvvtab.jsonsql.queries import query, with_ctes
from iptvvtab.jsonsql.sources import Context, Scope, Source, resolve, word
from iptvvtab.jsonsql.terms import clause, term
from iptvvtab.jsonsql.texts import constant
from iptvvtab.types import Json

Written = tuple[dict[str, Json], tuple[str, ...]]
"""A document and the names of the columns that it answers."""


def insert(node: exp.Expr, context: Context) -> Written:
    """Return an INSERT of rows or of a select."""
    with_, target, source, returning, is_default = context.take(
        node, "with_", "this", "expression", "returning", "default"
    )
    if is_default:
        raise context.refused(
            node, "DEFAULT VALUES", "a document names columns", "name one and its value", near="DEFAULT"
        )
    context = with_ctes(with_, context)
    named: list[exp.Expr] | None = None
    if isinstance(target, exp.Schema):
        target, named = context.take(target, "this", "expressions")
    table, scope = _target(target, context)
    columns = _columns(target, named, table, context)
    json: dict[str, Json] = {"into": table.remote}
    if isinstance(source, exp.Values):
        rows = [context.take(row, "expressions")[0] for row in context.take(source, "expressions")[0]]
        width = max(map(len, rows))
        json["values"] = [[_value(one, context) for one in row] for row in rows]
    else:
        selected = query(source, None, context)
        width = len(selected.outputs)
        key = "values" if "values" in selected.json else "select"
        json[key] = selected.json["values"] if key == "values" else selected.json
    if named is None:
        columns = columns[:width]
    if width != len(columns):
        raise context.unknown(node, f"INSERT names {len(columns)} columns and gives {width} values")
    json = {"into": json.pop("into"), "columns": [one.remote for one in columns], **json}
    return _returning(json, returning, scope, context)


def _value(node: exp.Expr, context: Context) -> Json:
    if isinstance(node, exp.Var):
        raise context.refused(node, "DEFAULT", "has no form among values", "leave the column out", near="DEFAULT")
    return constant(node, context)


def update(node: exp.Expr, context: Context) -> Written:
    """Return an UPDATE of one table."""
    with_, target, changes, where, returning = context.take(node, "with_", "this", "expressions", "where", "returning")
    context = with_ctes(with_, context)
    table, scope = _target(target, context)
    found: dict[str, Json] = {}
    for change in changes:
        left, right = context.take(change, "this", "expression")
        if not isinstance(left, exp.Column) or _is_default(right, context):
            what = "DEFAULT" if isinstance(left, exp.Column) else "a row of columns"
            raise context.refused(change, f"SET with {what}", "has no form in JSONSQL", "set each column to a value")
        _, column, _ = resolve(left, scope, context)
        if column.remote in found:
            raise context.unknown(left, f"column {column.name!r} is set twice")
        found[str(column.remote)] = term(right, scope, context).json
    return _returning(_where({"table": table.remote, "set": found}, where, scope, context), returning, scope, context)


def _is_default(node: exp.Expr, context: Context) -> bool:
    """The parser takes DEFAULT for a column."""
    return isinstance(node, exp.Column) and word(node.args["this"], context) == ("default", False)


def delete(node: exp.Expr, context: Context) -> Written:
    """Return a DELETE from one table."""
    with_, target, where, returning = context.take(node, "with_", "this", "where", "returning")
    context = with_ctes(with_, context)
    table, scope = _target(target, context)
    return _returning(_where({"from": table.remote}, where, scope, context), returning, scope, context)


def _target(node: exp.Expr, context: Context) -> tuple[TableName, Scope]:
    """Return the table that is written to; a document qualifies its columns by the table's own name [V]."""
    this, schema, alias = context.take(node, "this", "db", "alias")
    name, _ = word(this, context)
    if schema is not None and word(schema, context)[0] != context.names.schema:
        raise context.unknown(node, f"there is no schema {word(schema, context)[0]!r}")
    table = context.names.get(name)
    if table is None:
        raise context.unknown(node, f"no table {name!r}", did_you_mean(name, context.names))
    called = word(context.take(alias, "this")[0], context)[0] if alias is not None else name
    if context.alias(table.remote) != table.remote:
        raise context.refused(
            node, f"writing to {table.remote!r}", "the name is a word of JSONSQL", "write to it otherwise"
        )
    return table, Scope([Source(called, table.remote, table.columns, table.is_whole)])


def _columns(node: exp.Expr, named: list[exp.Expr] | None, table: TableName, context: Context) -> list[ColumnName]:
    if named is None:
        found = list(table.columns)
    else:
        source = Source(table.name, table.remote, table.columns)
        found = [one for name in named for one in _named(name, source, context)]
    unnamed = [one.name for one in found if one.remote is None]
    if unnamed:
        raise context.refused(
            node, f"INSERT into {', '.join(unnamed)}", "only the position is known", "name the other columns"
        )
    return found


def _named(name: exp.Expr, source: Source, context: Context) -> list[ColumnName]:
    text, is_quoted = word(name, context)
    found = source.named(text, is_quoted=is_quoted)
    if not found:
        known = [one.name for one in source.columns]
        raise context.unknown(name, f"no column {text!r} in {source.name!r}", did_you_mean(text, known))
    return found


def _where(json: dict[str, Json], where: exp.Expr | None, scope: Scope, context: Context) -> dict[str, Json]:
    if where is None:
        return json
    return {**json, "where": clause(context.take(where, "this")[0], scope, context)}


def _returning(json: dict[str, Json], returning: exp.Expr | None, scope: Scope, context: Context) -> Written:
    """Return RETURNING as bare names [V B]: one alone is no list."""
    if returning is None:
        return json, ()
    [source] = scope.sources
    columns: list[tuple[str, str]] = []
    for item in context.take(returning, "expressions")[0]:
        label = None
        if isinstance(item, exp.Alias):
            item, alias = context.take(item, "this", "alias")
            label = word(alias, context)[0]
        if isinstance(item, exp.Star):
            context.take(item)
            columns += [(one.name, str(one.remote)) for one in source.columns if one.remote is not None]
        elif isinstance(item, exp.Column) and not isinstance(item.args["this"], exp.Star):
            _, column, _ = resolve(item, scope, context)
            columns.append((label or column.name, str(column.remote)))
        else:
            raise context.refused(item, "RETURNING an expression", "a document returns columns", "name the columns")
    remote = [one for _, one in columns]
    return {**json, "returning": remote[0] if len(remote) == 1 else remote}, tuple(name for name, _ in columns)
