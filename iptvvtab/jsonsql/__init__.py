"""The portal's language: documents from parts, documents to SQL. Pure."""

from __future__ import annotations

from iptvvtab.jsonsql.build import (
    ALIAS,
    EVERY_COLUMN,
    after,
    column,
    compare,
    could_be_a_name,
    every,
    is_not_null,
    is_null,
    member,
    select,
    some,
)
from iptvvtab.jsonsql.decode import decode
from iptvvtab.jsonsql.features import EVIDENT_FUNCTIONS, Features
from iptvvtab.jsonsql.pgtypes import PgType

__all__ = [
    "ALIAS",
    "EVERY_COLUMN",
    "EVIDENT_FUNCTIONS",
    "Features",
    "PgType",
    "after",
    "column",
    "compare",
    "could_be_a_name",
    "decode",
    "every",
    "is_not_null",
    "is_null",
    "member",
    "select",
    "some",
]
