"""The door for programs that ask a portal in whole statements: clients, and statements as values of Python.

Client, AsyncClient          ask, and wait or await      (opened.py: what both hold; language.py: questions and rows)
select, insert, update, delete, F, Q, call    statements (statements.py, expressions.py, lookups.py: pure)
Rows                         what comes back
"""

from __future__ import annotations

from iptvvtab.client.asynchronous import AsyncClient, AsyncTable
from iptvvtab.client.expressions import Expression, F, call
from iptvvtab.client.lookups import Q
from iptvvtab.client.rows import Rows
from iptvvtab.client.statements import Delete, Insert, Query, Select, Update, delete, insert, select, update
from iptvvtab.client.synchronous import Client, Table

__all__ = [
    "AsyncClient",
    "AsyncTable",
    "Client",
    "Delete",
    "Expression",
    "F",
    "Insert",
    "Q",
    "Query",
    "Rows",
    "Select",
    "Table",
    "Update",
    "call",
    "delete",
    "insert",
    "select",
    "update",
]
