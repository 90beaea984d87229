"""The portal's language: documents from parts, documents to SQL. Pure."""

from __future__ import annotations

from iptvvtab.jsonsql.pgtypes import PgType

__all__ = ["PgType"]
