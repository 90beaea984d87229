"""The portal's language: documents from parts, documents to SQL. Pure.

`remarks` reads SQL, for `explain`: what SQLite shows no virtual table of it; `conditions` reads what people wrote.
`encode` is SQL as a document. `prepare` is `render` for a database that must answer as a portal's PostgreSQL does.
What decodes is imported when it is first asked for: an engine that only builds documents has no need of sqlglot and
its 100 ms.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from iptvvtab.jsonsql.answering import Affinity, Answered, Answering, Made, Rest, Shown, Sorting, taken
from iptvvtab.jsonsql.build import (
    ALIAS,
    EVERY_COLUMN,
    Direction,
    after,
    column,
    compare,
    could_be_a_name,
    count,
    downward,
    every,
    is_not_null,
    is_null,
    member,
    select,
    some,
)
from iptvvtab.jsonsql.digest import Grouping, HashFunction, cut, groups, quotient, row_hash, total, totals
from iptvvtab.jsonsql.features import EVIDENT_FUNCTIONS, Features
from iptvvtab.jsonsql.literals import literal
from iptvvtab.jsonsql.masking import MASK, masked
from iptvvtab.jsonsql.moments import date_bound, moment_span, timestamp_bound
from iptvvtab.jsonsql.named import tables_of, target_of
from iptvvtab.jsonsql.names import ColumnName, Names, TableName
from iptvvtab.jsonsql.pgtypes import PgType

if TYPE_CHECKING:
    from iptvvtab.jsonsql.conditions import Condition, conditions
    from iptvvtab.jsonsql.decoding import decode
    from iptvvtab.jsonsql.dividing import Share, Used, divided
    from iptvvtab.jsonsql.documents import (
        Document,
        Finding,
        answered,
        canonical,
        every_row_of,
        findings,
        read_document,
        to_sql,
    )
    from iptvvtab.jsonsql.encoding import Encoded, Mode, encode, exact
    from iptvvtab.jsonsql.ordering import KEY_SEPARATOR
    from iptvvtab.jsonsql.origins import Origin, origins
    from iptvvtab.jsonsql.parameters import Parameters
    from iptvvtab.jsonsql.pgliterals import parse, to_jsonb_text
    from iptvvtab.jsonsql.remarks import remarks
    from iptvvtab.jsonsql.rendering import Prepared, Typing, prepare, render

__all__ = [
    "ALIAS",
    "EVERY_COLUMN",
    "EVIDENT_FUNCTIONS",
    "KEY_SEPARATOR",
    "MASK",
    "Affinity",
    "Answered",
    "Answering",
    "ColumnName",
    "Condition",
    "Direction",
    "Document",
    "Encoded",
    "Features",
    "Finding",
    "Grouping",
    "HashFunction",
    "Made",
    "Mode",
    "Names",
    "Origin",
    "Parameters",
    "PgType",
    "Prepared",
    "Rest",
    "Share",
    "Shown",
    "Sorting",
    "TableName",
    "Typing",
    "Used",
    "after",
    "answered",
    "canonical",
    "column",
    "compare",
    "conditions",
    "could_be_a_name",
    "count",
    "cut",
    "date_bound",
    "decode",
    "divided",
    "downward",
    "encode",
    "every",
    "every_row_of",
    "exact",
    "findings",
    "groups",
    "is_not_null",
    "is_null",
    "literal",
    "masked",
    "member",
    "moment_span",
    "origins",
    "parse",
    "prepare",
    "quotient",
    "read_document",
    "remarks",
    "render",
    "row_hash",
    "select",
    "some",
    "tables_of",
    "taken",
    "target_of",
    "timestamp_bound",
    "to_jsonb_text",
    "to_sql",
    "total",
    "totals",
]

_DECODING = {
    "Condition": "conditions",
    "Document": "documents",
    "Encoded": "encoding",
    "Share": "dividing",
    "Used": "dividing",
    "Finding": "documents",
    "KEY_SEPARATOR": "ordering",
    "Origin": "origins",
    "Parameters": "parameters",
    "Mode": "encoding",
    "Prepared": "rendering",
    "Typing": "rendering",
    "answered": "documents",
    "canonical": "documents",
    "conditions": "conditions",
    "decode": "decoding",
    "divided": "dividing",
    "encode": "encoding",
    "exact": "encoding",
    "every_row_of": "documents",
    "findings": "documents",
    "origins": "origins",
    "parse": "pgliterals",
    "prepare": "rendering",
    "read_document": "documents",
    "remarks": "remarks",
    "render": "rendering",
    "to_jsonb_text": "pgliterals",
    "to_sql": "documents",
}


def __getattr__(name: str) -> Any:
    """Import what decodes when it is first asked for (PEP 562)."""
    if name not in _DECODING:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{_DECODING[name]}")
    value = getattr(module, name)
    globals()[name] = value
    return value
