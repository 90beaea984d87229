"""A statement of SQL as a JSONSQL document.

    encode("SELECT id FROM subscriber WHERE username LIKE 'a%'", names).params

The text means what PostgreSQL makes of it. What JSONSQL cannot say is refused, with its place; what PostgreSQL does
otherwise than SQLite is remarked (differences.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from iptvvtab.errors import DecodeError, StatementRefused
from iptvvtab.jsonsql.calls import CALLS
from iptvvtab.jsonsql.decoding import decode
from iptvvtab.jsonsql.differences import differences
from iptvvtab.jsonsql.expressions import OPERATORS as WORDS
from iptvvtab.jsonsql.features import Features
from iptvvtab.jsonsql.names import Names
from iptvvtab.jsonsql.parameters import Parameters, parse_with
from iptvvtab.jsonsql.queries import query
from iptvvtab.jsonsql.sources import Context
from iptvvtab.jsonsql.statement import Statement
from iptvvtab.jsonsql.subqueries import SUBQUERIES
from iptvvtab.jsonsql.terms import OPERATORS, Rules
from iptvvtab.jsonsql.writes import Written, delete, insert, update
from iptvvtab.types import Json

_WORDS = frozenset(
    {
        *WORDS,
        *("function", "args", "as", "select", "values", "table", "join", "join_type", "on", "asc", "desc"),
        *("data", "from", "where", "group_by", "order_by", "limit", "offset", "distinct"),
    }
)
"""No source of a document is called so: `{word: "column"}` would be read as something else."""


_RULES: Rules = {**OPERATORS, **SUBQUERIES, **CALLS}


@dataclass(frozen=True, slots=True)
class Encoded:
    """A document and the names of the columns that it answers. `remarks`: what people should know of it."""

    method: str
    params: dict[str, Json]
    columns: tuple[str, ...]
    remarks: tuple[str, ...] = ()


def encode(sql: str, names: Names, features: Features | None = None, parameters: Parameters = None) -> Encoded:
    """Return one statement as a document, with values for its parameters, if any.

    Raises StatementRefused, NoForm for what JSONSQL cannot say, UsageError for parameters that do not fit.
    """
    try:
        return encoded(parse_with(sql, parameters), names, features or Features(order_direction="list"))
    except RecursionError:
        raise StatementRefused("the statement is nested too deeply") from None


def encoded(statement: Statement, names: Names, features: Features) -> Encoded:
    """Return a parsed statement as a document. Raises as `encode`."""
    context = Context(statement, names, features, query, _RULES, set(_WORDS))
    tree = statement.tree
    if isinstance(tree, exp.Query | exp.Values):
        selected = query(tree, None, context)
        method, params, columns = "select", selected.json, tuple(one.name for one in selected.outputs)
    elif type(tree) in _WRITES:
        method, write = _WRITES[type(tree)]
        params, columns = write(tree, context)
    else:
        raise statement.refused(
            tree, tree.key.upper(), "is no statement of JSONSQL", "write SELECT, INSERT, UPDATE or DELETE"
        )
    try:
        decoded = decode(method, params, names.remote_columns, features)
    except DecodeError as error:
        raise StatementRefused(f"this portal would not take the document: {error}") from error
    unused = [f"WITH {one.name} is used nowhere: nothing is asked of it" for one in context.defined if not one.uses]
    return Encoded(method, params, columns, (*unused, *context.notes, *differences(decoded, names)))


_WRITES: dict[type[exp.Expr], tuple[str, Callable[[exp.Expr, Context], Written]]] = {
    exp.Insert: ("insert", insert),
    exp.Update: ("update", update),
    exp.Delete: ("delete", delete),
}
