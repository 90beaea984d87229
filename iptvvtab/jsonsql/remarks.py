"""What SQLite shows no virtual table of a statement, so that it is done here, on rows that travel. Pure.

Found by experiment (vtab-facts 1, 6): only comparisons of a column with a value are offered, no expression, no NOT, no
bare flag; neither `min()` nor GROUP BY's aggregates; DISTINCT, ORDER BY and LIMIT only as docs/sql.md says.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

_COMPARED = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Is, exp.Like, exp.Glob, exp.In, exp.Between)
_PINNING = (exp.EQ, exp.Is, exp.In)


def remarks(sql: str) -> tuple[str, ...]:
    """Return a sentence for each part of a statement that no virtual table is shown; none for what cannot be parsed."""
    try:
        tree = sqlglot.parse_one(sql, dialect="sqlite")
    except SqlglotError:
        return ()
    found: dict[str, None] = {}
    for select in tree.find_all(exp.Select):
        found.update(dict.fromkeys(_of_aggregates(select)))
        for clause in _conditions(select):
            found.update(dict.fromkeys(_of_condition(clause)))
    return tuple(found)


def _conditions(select: exp.Select) -> Iterator[exp.Expr]:
    where = select.args.get("where")
    clauses = [where.this] if where else []
    clauses += [join.args["on"] for join in select.args.get("joins") or () if join.args.get("on")]
    for clause in clauses:
        yield from clause.flatten() if isinstance(clause, exp.And) else [clause]


def _own(select: exp.Select, kind: type[exp.Expr]) -> Iterator[exp.Expr]:
    """Yield what a select shows itself, not in a subquery."""
    for shown in select.expressions:
        yield from (one for one in shown.find_all(kind) if one.find_ancestor(exp.Select) is select)


def _of_aggregates(select: exp.Select) -> Iterator[str]:
    aggregates = [one for one in _own(select, exp.AggFunc) if not one.find_ancestor(exp.Window)]
    if select.args.get("group"):
        yield "GROUP BY is done here: SQLite shows a virtual table no groups"
        return
    for one in aggregates:
        if isinstance(one, exp.Min):
            yield f"{_said(one)} reads all rows: SQLite shows a virtual table what max() looks for, not min()"
        elif isinstance(one, exp.Count):
            yield from _of_count(select, one)
        elif not isinstance(one, exp.Max):
            yield f"{_said(one)} is done here, on the rows that travel"


def _of_count(select: exp.Select, count: exp.Count) -> Iterator[str]:
    where = select.args.get("where")
    conditions = list(_conditions(select)) if where else []
    if not isinstance(count.this, exp.Star):
        yield f"{_said(count)} counts here; only count(*) may be a count on the portal"
    elif not all(isinstance(one, (exp.EQ, exp.Is)) for one in conditions):
        yield "count(*) counts rows here: it is a count on the portal only under =, IS NULL, or no condition"


def _of_condition(clause: exp.Expr) -> Iterator[str]:
    clause = clause.unnest()
    said = _said(clause)
    if isinstance(clause, exp.Column):
        yield f"{said} alone is no comparison that SQLite shows: {said} = 1 would travel"
    elif isinstance(clause, exp.Not) and isinstance(clause.this.unnest(), exp.Column):
        yield f"{said} is no comparison that SQLite shows: {_said(clause.this)} = 0 would travel"
    elif clause.args.get("negate") or (isinstance(clause, exp.Not) and not isinstance(clause.this, exp.Is)):
        yield f"{said} is checked here: SQLite shows no NOT"
    elif isinstance(clause, _COMPARED) and not _has_bare_column(clause):
        yield f"{said} is checked here: SQLite shows comparisons of a column, not of an expression"
    elif isinstance(clause, exp.Or):
        for part in clause.flatten():
            for one in part.flatten() if isinstance(part.unnest(), exp.And) else [part]:
                yield from _of_condition(one)


def _has_bare_column(clause: exp.Expr) -> bool:
    sides = [clause.this, clause.args.get("expression")]
    return any(isinstance(side.unnest(), (exp.Column, exp.Tuple)) for side in sides if side is not None)


def _said(part: exp.Expr) -> str:
    """Return a part of a statement without its values, which may be secrets."""
    return part.transform(lambda node: exp.Placeholder() if isinstance(node, exp.Literal) else node).sql("sqlite")
