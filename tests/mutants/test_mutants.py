"""A rule that is wrong is seen to be: each mutant of a rule is killed by a statement of the corpus that uses it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import apsw
import pytest
import yaml

from iptvvtab.errors import Error
from iptvvtab.remote import Journal
from iptvvtab.source import Learned, Size
from iptvvtab.vtab import Contract, rule_names
from iptvvtab.vtab.contract import LEARNED
from iptvvtab.vtab.table import PortalTable
from tests.differential.assembled import Parts
from tests.differential.corpus import Statement
from tests.differential.oracle import Outcome, difference, is_ordered, run
from tests.mutants.judged import mutated
from tests.mutants.scans import SCANS

Words = dict[str, Any]
Users = dict[str, list[Statement]]

MUTANTS: dict[str, dict[str, Words]] = yaml.safe_load(
    (Path(__file__).parent / "mutants.yaml").read_text(encoding="utf-8")
)
FLAT = [(rule, words) for rule, mutants in MUTANTS.items() for words in mutants.values()]
IDS = [f"{rule}: {name}" for rule, mutants in MUTANTS.items() for name in mutants]
MOST = 150
"""Statements that a mutant must survive to be called alive."""
TRUSTED = 4
"""Statements of each rule that the true contract is tried on."""


class SizedWrongly(Learned):
    """Says of every table that it has so many rows."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self._rows = rows

    def size(self, table: str) -> Size:
        return Size(rows=self._rows)


class Tried:
    """A connection, and the documents that its statements send."""

    def __init__(self, parts: Parts, rule: str, words: Words) -> None:
        contract = mutated(rule, words) if "scan" not in words else Contract()
        if "learned" not in words:  # what answers took is another thing in each run, and sways plans
            contract = contract.without([LEARNED])
        self._journal = Journal()
        self.connection = parts.connection(
            contract,
            SCANS[words["scan"]] if "scan" in words else PortalTable,
            journal=self._journal,
            learned=SizedWrongly(words["learned"]) if "learned" in words else None,
        )

    def outcome(self, statement: Statement) -> Outcome:
        """Rows, or an error: an answer that ends in one of ours is no silent one."""
        try:
            return run(self.connection, statement.sql, statement.bindings)
        except Error as error:
            return Outcome(error=type(error).__name__)

    def documents(self, statement: Statement) -> tuple[str, ...]:
        """What travels for a statement."""
        with self._journal.meter() as meter:
            self.outcome(statement)
        return tuple(sorted(meter.receipt().documents))  # those of several ranges come in any order


def killer(parts: Parts, oracle: apsw.Connection, statements: Iterable[Statement], rule: str, words: Words) -> str:
    """What shows a mutant: a difference of rows from plain tables, or of documents from the true contract's."""
    mutant, true = Tried(parts, rule, words), Tried(parts, rule, {})
    try:
        for one in statements:
            if words["by"] == "cost":
                if (sent := mutant.documents(one)) != true.documents(one):
                    return f"{one}: {sent}"
                continue
            expected, got = run(oracle, one.sql, one.bindings), mutant.outcome(one)
            if said := difference(expected, got, ordered=is_ordered(one.sql)):
                return f"{one}: {said}"
        return ""
    finally:
        mutant.connection.close()
        true.connection.close()


def test_every_rule_has_mutants() -> None:
    """Nothing can be got wrong in silence: a new rule wants a mutant."""
    assert MUTANTS.keys() == rule_names().keys()
    assert all(MUTANTS.values())


@pytest.mark.parametrize(("rule", "words"), FLAT, ids=IDS)
def test_mutant(rule: str, words: Words, users: Users, parts: Parts, oracle: apsw.Connection) -> None:
    """A statement of the corpus kills the mutant."""
    statements = users[words.get("over", rule)][:MOST]
    assert killer(parts, oracle, statements, rule, words), f"survived {len(statements)} statements"


@pytest.mark.parametrize("by", ["rows", "cost"])
def test_true_contract_lives(by: str, users: Users, parts: Parts, oracle: apsw.Connection) -> None:
    """The same trials let the contract live as it is: a mutant is killed for what it changes."""
    statements = [one for of_rule in users.values() for one in of_rule[:TRUSTED]]
    assert killer(parts, oracle, statements, "", {"by": by}) == ""
