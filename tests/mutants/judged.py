"""A contract in which one rule judges wrongly, as a mutant's words say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from iptvvtab.remote import Op, Term
from iptvvtab.schema import Column
from iptvvtab.types import Value
from iptvvtab.vtab import RULES, Contract, Verdict
from iptvvtab.vtab.contract import Abilities, Argument, Comparison, Judgement, Rule

Words = Mapping[str, Any]


def mutated(name: str, words: Words) -> Contract:
    """The contract in which the rule of a name judges by these words.

    `verdict` is another one; `ops`: operators become others; `values`: see `_value`; `members`: so many are left out.
    """
    rules = {
        kind: {comparison: _rule(rule, words) if rule.name == name else rule for comparison, rule in of_kind.items()}
        for kind, of_kind in RULES.items()
    }
    return Contract(rules)


def _rule(rule: Rule, words: Words) -> Rule:
    def judge(column: Column, comparison: Comparison, value: Argument, abilities: Abilities) -> Judgement:
        judged = rule.judge(column, comparison, value, abilities)
        if judged.verdict is Verdict.LOCAL:
            return judged
        terms = tuple(_term(term, words) for term in judged.terms)
        return replace(judged, verdict=Verdict(words.get("verdict", judged.verdict)), terms=terms)

    if rule.verdict is Verdict.LOCAL:
        return rule
    return replace(rule, verdict=Verdict(words.get("verdict", rule.verdict)), judge=judge)


def _term(term: Term, words: Words) -> Term:
    op = Op(words.get("ops", {}).get(term.op, term.op))
    values = term.values[: words["members"]] or term.values if "members" in words else term.values
    if op is not Op.IN:
        values = values[-1:]
    if op in (Op.IS_NULL, Op.NOT_NULL):
        values = ()
    return Term(term.column, op, tuple(_value(one, words.get("values", {})) for one in values))


def _value(value: Value | bool, words: Words) -> Value | bool:
    match value, words:
        case bool(), {"negate": True}:
            return not value
        case bool(), _:
            return value
        case int() | float(), {"add": more}:
            return value + more  # type: ignore[no-any-return]  # of YAML
        case str(), {"fold": "upper"}:
            return value.upper()
        case str(), {"cut": number}:
            return value[:-number]
        case str(), {"replace": [old, new]}:
            return value.replace(old, new)
        case _:
            return value
