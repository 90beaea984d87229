"""The contract as one connection keeps it: the table of rules, less those that are switched off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from iptvvtab.schema import Column
from iptvvtab.types import ColumnType
from iptvvtab.vtab.contract.compare import BINARY, Comparison
from iptvvtab.vtab.contract.rules import RULES, WHY_LOCAL, term_rules
from iptvvtab.vtab.contract.verdict import LOCAL, NOTHING, Abilities, Argument, Judgement, Rule, Verdict, stays

ALL = "all"
"""The name that stands for every rule."""

LIMIT, KEY_ORDER, ORDER, NULL_ORDER = "limit", "key-order", "order", "null-order"
DISTINCT, COUNT, LEARNED = "distinct", "count", "learned"
LOOKUPS, LOOKAHEAD = "lookups", "lookahead"

PLAN_RULES = {
    LIMIT: "LIMIT and OFFSET tell how many rows are asked for",
    KEY_ORDER: "ORDER BY the key, upward, is the order in which pages come",
    ORDER: "ORDER BY other columns is done by the portal",
    NULL_ORDER: "ORDER BY a column that may be NULL is read in two parts, with and without NULL",
    DISTINCT: "DISTINCT is done by the portal",
    COUNT: "count(*) is a count on the portal",
    LOOKUPS: "look-ups of a join end in one read of the table, once that is no dearer",
    LOOKAHEAD: "keys of a join that are seen to follow travel together",
    LEARNED: "sizes that were seen before are used in estimates",
}
"""Rules about a scan as a whole, by name."""


def rule_names() -> dict[str, str]:
    """Return every rule that can be switched off, with what it does."""
    return {**term_rules(), **PLAN_RULES}


@dataclass(frozen=True, slots=True)
class Contract:
    """What may travel. `off`: names of rules that are not used, for tests and diagnosis."""

    rules: Mapping[ColumnType, Mapping[Comparison, Rule]] = field(default_factory=lambda: RULES)
    off: frozenset[str] = frozenset()

    def without(self, names: Iterable[str]) -> Contract:
        """Return the contract less some rules, by name; `all` is every one."""
        names = set(names)
        return replace(self, off=self.off | (frozenset(rule_names()) if ALL in names else frozenset(names)))

    def uses(self, name: str) -> bool:
        """Return whether a rule about scans is in use."""
        return name not in self.off

    def rule(self, column: Column, comparison: Comparison, collation: str, abilities: Abilities) -> Rule:
        """Return the rule for a comparison of a column under a collation."""
        found = self.rules[column.type].get(comparison)
        if found is None:
            return _local(WHY_LOCAL.get(column.type, f"the portal has no such comparison for {column.type}"))
        if column.remote_name is None:
            return _local("only the column's position is known, not its name")
        if collation.upper() != BINARY and column.type is not ColumnType.INTEGER:
            return _local(f"the portal has no collation {collation}", found.name)
        if found.name in self.off:
            return _local("the rule is switched off", found.name)
        if found.needs is not None and not getattr(abilities(), found.needs):
            return _local(found.reason, found.name)
        return found

    def judge(
        self, column: Column, comparison: Comparison, value: Argument, abilities: Abilities, collation: str = BINARY
    ) -> Judgement:
        """Return what becomes of a comparison with the value at hand (a set of values for IN).

        NULL on the right is settled here, the same way for every type.
        """
        found = self.rule(column, comparison, collation, abilities)
        if found.verdict is Verdict.LOCAL:
            return LOCAL
        if value is None and comparison in (Comparison.IS, Comparison.IS_NOT):
            swapped = Comparison.IS_NULL if comparison is Comparison.IS else Comparison.NOT_NULL
            return self.judge(column, swapped, None, abilities)
        if value is None and comparison not in (Comparison.IS_NULL, Comparison.NOT_NULL):
            return NOTHING
        return found.judge(column, comparison, value, abilities)


def _local(reason: str, name: str = "local") -> Rule:
    return Rule(name, Verdict.LOCAL, reason, stays)
