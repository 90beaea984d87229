"""SQLite's three classes over the portal's tables, the plan behind them, and the contract they keep.

PortalModule, Context   what `connection` registers
ListModule, ListTable   what we know ourselves, as tables
Answer, answer_sql      rows that are known once a statement runs, as a table
explained               pure: what a planned scan will ask, and why not more
Contract, rule_names    pure: what may travel, and why not more
"""

from __future__ import annotations

from iptvvtab.vtab.answers import MOST_COLUMNS, Answer, answer_sql, install_answers
from iptvvtab.vtab.contract import ALL, PLAN_RULES, RULES, Contract, Verdict, contract_table, rule_names
from iptvvtab.vtab.cursor import interruption
from iptvvtab.vtab.declare import declaration
from iptvvtab.vtab.explained import ScanExplained, TermExplained, explained
from iptvvtab.vtab.install import install
from iptvvtab.vtab.leads import Peers
from iptvvtab.vtab.lists import ListModule, ListRow, ListTable
from iptvvtab.vtab.offer import Choice, Offer
from iptvvtab.vtab.plan import Plan
from iptvvtab.vtab.scan import Scan
from iptvvtab.vtab.table import Context, PortalModule

__all__ = [
    "ALL",
    "MOST_COLUMNS",
    "PLAN_RULES",
    "RULES",
    "Answer",
    "Choice",
    "Context",
    "Contract",
    "ListModule",
    "ListRow",
    "ListTable",
    "Offer",
    "Peers",
    "Plan",
    "PortalModule",
    "Scan",
    "ScanExplained",
    "TermExplained",
    "Verdict",
    "answer_sql",
    "contract_table",
    "declaration",
    "explained",
    "install",
    "install_answers",
    "interruption",
    "rule_names",
]
