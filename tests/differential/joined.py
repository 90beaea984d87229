"""Joins as data: `joins/GROUP.yaml`, a list of cases under each rule that they stand for.

A case is a statement, or `{sql, bind}`; `{steps}`: statements one after another, which may change local tables;
`{cursors, turns}`: statements that are open at once. In `turns` a letter takes a row of the first cursor (a), of the
second (b) and so on, a capital what is left of it; a cursor that is not at its end is closed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import apsw
import yaml

from tests.differential.oracle import Outcome, difference, is_ordered, run

FOLDER = Path(__file__).parent / "joins"
QUERIES = ("SELECT ", "WITH ", "VALUES ")
LOCAL = (FOLDER / "local.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Said:
    """One statement and what is bound to it."""

    sql: str
    bindings: Any = None


@dataclass(frozen=True)
class Joined:
    """One case: statements, the group and rule they stand for, and in which turns they run at once, if they do."""

    group: str
    rule: str
    number: int
    said: tuple[Said, ...]
    turns: str = ""

    def __str__(self) -> str:
        return f"{self.group}: {self.rule} {self.number}"


def _said(entry: str | Mapping[str, Any]) -> Said:
    return Said(entry) if isinstance(entry, str) else Said(entry["sql"], entry.get("bind"))


def _joined(group: str, rule: str, number: int, entry: Any) -> Joined:
    if isinstance(entry, dict) and "cursors" in entry:
        return Joined(group, rule, number, tuple(map(_said, entry["cursors"])), entry["turns"])
    if isinstance(entry, dict) and "steps" in entry:
        return Joined(group, rule, number, tuple(map(_said, entry["steps"])))
    return Joined(group, rule, number, (_said(entry),))


def _cases() -> Iterator[Joined]:
    for file in sorted(FOLDER.glob("*.yaml")):
        for rule, entries in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            for number, entry in enumerate(entries, 1):
                yield _joined(file.stem, rule, number, entry)


JOINED = tuple(_cases())


def with_local(connection: apsw.Connection) -> apsw.Connection:
    """Give a connection its local tables and views, as they are at the beginning."""
    connection.execute(LOCAL)
    return connection


def outcomes(connection: apsw.Connection, case: Joined) -> list[Outcome]:
    """Run a case: what each of its statements gave. Local tables are afterwards what they were before."""
    said = case.said
    found = _in_turns(connection, case) if case.turns else [run(connection, one.sql, one.bindings) for one in said]
    if connection.in_transaction:
        connection.execute("ROLLBACK")
    if not all(one.sql.startswith(QUERIES) for one in said):
        with_local(connection)
    return found


def _in_turns(connection: apsw.Connection, case: Joined) -> list[Outcome]:
    cursors: dict[int, apsw.Cursor] = {}
    rows: list[list[Any]] = [[] for _ in case.said]
    errors: dict[int, str] = {}
    for turn in case.turns:
        number = ord(turn.lower()) - ord("a")
        one = case.said[number]
        try:
            if number not in cursors:
                cursors[number] = connection.cursor()
                cursors[number].execute(one.sql, one.bindings)
            rows[number] += islice(cursors[number], None if turn.isupper() else 1)
        except apsw.Error as error:
            errors[number] = f"{type(error).__name__}: {error}"
    for cursor in cursors.values():
        cursor.close(True)
    return [Outcome(tuple(found), errors.get(number)) for number, found in enumerate(rows)]


def differences(case: Joined, expected: list[Outcome], got: list[Outcome]) -> Iterator[str]:
    """Say what differs, statement by statement."""
    for one, left, right in zip(case.said, expected, got, strict=True):
        if said := difference(left, right, ordered=is_ordered(one.sql)):
            yield f"{case}: {said}\n    {one.sql}"
