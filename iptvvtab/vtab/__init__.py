"""SQLite's three classes over the portal's tables, the plan behind them, and the contract they keep.

PortalModule, Context   what `connection` registers
ListModule, ListTable   what we know ourselves, as tables
plan, rule, RULES       pure: what travels, and why not more
"""

from __future__ import annotations

from iptvvtab.vtab.cursor import interruption
from iptvvtab.vtab.declare import declaration, quoted
from iptvvtab.vtab.install import install
from iptvvtab.vtab.judge import RULES, Verdict, contract_table, rule
from iptvvtab.vtab.lists import ListModule, ListRow, ListTable
from iptvvtab.vtab.plan import Constraint, Plan, plan
from iptvvtab.vtab.table import Context, PortalModule

__all__ = [
    "RULES",
    "Constraint",
    "Context",
    "ListModule",
    "ListRow",
    "ListTable",
    "Plan",
    "PortalModule",
    "Verdict",
    "contract_table",
    "declaration",
    "install",
    "interruption",
    "plan",
    "quoted",
    "rule",
]
