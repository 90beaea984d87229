"""What a portal has: tables and columns, read from YAML that people write, overridden by their own folder.

From the files up: written (the format), entries (files, checked), arrange (whose column stands where), load,
records (what others read). Beside them observe, forms, findings, layout and merge: what a look at a portal tells, pure.
"""

from iptvvtab.schema.entries import edition
from iptvvtab.schema.findings import Finding, Level, check, compare
from iptvvtab.schema.load import TRANSFORMERS, load_catalog
from iptvvtab.schema.merge import merge
from iptvvtab.schema.observe import Inferred, Observation, Placement, fits, infer_column, place_columns
from iptvvtab.schema.records import (
    PRIORITIES,
    CacheStrategy,
    Catalog,
    Column,
    Policy,
    Priority,
    Relationship,
    Statistics,
    Table,
)

__all__ = [
    "PRIORITIES",
    "TRANSFORMERS",
    "CacheStrategy",
    "Catalog",
    "Column",
    "Finding",
    "Inferred",
    "Level",
    "Observation",
    "Placement",
    "Policy",
    "Priority",
    "Relationship",
    "Statistics",
    "Table",
    "check",
    "compare",
    "edition",
    "fits",
    "infer_column",
    "load_catalog",
    "merge",
    "place_columns",
]
