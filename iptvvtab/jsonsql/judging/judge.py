"""Whether a whole SELECT of SQLite can be one document of the portal, and how its answer is then read.

What is not proven to be the same on both sides is refused. Nothing that depends on the portal's order travels, but for
ORDER BY beside LIMIT over whole tables; all other sorting is done here, on the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise, zip_longest
from typing import Any

from sqlglot import TokenType, exp

from iptvvtab.errors import NotExact
from iptvvtab.jsonsql.answering import Affinity, Answered, Answering, Rest, Shown, Sorting, taken
from iptvvtab.jsonsql.features import Features
from iptvvtab.jsonsql.judging.bindings import Bindings, bound
from iptvvtab.jsonsql.judging.conditions import CONDITIONS
from iptvvtab.jsonsql.judging.parts import Column, Finish, Key, Output, Parts, flat
from iptvvtab.jsonsql.judging.scopes import Context, Known
from iptvvtab.jsonsql.judging.selects import query, select
from iptvvtab.jsonsql.judging.told import tells_apart
from iptvvtab.jsonsql.judging.values import VALUES
from iptvvtab.jsonsql.judging.written import Written, written
from iptvvtab.jsonsql.names import Names
from iptvvtab.jsonsql.statement import Statement, parse
from iptvvtab.types import ColumnType

_ENDS = (TokenType.VAR, TokenType.IDENTIFIER, TokenType.NUMBER, TokenType.STRING, TokenType.R_PAREN)
"""What may stand before a plus that adds."""

_SORTED_ALIKE = (ColumnType.INTEGER, ColumnType.BOOLEAN, ColumnType.DATE, ColumnType.DATETIME)


def judge(
    sql: str, names: Names, features: Features, bindings: Bindings, *, needs_schema: bool, rest: Rest
) -> tuple[Statement, Answering]:
    """Return a statement as PostgreSQL says it, and how its answer is read. Raises NotExact, StatementRefused.

    `rest`: what SQLite does with the answer.
    """
    read: list[Any] = []

    def change(tokens: Sequence[Any]) -> list[Any]:
        read.extend(_bound(tokens, bindings))
        return read

    statement = parse(sql, "sqlite", change)
    text = written(statement.text, statement.tokens, read)
    context = Context(statement, names, features, needs_schema, {**VALUES, **CONDITIONS}, query, rest=rest)
    parts = select(statement.tree, None, context, written=text if rest else None)
    data = _Data(is_part=rest >= Rest.STATEMENT)
    shown = [Shown(name, data.shown(one)) for name, one in zip(_names(parts, text), parts.columns, strict=True)]
    if not data.trees:
        data.shown(_any_column(parts))
    answering = _answering(parts, data, shown, context)
    parts.tree.set("expressions", data.trees)
    return Statement(sql, statement.tokens, parts.tree), answering


def _any_column(parts: Parts) -> Output:
    """Return something to ask for where SQLite needs nothing but as many rows."""
    if parts.groups:
        return Output(None, (parts.groups[0],))
    [place, *_] = parts.level.places
    label = next(iter(place.key), place.fields[0].label)
    return Output(None, (next(place.known(one) for one in place.fields if one.label == label),))


def _bound(tokens: Sequence[Any], bindings: Bindings) -> list[Any]:
    """Return the tokens with what is bound. Refuses a plus before a value, which the parser leaves out."""
    found = bound(tokens, bindings)
    for before, token in pairwise(found):
        if token.token_type is TokenType.PLUS and before.token_type not in _ENDS:
            raise NotExact("+", "before a value it makes SQLite forget the column's type")
    return found


def _names(parts: Parts, text: Written) -> Iterator[str]:
    """Yield SQLite's names of the columns: where none is given, the text of the expression."""
    if all(one.name is not None for one in parts.columns):
        yield from (one.name or "" for one in parts.columns)
        return
    if len(text.items) != len(parts.columns):
        raise NotExact("a column without a name", "its text is not known beside a *; write AS")
    yield from (
        item.text if one.name is None else one.name for one, item in zip(parts.columns, text.items, strict=True)
    )


class _Data:
    """What is asked for: each expression once."""

    def __init__(self, *, is_part: bool) -> None:
        self._is_part = is_part
        self.trees: list[exp.Expr] = []
        self.columns: list[Answered] = []

    def shown(self, column: Column) -> str:
        """Return a column as SQLite makes it of the answer, and ask for what that takes."""
        if isinstance(column, Output):
            return taken(self._column(column), _affinity(column) if self._is_part else Affinity.BLOB)
        pieces = (one if isinstance(one, str) else taken(self._column(one), _affinity(one)) for one in column.pieces)
        return " ".join(pieces).strip()

    def answered(self, name: str, output: Output) -> Answered:
        """Return how a value is read, and ask for what it is made of."""
        return Answered(name, output.parts[0].type, tuple(map(self._place, output.parts)), output.made)

    def _column(self, output: Output) -> int:
        self.columns.append(self.answered(output.name or "", output))
        return len(self.columns) - 1

    def _place(self, known: Known) -> int:
        if known.tree not in self.trees:
            self.trees.append(known.tree)
        return self.trees.index(known.tree)


def _affinity(output: Output) -> Affinity:
    """Return by what SQLite compares a value: a column by its declaration, and what is made of any by nothing."""
    [known, *_] = output.parts
    if not isinstance(known.tree, exp.Column) or known.origin is None:
        return Affinity.NONE
    if not known.type.declaration:
        return Affinity.BLOB
    return Affinity.TEXT if known.type.declaration == "TEXT" else Affinity.NUMERIC


def _answering(parts: Parts, data: _Data, shown: list[Shown], context: Context) -> Answering:
    if parts.is_finished and parts.is_scan and context.rest < Rest.STATEMENT:
        raise context.inexact(parts.node, "a scan of one table", "a virtual table reads no more, in pages")
    width = len(data.trees)
    if _is_cut_there(parts, context):
        is_scan = parts.is_scan
        return Answering(tuple(data.columns), width, most_rows=parts.limit, shown=tuple(shown), is_scan=is_scan)
    if parts.is_thinned and not all(parts.shows(one.column) for one in parts.order):
        raise _unseen(parts, context)
    tail, order = "", []
    if parts.is_thinned or any(isinstance(one.column, Finish) for one in parts.order):
        tail = _tail(parts, data)
    else:
        keys = ((key, one) for key in _order(parts) for one in flat([key.column]))
        order = [Sorting(data.answered("", one), key.is_down, key.nulls_first) for key, one in keys]
    if parts.is_distinct and len(data.trees) > width:
        raise _unseen(parts, context)
    return Answering(
        tuple(data.columns),
        len(data.trees),
        tuple(order),
        skipped=0 if tail else parts.offset or 0,
        kept=None if tail else parts.limit,
        most_rows=1 if parts.is_one_row else None,
        shown=tuple(shown),
        tail=tail,
        is_thinned=parts.is_thinned,
        is_scan=parts.is_scan,
    )


def _unseen(parts: Parts, context: Context) -> NotExact:
    return context.inexact(parts.node, "ORDER BY beside DISTINCT", "it sorts by what is not shown", near="ORDER")


def _tail(parts: Parts, data: _Data) -> str:
    """Return ORDER BY and LIMIT of a select over the answer."""
    keys = (
        f"{data.shown(one.column)} {'DESC' if one.is_down else 'ASC'} NULLS {'FIRST' if one.nulls_first else 'LAST'}"
        for one in _order(parts)
    )
    limit = "" if parts.limit is None else f" LIMIT {parts.limit}"
    if parts.offset is not None:
        limit = f"{limit or ' LIMIT -1'} OFFSET {parts.offset}"
    order = ", ".join(keys)
    return f" ORDER BY {order}{limit}" if order else limit


def _is_cut_there(parts: Parts, context: Context) -> bool:
    """Return whether LIMIT and the order that it needs travel. Raises NotExact where it is open which rows it keeps.

    Groups and different rows are cut here, after they are sorted, and so is the one row that is surely answered, and
    what the portal sorts otherwise.
    """
    if (parts.limit is None and parts.offset is None) or parts.is_one_row:
        return False
    keys = [one.value.tree for one in parts.order if one.value is not None]
    if parts.is_distinct and any(one.parts[0].tree not in keys for one in parts.outputs):
        raise _open(parts, context)
    if parts.is_thinned and not all(map(parts.sorts, parts.columns)):
        raise _open(parts, context)
    if parts.is_grouped or parts.is_distinct or parts.is_thinned:
        return False
    if not tells_apart(parts.level.places, parts.tree, keys):
        raise _open(parts, context)
    order = [_ordered(one, parts) for one in parts.order]
    if any(one is None for one in order):
        return False
    parts.tree.set("order", exp.Order(expressions=order))
    for name, number in (("limit", parts.limit), ("offset", parts.offset)):
        if number is not None:
            node = {"limit": exp.Limit, "offset": exp.Offset}[name]
            parts.tree.set(name, node(expression=exp.Literal.number(number)))
    return True


def _order(parts: Parts) -> Iterator[Key]:
    """Yield what rows are sorted by here, if a limit cuts them.

    Groups that agree in it stay in the order in which SQLite makes them: sorted as ORDER BY says of as many columns,
    else upward. Nothing promises that; it is what 3.53 does.
    """
    yield from parts.order
    if parts.limit is not None or parts.offset is not None:
        downward = [one.is_down for one in parts.order] if len(parts.order) == len(parts.groups) else []
        for one, is_down in zip_longest(parts.groups, downward, fillvalue=False):
            assert isinstance(one, Known)
            yield Key(parts.node, Output(None, (one,)), bool(is_down), nulls_first=not is_down)


def _open(parts: Parts, context: Context) -> NotExact:
    return context.inexact(parts.node, "LIMIT", "the order does not tell every two rows apart", near="LIMIT")


def _ordered(key: Key, parts: Parts) -> exp.Ordered | None:
    """Return an item of an order that travels: a column that both sides sort alike, and that has no NULL; else None."""
    one = key.value
    if one is None or not isinstance(one.tree, exp.Column) or one.type not in _SORTED_ALIKE:
        return None
    if one.can_be_null and one.tree not in _never_null(parts.tree):  # SQLite sorts NULL first, and the portal last
        return None
    return exp.Ordered(this=one.tree, desc=key.is_down, nulls_first=key.is_down)


def _never_null(tree: exp.Select) -> list[exp.Expr]:
    """Return what WHERE keeps no NULL of."""
    where = tree.args.get("where")
    found: list[exp.Expr] = []
    for one in where.this.flatten() if where and isinstance(where.this, exp.And) else [where.this] if where else []:
        if isinstance(one, exp.Not) and isinstance(one.this, exp.Is) and isinstance(one.this.expression, exp.Null):
            found.append(one.this.this)
        elif isinstance(one, exp.EQ | exp.NEQ | exp.LT | exp.LTE | exp.GT | exp.GTE):
            found += [one.this, one.expression]
        elif isinstance(one, exp.In):
            found.append(one.this)
    return found
