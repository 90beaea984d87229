"""A statement of SQL as a JSONSQL document.

    encode("SELECT id FROM subscriber WHERE username LIKE 'a%'", names).params

The text means what PostgreSQL makes of it. What JSONSQL cannot say is refused, with its place; what PostgreSQL does
otherwise than SQLite is remarked (differences.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from sqlglot import exp

from iptvvtab.errors import DecodeError, StatementRefused
from iptvvtab.jsonsql.answering import Answering, Rest
from iptvvtab.jsonsql.calls import CALLS
from iptvvtab.jsonsql.decoding import decode
from iptvvtab.jsonsql.differences import differences
from iptvvtab.jsonsql.expressions import OPERATORS as WORDS
from iptvvtab.jsonsql.features import Features
from iptvvtab.jsonsql.judging import Bindings, judge
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
    """A document and the names of the columns that it answers. `remarks`: what people should know of it.

    `answering`: how its answer becomes that of SQLite, where the statement was found to be exact.
    """

    method: str
    params: dict[str, Json]
    columns: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    answering: Answering | None = None


Mode: TypeAlias = Literal["portal", "exact"]
"""Whether a text means what PostgreSQL makes of it, or what SQLite does and the portal no less."""


def encode(
    sql: str,
    names: Names,
    features: Features | None = None,
    parameters: Parameters = None,
    *,
    mode: Mode = "portal",
) -> Encoded:
    """Return one statement as a document, with values for its parameters, if any.

    Raises StatementRefused, NoForm for what JSONSQL cannot say, UsageError for parameters that do not fit; NotExact
    where SQLite and the portal might differ, if `mode` is "exact": then SQLite's rules of parameters hold, too.
    """
    if mode == "exact":
        return exact(sql, names, features or Features(), parameters)
    try:
        return encoded(parse_with(sql, parameters), names, features or Features(order_direction="list"))
    except RecursionError:
        raise StatementRefused("the statement is nested too deeply") from None


def exact(
    sql: str,
    names: Names,
    features: Features,
    bindings: Bindings = None,
    *,
    needs_schema: bool = False,
    rest: Rest = Rest.NOTHING,
) -> Encoded:
    """Return a SELECT that SQLite accepts as a document that answers exactly what SQLite would (`answering`).

    `features`: what this portal was seen to do, and nothing more. `needs_schema`: tables are written with their schema,
    as others may have the same names. `rest`: what SQLite does with the answer (`answering.shown`); without it the
    answer is all. The portal may still refuse the document, for numbers that overflow or a type that the schema does
    not tell: then the statement is to be asked otherwise. Raises NotExact, NoForm, StatementRefused.
    """
    try:
        statement, answering = judge(sql, names, features, bindings, needs_schema=needs_schema, rest=rest)
        found = encoded(statement, names, features)
    except RecursionError:
        raise StatementRefused("the statement is nested too deeply") from None
    columns = tuple(one.name for one in answering.shown)
    return replace(found, columns=columns, remarks=answering.remarks, answering=answering)


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
