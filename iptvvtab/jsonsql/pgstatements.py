"""The types of whole statements by PostgreSQL's rules: sources, conditions, grouping, what may be stored where.

Works on the trees of `decode`, where every column is qualified.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from sqlglot import exp

from iptvvtab.errors import SqlRefused
from iptvvtab.jsonsql.pgtypes import PgType
from iptvvtab.jsonsql.pgtyping import Names, TypedColumns, coerce, expect_boolean, infer, unify

TypedCatalog: TypeAlias = Mapping[str, TypedColumns]
"""Columns with their types by table, in the table's order."""


def analyse(tree: exp.Expr, catalog: TypedCatalog, keys: Mapping[str, tuple[str, ...]]) -> list[PgType]:
    """Type a statement and return the types of the columns it answers.

    `keys`: the primary keys, on which other columns depend in GROUP BY. Raises SqlRefused as PostgreSQL would.
    """
    return _Statement(catalog, keys).outputs(tree)


class _Statement:
    """Types one statement, clause by clause in PostgreSQL's order, so that the first refusal is the same one."""

    def __init__(self, catalog: TypedCatalog, keys: Mapping[str, tuple[str, ...]]) -> None:
        self._catalog, self._keys = catalog, keys

    def outputs(self, tree: exp.Expr) -> list[PgType]:
        if isinstance(tree, exp.Insert):
            return self._insert(tree)
        if isinstance(tree, (exp.Update, exp.Delete)):
            return self._change(tree)
        return self._query(tree, Names({}, self._query))

    def _query(self, tree: exp.Expr, outer: Names) -> list[PgType]:
        if isinstance(tree, exp.Values):
            return [kind or PgType.TEXT for kind in self._values(tree)]
        return self._select(tree, outer)

    def _values(self, tree: exp.Values) -> list[PgType]:
        names = Names({}, self._query)
        columns = zip(*(row.expressions for row in tree.expressions), strict=True)
        return [self._values_column(list(column), names) for column in columns]

    def _values_column(self, column: list[exp.Expr], names: Names) -> PgType:
        common = unify(
            (infer(value, names) for value in column),
            lambda left, right: SqlRefused(f"VALUES types {left} and {right} cannot be matched"),
        )
        kind = PgType.TEXT if common is PgType.UNKNOWN else common
        for value in column:
            coerce(value, kind)
            if isinstance(value, exp.Literal) and value.is_string:
                value.meta["target"] = kind
        return kind

    def _select(self, tree: exp.Expr, outer: Names) -> list[PgType]:
        relations: dict[str, TypedColumns] = dict(outer.relations)
        here = set()
        names = Names(relations, self._query)
        for source, join in _sources(tree):
            relations[source.alias_or_name] = self._source(source, outer)
            here.add(source.alias_or_name)
            if join is not None and (condition := join.args.get("on")) is not None:
                _refuse_aggregates(condition, "JOIN conditions")
                expect_boolean(condition, names, "JOIN/ON")
        kinds = [infer(item, names) for item in tree.expressions]
        if where := tree.args.get("where"):
            _refuse_aggregates(where, "WHERE")
            expect_boolean(where.this, names, "WHERE")
        ordered = [self._order_item(item, tree, names) for item in _order(tree)]
        grouped = tree.args["group"].expressions if tree.args.get("group") else []
        for item in grouped:
            _refuse_aggregates(item, "GROUP BY")
            infer(item, names)
        self._check_grouping([*tree.expressions, *ordered], grouped, tree, here)
        self._check_distinct(tree, ordered)
        return [PgType.TEXT if kind is PgType.UNKNOWN else kind for kind in kinds]

    def _source(self, source: exp.Expr, outer: Names) -> TypedColumns:
        if isinstance(source, exp.Table):
            return self._catalog[source.name]
        kinds = self._query(source.this, outer)
        return dict(zip((item.alias_or_name for item in source.this.expressions), kinds, strict=True))

    def _order_item(self, item: exp.Ordered, tree: exp.Expr, names: Names) -> exp.Expr:
        """Type an item of ORDER BY; an output's name stands for its expression."""
        expression: exp.Expr = item.this
        if isinstance(expression, exp.Column) and not expression.table:
            expression = labelled(tree, expression.name)
        infer(expression, names)
        return expression

    def _check_grouping(self, items: list[exp.Expr], grouped: list[exp.Expr], tree: exp.Expr, here: set[str]) -> None:
        if not grouped and not any(map(_has_aggregates, items)):
            return
        names = {(one.table, one.name) for one in grouped if isinstance(one, exp.Column)}
        dependent = {
            source.alias_or_name
            for source, _ in _sources(tree)
            if isinstance(source, exp.Table) and (key := self._keys.get(source.name))
            if all((source.alias_or_name, column) in names for column in key)
        }
        for column in (one for item in items for one in ungrouped(item, grouped)):
            if column.table in here and column.table not in dependent:
                raise SqlRefused(
                    f'column "{column.table}.{column.name}" must appear in the GROUP BY clause '
                    "or be used in an aggregate function"
                )

    def _check_distinct(self, tree: exp.Expr, ordered: list[exp.Expr]) -> None:
        outputs = [item.unalias() for item in tree.expressions]
        if tree.args.get("distinct") and any(item not in outputs for item in ordered):
            raise SqlRefused("for SELECT DISTINCT, ORDER BY expressions must appear in select list")

    def _insert(self, tree: exp.Insert) -> list[PgType]:
        table = tree.this.this.name
        targets = [(one.name, self._catalog[table][one.name]) for one in tree.this.expressions]
        names = Names({}, self._query)
        if isinstance(tree.expression, exp.Values):
            for row in tree.expression.expressions:
                for (name, target), value in zip(targets, row.expressions, strict=True):
                    _assign(name, target, infer(value, names), value)
        else:
            kinds = self._query(tree.expression, names)
            for (name, target), kind, value in zip(targets, kinds, tree.expression.expressions, strict=True):
                literal = value.unalias().unnest()
                untyped = isinstance(literal, exp.Null) or (isinstance(literal, exp.Literal) and literal.is_string)
                _assign(name, target, PgType.UNKNOWN if untyped else kind, literal)
        return self._returning(tree, table)

    def _change(self, tree: exp.Update | exp.Delete) -> list[PgType]:
        table = tree.this.name
        names = Names({table: self._catalog[table]}, self._query)
        kinds = [infer(change.expression, names) for change in tree.expressions]
        if where := tree.args.get("where"):
            _refuse_aggregates(where, "WHERE")
            expect_boolean(where.this, names, "WHERE")
        for change, kind in zip(tree.expressions, kinds, strict=True):
            _assign(change.this.name, self._catalog[table][change.this.name], kind, change.expression)
        return self._returning(tree, table)

    def _returning(self, tree: exp.Expr, table: str) -> list[PgType]:
        returning = tree.args.get("returning")
        return [self._catalog[table][one.name] for one in returning.expressions] if returning else []


def _sources(tree: exp.Expr) -> Iterator[tuple[exp.Expr, exp.Join | None]]:
    yield tree.args["from_"].this, None
    for join in tree.args.get("joins") or ():
        yield join.this, join


def labelled(select: exp.Expr, label: str) -> exp.Expr:
    """Return the expression of a select's output column of that name."""
    found: exp.Expr = next(one.this for one in select.expressions if one.alias == label)
    return found


def _order(tree: exp.Expr) -> list[exp.Ordered]:
    order = tree.args.get("order")
    return order.expressions if order else []


def _refuse_aggregates(tree: exp.Expr, place: str) -> None:
    inner = (node for node in tree.walk(prune=lambda node: isinstance(node, exp.Select)))
    if any(isinstance(node, exp.AggFunc) for node in inner):
        raise SqlRefused(f"aggregate functions are not allowed in {place}")


def _has_aggregates(tree: exp.Expr) -> bool:
    """Return whether an expression has an aggregate of its own, not of a select within it."""
    return any(isinstance(one, exp.AggFunc) for one in tree.walk(prune=lambda one: isinstance(one, exp.Query)))


def ungrouped(tree: exp.Expr, grouped: list[exp.Expr]) -> Iterator[exp.Column]:
    """Yield the columns of a tree that stand outside of aggregates and of what is grouped by."""
    if isinstance(tree, exp.AggFunc) or tree in grouped:
        return
    if isinstance(tree, exp.Column):
        yield tree
        return
    for child in tree.iter_expressions():
        yield from ungrouped(child, grouped)


def _assign(column: str, target: PgType, kind: PgType, value: exp.Expr) -> None:
    """Check that a value of a type may be stored in a column: PostgreSQL's assignment casts."""
    value.meta["target"] = target
    if kind is PgType.UNKNOWN:
        coerce(value, target)
        return
    dates = {PgType.DATE, PgType.TIMESTAMP, PgType.TIMESTAMPTZ}
    fits = target in (kind, PgType.TEXT) or (target.is_number and kind.is_number) or {target, kind} <= dates
    if not fits:
        raise SqlRefused(f'column "{column}" is of type {target} but expression is of type {kind}')
    if target is PgType.INTEGER and kind is PgType.BIGINT and isinstance(value, exp.Literal):
        raise SqlRefused("integer out of range")


def target_of(tree: exp.Expr) -> PgType | None:
    """Return the type of the column that a node is stored in, or None."""
    found: PgType | None = tree.meta.get("target")
    return found
