"""SQLite's three classes over the portal's tables, the plan behind them, and the contract they keep.

PortalModule, Context   what `connection` registers
ListModule, ListTable   what we know ourselves, as tables
Contract, rule_names    pure: what may travel, and why not more
"""

from __future__ import annotations

from iptvvtab.vtab.contract import ALL, PLAN_RULES, RULES, Contract, Verdict, contract_table, rule_names
from iptvvtab.vtab.cursor import interruption
from iptvvtab.vtab.declare import declaration, quoted
from iptvvtab.vtab.install import install
from iptvvtab.vtab.lists import ListModule, ListRow, ListTable
from iptvvtab.vtab.table import Context, PortalModule

__all__ = [
    "ALL",
    "PLAN_RULES",
    "RULES",
    "Context",
    "Contract",
    "ListModule",
    "ListRow",
    "ListTable",
    "PortalModule",
    "Verdict",
    "contract_table",
    "declaration",
    "install",
    "interruption",
    "quoted",
    "rule_names",
]
