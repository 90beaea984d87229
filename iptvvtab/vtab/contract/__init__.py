"""What may travel: for each comparison and type of column, what a rule promises and what the value makes of it. Pure.

The verdict of a rule is the best it can do; a value may make it weaker, which is why rules are asked again in Filter.
Three verdicts:

    exact      the portal keeps precisely the rows that SQLite would keep
    superset   the portal keeps those and maybe more; SQLite checks again
    local      nothing travels

compare (SQLite's words), verdict (ours), numbers, text, dates (judges by type), rules (the table), contract.
"""

from __future__ import annotations

from iptvvtab.vtab.contract.compare import BINARY, RANGES, WITHOUT_VALUE, Comparison
from iptvvtab.vtab.contract.contract import (
    ALL,
    COUNT,
    DISTINCT,
    KEY_ORDER,
    LEARNED,
    LIMIT,
    LOOKAHEAD,
    LOOKUPS,
    NULL_ORDER,
    ORDER,
    PLAN_RULES,
    Contract,
    rule_names,
)
from iptvvtab.vtab.contract.rules import RULES, contract_table
from iptvvtab.vtab.contract.verdict import Abilities, Argument, Judgement, Rule, Verdict

__all__ = [
    "ALL",
    "BINARY",
    "COUNT",
    "DISTINCT",
    "KEY_ORDER",
    "LEARNED",
    "LIMIT",
    "LOOKAHEAD",
    "LOOKUPS",
    "NULL_ORDER",
    "ORDER",
    "PLAN_RULES",
    "RANGES",
    "RULES",
    "WITHOUT_VALUE",
    "Abilities",
    "Argument",
    "Comparison",
    "Contract",
    "Judgement",
    "Rule",
    "Verdict",
    "contract_table",
    "rule_names",
]
