"""Whole statements: asked as one document of a demo portal, and of plain SQLite tables of the same rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import apsw
import yaml

from iptvvtab.config import load
from iptvvtab.demo import DemoProcess
from iptvvtab.errors import Refused, StatementRefused, UnprovenAnswer
from iptvvtab.jsonsql import Encoded, Features, exact
from iptvvtab.portal import Client
from iptvvtab.remote import answer, names_of
from iptvvtab.schema import load_catalog
from iptvvtab.types import Json
from tests.differential.corpus import CORPUS, Statement, statements
from tests.differential.joined import JOINED, with_local
from tests.differential.oracle import Outcome, difference, is_ordered, plain_tables
from tests.differential.sides import SCHEMAS

FOLDER = Path(__file__).parent / "whole"
FEATURES = Features(order_direction="list")
"""What the demo portal is seen to do by default."""
NAMES = names_of(load_catalog(SCHEMAS), "portal")


class Outcomes(StrEnum):
    """What became of a statement, in the words of hazards.yaml."""

    EXACT = "exact"
    REFUSED = "not exact"
    UNPROVEN = "not proven"
    """The portal refused it, or its answer does not prove SQLite's: it is to be asked otherwise."""


@dataclass(frozen=True)
class Asked:
    """What became of a statement; of an exact one, what differs from plain tables, or None."""

    outcome: Outcomes
    differs: str | None = None


class Whole:
    """One store: a portal, and plain tables of its rows with the local ones of joins beside them."""

    def __init__(self, demo: DemoProcess, state: Path) -> None:
        names = {"api_url": "API_URL", "auth_url": "AUTH_URL", "username": "USERNAME", "password": "PASSWORD"}
        given = {name: demo.environment[f"IPTVPORTAL_{variable}"] for name, variable in names.items()}
        self._client = Client(load(None, {**given, "state_folder": state, "rate": 0}, environment={}, folder=state))
        self._plain = with_local(plain_tables(demo, load_catalog(SCHEMAS)))

    def close(self) -> None:
        """Close both."""
        self._client.close()
        self._plain.close()

    def ask(self, sql: str, bindings: Any = None, features: Features = FEATURES, *, as_texts: bool = False) -> Asked:
        """Ask on both sides, if the statement is exact. `as_texts`: a portal may write numbers as untyped literals."""
        try:
            encoded = exact(sql, NAMES, features, bindings, needs_schema=True)
        except StatementRefused:
            return Asked(Outcomes.REFUSED)
        assert encoded.answering is not None
        try:
            params = _as_texts(encoded.params) if as_texts else encoded.params
            rows = self._client.call(encoded.method, params, repeatable=True).result()
            got = answer("demo", encoded.answering, rows)
        except (Refused, UnprovenAnswer):
            return Asked(Outcomes.UNPROVEN)
        most = encoded.answering.most_rows
        if most is not None and len(rows) > most:
            return Asked(Outcomes.EXACT, f"{len(rows)} rows came, and {most} at most were promised")
        return Asked(Outcomes.EXACT, self._difference(sql, bindings, encoded, Outcome(tuple(got))))

    def _difference(self, sql: str, bindings: Any, encoded: Encoded, got: Outcome) -> str | None:
        cursor = self._plain.cursor()
        names: list[tuple[str, ...]] = []

        def note(one: apsw.Cursor, _sql: str, _bindings: Any) -> bool:
            names.append(tuple(name for name, *_ in one.get_description()))
            return True

        cursor.exec_trace = note
        try:
            expected = Outcome(tuple(cursor.execute(sql, bindings)))
        except apsw.Error as error:
            return f"SQLite refuses it: {error}"
        if names[-1] != encoded.columns:
            return f"columns {names[-1]} expected, {encoded.columns} got"
        return difference(expected, got, ordered=is_ordered(sql))


def _as_texts(json: Json) -> Json:
    """Return a document whose numbers are texts, but for LIMIT and OFFSET."""
    if isinstance(json, dict):
        return {key: one if key in ("limit", "offset") else _as_texts(one) for key, one in json.items()}
    if isinstance(json, list):
        return [_as_texts(one) for one in json]
    return str(json) if isinstance(json, int | float) and not isinstance(json, bool) else json


@dataclass(frozen=True)
class Hazard:
    """A statement that stands for a hazard, and what must become of it."""

    name: str
    number: int
    sql: str
    bindings: Any
    outcome: Outcomes

    def __str__(self) -> str:
        return f"{self.name}: {self.outcome} {self.number}"


def _hazards() -> Iterator[Hazard]:
    named = yaml.safe_load((FOLDER / "hazards.yaml").read_text(encoding="utf-8"))
    for name, outcomes in named.items():
        for outcome, entries in outcomes.items():
            for number, entry in enumerate(entries, 1):
                said: Mapping[str, Any] = {"sql": entry} if isinstance(entry, str) else entry
                yield Hazard(name, number, said["sql"], said.get("bind"), Outcomes(outcome))


def _joins() -> Iterator[Statement]:
    """Yield the single statements of the joins."""
    for case in JOINED:
        if len(case.said) == 1:
            yield Statement(f"joins {case.group}", case.rule, case.number, case.said[0].sql, case.said[0].bindings)


HAZARDS = tuple(_hazards())
WHOLE = tuple(statements(FOLDER))
"""Aggregates and joins, of which nearly all are exact."""
FINISHED = tuple(statements(FOLDER.parent / "finished"))
"""Statements of which the portal answers a part, in one request, and SQLite works out the rest over it."""
DIVIDED = tuple(statements(FOLDER.parent / "divided"))
"""Statements of which several parts travel together, in one request."""
EVERY = (*WHOLE, *CORPUS, *_joins())

Served = Callable[[str], DemoProcess]
