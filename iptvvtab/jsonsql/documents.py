"""A document that somebody wrote: what it says as SQL, what is wrong with it, and its canonical form."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from iptvvtab.errors import DecodeError, UnknownName, nearest
from iptvvtab.jsonsql.build import could_be_a_name
from iptvvtab.jsonsql.decoding import decode
from iptvvtab.jsonsql.encoding import Encoded, encode
from iptvvtab.jsonsql.features import Features
from iptvvtab.jsonsql.names import Names
from iptvvtab.jsonsql.narrowing import Meets, meets
from iptvvtab.jsonsql.scope import Scope
from iptvvtab.types import Json

METHODS = ("select", "insert", "update", "delete")


@dataclass(frozen=True, slots=True)
class Document:
    """A method of JSONSQL and its parameters."""

    method: str
    params: dict[str, Json]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a document. `path`: where in it; an error is refused by a portal, anything else may be meant."""

    path: str
    text: str
    is_error: bool


def read_document(json: Json) -> Document:
    """Return what JSON says: `{"method": ..., "params": ...}`, `{"select": {...}}`, or parameters that tell which.

    A delete always has to be named: its parameters are those of a select that lost its columns. Raises DecodeError.
    """
    if not isinstance(json, dict):
        raise DecodeError("document", "is an object")
    if "method" in json:
        if extra := set(json) - {"method", "params", "jsonrpc", "id"}:
            raise DecodeError("document", f"unknown key {min(extra)!r} beside 'method'")
        return _checked(json["method"], json.get("params"))
    if len(json) == 1 and (named := next(iter(json))) in METHODS:
        return _checked(named, json[named])
    for clause, method in (("into", "insert"), ("set", "update"), ("data", "select")):
        if clause in json:
            return Document(method, json)
    if set(json) == {"values"}:
        return Document("select", json)
    raise DecodeError("document", 'does not tell its method: write {"method": "select", "params": {...}}')


def _checked(method: Json, params: Json) -> Document:
    if method not in METHODS:
        raise DecodeError("method", f"is one of {', '.join(METHODS)}")
    if not isinstance(params, dict):
        raise DecodeError("params", f"a {method} is an object of clauses")
    return Document(method, params)


def findings(document: Document, names: Names, features: Features) -> tuple[Finding, ...]:
    """Return what is wrong with a document, or may be: an error, and texts that may be meant as columns."""
    found: list[Finding] = []

    def hear(path: str, text: str, scope: Scope) -> None:
        known = [column for relation in scope.every() for column in relation.columns]
        close = nearest(text, known) if could_be_a_name(text) else None
        if close:
            found.append(Finding(path, f"{text!r} is no column and is read as a text; did you mean {close!r}?", False))

    try:
        decode(document.method, document.params, names.remote_columns, features, hear)
    except DecodeError as error:
        hint = error.hint if isinstance(error, UnknownName) else ""
        found.append(Finding(error.path, f"{error.reason}{hint}", True))
    return tuple(found)


def to_sql(document: Document, names: Names, features: Features) -> str:
    """Return a document as SQL for PostgreSQL. Raises DecodeError."""
    return decode(document.method, document.params, names.remote_columns, features).sql("postgres")


def canonical(document: Document, names: Names, features: Features) -> Encoded:
    """Return a document that asks the same, as `encode` writes it. Raises DecodeError, NoForm."""
    return encode(to_sql(document, names, features), names.as_remote, features)


def answered(document: Document, names: Names, features: Features) -> tuple[str, ...]:
    """Return names for the columns that a document answers, as PostgreSQL would call them. Raises DecodeError."""
    tree = decode(document.method, document.params, names.remote_columns, features)
    if isinstance(tree, exp.Values):
        return tuple(f"column{at}" for at, _ in enumerate(tree.expressions[0].expressions, start=1))
    if isinstance(tree, exp.Select):
        return tuple(one.alias_or_name or one.key for one in tree.expressions)
    returning = tree.args.get("returning")
    return tuple(one.name for one in returning.expressions) if returning else ()


def every_row_of(document: Document, names: Names, features: Features) -> str | None:
    """Return the table of which an update or delete meets every row. Raises DecodeError.

    A condition that leaves no row out by what it says (`WHERE true`, `WHERE id = id`) is none: `narrowing.meets`.
    """
    tree = decode(document.method, document.params, names.remote_columns, features)
    if not isinstance(tree, (exp.Update, exp.Delete)):
        return None
    where = tree.args.get("where")
    is_every = where is None or meets(where.this) is Meets.EVERY
    return str(tree.this.name) if is_every else None
