"""A select as SQLite reads it, judged clause by clause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from sqlglot import exp

from iptvvtab.errors import NotExact
from iptvvtab.jsonsql.answering import Made, Rest
from iptvvtab.jsonsql.judging.comparing import literal_of
from iptvvtab.jsonsql.judging.conditions import condition
from iptvvtab.jsonsql.judging.finishing import finished, is_leaf, unnamed, unsorted
from iptvvtab.jsonsql.judging.parts import Column, Finish, Key, Output, Parts, flat
from iptvvtab.jsonsql.judging.scopes import Context, Judged, Known, Level, folded, resolve
from iptvvtab.jsonsql.judging.sources import from_clause, with_ctes
from iptvvtab.jsonsql.judging.values import aggregate, argument, refuse_merging, value
from iptvvtab.jsonsql.judging.written import Item, Word, Written
from iptvvtab.jsonsql.outputs import number_of
from iptvvtab.jsonsql.pgstatements import ungrouped
from iptvvtab.jsonsql.statement import CLAUSES, unwrapped
from iptvvtab.types import ColumnType

_SUMS = {"sum": Made.SUM, "avg": Made.AVERAGE, "total": Made.TOTAL}


def query(node: exp.Expr, outer: Level | None, context: Context) -> Judged:
    """Return a select within another. Raises NotExact."""
    parts = select(node, outer, replace(context, rest=min(context.rest, Rest.STATEMENT)), is_within=True)
    if parts.limit is not None or parts.offset is not None:
        raise context.inexact(node, "LIMIT in a subquery", "which rows it keeps is not proven", near="LIMIT")
    columns: list[tuple[str | None, Known]] = []
    for one in parts.outputs:
        if one.made is not Made.VALUE:
            raise context.inexact(node, f"{one.made} in a subquery", "whether it overflows is not seen from outside")
        columns.append((one.name, one.parts[0]))
    parts.tree.set("expressions", [known.tree for _, known in columns])
    trees = [known.tree for _, known in columns]
    is_told = bool(parts.groups) and all(one in trees for one in parts.grouped)
    groups = tuple(at for at, one in enumerate(trees) if one in parts.grouped) if is_told else ()
    return Judged(parts.tree, columns, parts.is_one_row, not parts.is_grouped, groups)


def select(
    node: exp.Expr, outer: Level | None, context: Context, *, is_within: bool = False, written: Written | None = None
) -> Parts:
    """Judge a select, `is_within` another or not. Its tree lacks what it answers, its order and its limit.

    `written`: its text, if SQLite may work out columns that the portal lacks. Raises NotExact.
    """
    if not isinstance(node, exp.Select):
        raise context.inexact(node, node.key.upper(), "only one plain SELECT is judged")
    with_, items, from_, joins, where, group, having, order, limit, offset, distinct = context.take(node, *CLAUSES)
    context = with_ctes(with_, context)
    if from_ is None:
        raise context.inexact(node, "SELECT without FROM", "the portal has nothing to do with it")
    source, joined, level = from_clause(context.take(from_, "this")[0], joins or [], outer, context)
    tree = exp.Select(from_=source, joins=joined)
    level.labels = _labels(items)
    if where is not None:
        tree.set("where", exp.Where(this=condition(context.take(where, "this")[0], level, context)))
    labels, level.labels, level.takes_aggregates = level.labels, {}, True
    parts = Parts(node, tree, level, [])
    for item, words in zip_longest(items, _words(items, written.items if written else None)):
        parts.columns += _columns(item, words, parts, context, is_within=is_within)
    level.labels, level.sees_labels = labels, True
    if group is not None:
        parts.groups = _groups(group, parts, context)
        tree.set("group", exp.Group(expressions=parts.grouped))
    if having is not None:
        if not parts.groups:
            raise context.inexact(having, "HAVING without GROUP BY", "it is judged with groups alone", near="HAVING")
        test = condition(context.take(having, "this")[0], level, context)
        _check_groups(having, [test], parts, context)
        tree.set("having", exp.Having(this=test))
    if distinct is not None:
        _distinct(node, distinct, parts, context, may_thin=written is not None)
    parts.order = list(_order(order, parts, context, written)) if order is not None else []
    parts.limit, parts.offset = _rows(limit, context), _rows(offset, context)
    shown = [*parts.outputs, *flat(one.column for one in parts.order)]
    _check_groups(node, [known.tree for one in shown for known in one.parts], parts, context)
    return parts


def _labels(items: list[exp.Expr]) -> dict[str, exp.Expr]:
    """Return what the select calls its columns: by the first of that name."""
    found: dict[str, exp.Expr] = {}
    for one in items:
        if isinstance(one, exp.Alias):
            found.setdefault(folded(one.alias), one.this)
    return found


def _words(listed: Sequence[exp.Expr], items: Sequence[Item] | None) -> list[Sequence[Word]]:
    """Return the words of each item of a list; nothing if they are not known, or are other items."""
    return [one.words for one in items] if items is not None and len(items) == len(listed) else []


def _columns(
    item: exp.Expr, words: Sequence[Word] | None, parts: Parts, context: Context, *, is_within: bool
) -> Sequence[Column]:
    """Return what is answered. A column without AS is called as it is declared, or within a select as it is written."""
    expanded = _expanded(item, parts.level, context)
    if expanded is not None:
        return expanded
    if isinstance(item, exp.Alias):
        node, alias = context.take(item, "this", "alias")
        if alias.name.startswith("'"):
            raise context.inexact(item, "a text as a column's name", "it is not read alike")
        name = alias.name
    else:
        node, name = item, _called(item) if is_within else _declared(item, parts.level, context)
    column = _column(name, node, words and unnamed(node, words), parts.level, context)
    parts.made.append((node, column))
    return [column]


def _column(name: str | None, node: exp.Expr, words: Sequence[Word] | None, level: Level, context: Context) -> Column:
    """Return what the portal answers, or what SQLite makes of such if the words are known. Raises NotExact.

    In a part of a statement that is all but columns and aggregates: SQLite looks at how a column is made.
    """
    if context.rest >= Rest.STATEMENT and words and not is_leaf(unwrapped(node)):
        own = finished(name, node, words, lambda leaf: _output(None, leaf, level, context))
        if own is None:
            what = context.statement.called(node)
            raise context.inexact(node, what, "in a part of a statement it has to be worked out here")
        return own
    try:
        return _output(name, node, level, context)
    except NotExact:
        found = words and finished(name, node, words, lambda leaf: _output(None, leaf, level, context))
        if not found:
            raise
        return found


def _expanded(item: exp.Expr, level: Level, context: Context) -> list[Output] | None:
    """Return the columns of `*` or `t.*`, or None for anything else."""
    if isinstance(item, exp.Star):
        context.take(item)
        chosen = level.places
    elif isinstance(item, exp.Column) and isinstance(item.this, exp.Star):
        star, table = context.take(item, "this", "table")
        context.take(star)
        chosen = [one for one in level.places if folded(one.name) == folded(table.name)]
    else:
        return None
    fields = [
        (one, place)
        for place in chosen
        for one in place.fields
        if not isinstance(item, exp.Star) or one.name is None or folded(one.name) not in place.merged
    ]
    if not fields or any(one.name is None for one, _ in fields):
        raise context.inexact(item, "*", "not every column that it stands for has a name")
    return [Output(one.name, (place.known(one),)) for one, place in fields]


def _called(item: exp.Expr) -> str | None:
    item = unwrapped(item)
    return item.name if isinstance(item, exp.Column) else None


def _declared(item: exp.Expr, level: Level, context: Context) -> str | None:
    item = unwrapped(item)
    if not isinstance(item, exp.Column):
        return None
    found = resolve(item, level, context)
    if not isinstance(found, Known) or not isinstance(found.tree, exp.Column):
        return None
    alias, label = found.tree.table, found.tree.name
    at: Level | None = level
    while at is not None:
        for place in at.places:
            if place.alias == alias:
                return next(one.name for one in place.fields if one.label == label)
        at = at.outer
    return None


def _output(name: str | None, node: exp.Expr, level: Level, context: Context) -> Output:
    inner = unwrapped(node)
    word = inner.name.lower() if isinstance(inner, exp.Anonymous) else type(inner).__name__.lower()
    if word not in _SUMS or not isinstance(inner, exp.Sum | exp.Avg | exp.Anonymous):
        return Output(name, (value(node, level, context),))
    one, is_distinct = argument(inner, level, context)
    if one.type is not ColumnType.INTEGER:
        raise context.inexact(inner, f"{word}() of {one.type}", _WHY_NO_SUM.get(one.type, "it is no integer"))
    kinds = (exp.Sum, exp.Count, exp.Min, exp.Max)
    trees = (aggregate(kind, one, is_distinct=is_distinct and kind in (exp.Sum, exp.Count)) for kind in kinds)
    return Output(name, tuple(Known(tree, ColumnType.INTEGER) for tree in trees), _SUMS[word])


_WHY_NO_SUM = {
    ColumnType.FLOAT: "what is added first decides how it is rounded",
    ColumnType.BOOLEAN: "the portal adds up no flags",
}


def _groups(group: exp.Expr, parts: Parts, context: Context) -> list[Known]:
    found: list[Known] = []
    parts.level.takes_aggregates = False
    for node in context.take(group, "expressions")[0]:
        place = number_of(unwrapped(node))
        one = _grouped(node, parts, context) if place is None else _grouped_at(node, place, parts, context)
        refuse_merging(node, "GROUP BY", one, context)
        if one.tree not in [other.tree for other in found]:
            found.append(one)
    parts.level.takes_aggregates = True
    return found


def _grouped(node: exp.Expr, parts: Parts, context: Context) -> Known:
    if literal_of(node) is not None:
        raise context.inexact(node, "GROUP BY a value", "it makes one group of all")
    return value(node, parts.level, context)


def _grouped_at(node: exp.Expr, place: int, parts: Parts, context: Context) -> Known:
    column = _column_at(node, place, parts, context)
    if isinstance(column, Finish):
        raise context.inexact(node, f"GROUP BY {place}", "the portal lacks something of that column")
    return column.parts[0]


def _column_at(node: exp.Expr, place: int, parts: Parts, context: Context) -> Column:
    """Return the column of a place, counted from 1."""
    if not 1 <= place <= len(parts.columns):
        raise context.inexact(node, f"column {place}", "the select has not so many")
    return parts.columns[place - 1]


def _distinct(node: exp.Expr, distinct: exp.Expr, parts: Parts, context: Context, *, may_thin: bool) -> None:
    """Have the portal answer different rows, or SQLite, if it `may_thin`, where two may be one to the portal."""
    context.take(distinct)
    parts.is_thinned = may_thin and parts.is_finished
    if parts.is_thinned:
        return
    try:
        for one in parts.outputs:
            if one.made is not Made.VALUE:
                what = f"{one.made} beside DISTINCT"
                raise context.inexact(node, what, "it is made of several columns", near="DISTINCT")
            refuse_merging(node, "DISTINCT", one.parts[0], context)
    except NotExact:
        if not may_thin:
            raise
        parts.is_thinned = True
        return
    parts.is_distinct = True
    parts.tree.set("distinct", exp.Distinct())


def _order(order: exp.Expr, parts: Parts, context: Context, written: Written | None) -> Iterator[Key]:
    items = context.take(order, "expressions")[0]
    for item, words in zip_longest(items, _words(items, written.order if written else None)):
        node, desc, nulls_first = context.take(item, "this", "desc", "nulls_first")
        inner = unwrapped(node)
        place = number_of(inner)
        label = folded(inner.name) if isinstance(inner, exp.Column) and not inner.table else ""
        meant = parts.level.labels.get(label, node)
        column = next((column for one, column in parts.made if one is meant), None)
        if place is not None:
            column = _column_at(node, place, parts, context)
        elif literal_of(node) is not None:
            raise context.inexact(node, "ORDER BY a value", "it gives no order")
        elif column is None:
            column = _column(None, meant, words and unsorted(words), parts.level, context)
        yield Key(item, column, bool(desc), bool(nulls_first))


def _rows(node: exp.Expr | None, context: Context) -> int | None:
    if node is None:
        return None
    [count] = context.take(node, "expression")
    number = number_of(unwrapped(count))
    if number is None:
        raise context.inexact(node, "LIMIT or OFFSET", "it takes a whole number from 0 on", near=node.key.upper())
    return number


def _check_groups(node: exp.Expr, trees: list[exp.Expr], parts: Parts, context: Context) -> None:
    """Refuse columns that SQLite takes from any row of a group, unless the key of their table is grouped by."""
    if not parts.is_grouped:
        return
    grouped = {(one.table, one.name) for one in parts.grouped if isinstance(one, exp.Column)}
    keyed = [one for one in parts.level.places if one.key and not one.is_grouped]
    told = {one.alias for one in keyed if {(one.alias, key) for key in one.key} <= grouped}
    own = {one.alias for one in parts.level.places}
    for tree in trees:
        for column in ungrouped(tree, parts.grouped):
            if column.table in own - told:
                raise context.inexact(
                    node, f"the column {column.name!r} beside groups", "SQLite takes it from any row of a group"
                )
