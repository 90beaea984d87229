"""What a portal has: tables and columns, read from YAML that people write, overridden by their own folder."""

from iptvvtab.schema.load import TRANSFORMERS, load_catalog
from iptvvtab.schema.records import (
    CacheStrategy,
    Catalog,
    Column,
    Policy,
    Relationship,
    Statistics,
    Table,
)

__all__ = [
    "TRANSFORMERS",
    "CacheStrategy",
    "Catalog",
    "Column",
    "Policy",
    "Relationship",
    "Statistics",
    "Table",
    "load_catalog",
]
