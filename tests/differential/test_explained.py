"""What `explain` announces is what travels: for every statement of the corpus, by its own documents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import apsw
import apsw.ext
import pytest

import iptvvtab
from iptvvtab.connection import Step
from iptvvtab.demo import DemoProcess
from tests.differential.corpus import CORPUS, Statement
from tests.differential.sides import SMALL_PAGES, connect

EVERY = 2
"""Of `make test`: so many statements of a group, one."""
LOWEST_SHARE = 0.9
"""Of the corpus that is compared; the rest is several statements in a line, or an error on both sides."""


@pytest.fixture(scope="module")
def connection(served_sqlite: DemoProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[apsw.Connection]:
    """A connection of its own after the first contact, that remembers nothing."""
    served_sqlite.reset()
    served_sqlite.set_switches("default")
    state = tmp_path_factory.mktemp("explained")
    made = connect(served_sqlite, state, source="live", rules_off=["learned"], **SMALL_PAGES)
    made.execute("SELECT name FROM portal.package").fetchall()
    yield made
    made.close()


def conjuncts(document: dict[str, Any]) -> list[Any]:
    where = document.get("where")
    return [] if where is None else list(where["and"]) if set(where) == {"and"} else [where]


def is_open(part: Any) -> bool:
    """Whether a value of the condition is known only when the statement runs."""
    return '{"?": ' in json.dumps(part)


def columns_of(part: Any) -> set[str]:
    if isinstance(part, dict):
        if set(part) == {"t"}:
            return {part["t"]}
        return set().union(*map(columns_of, part.values()))
    return set().union(*map(columns_of, part)) if isinstance(part, list) else set()


def ordered_by(document: dict[str, Any]) -> set[str]:
    return columns_of(document.get("order_by", []))


def differs(sent: dict[str, Any], announced: dict[str, Any]) -> str | None:
    """Say how a first document is none that was announced, open values aside; None if it is."""
    for name in ("data", "from", "order_by", "limit", "distinct"):
        if sent.get(name) != announced.get(name) and not is_open(announced.get(name)):
            return f"{name}: announced {announced.get(name)}, sent {sent.get(name)}"
    known = [one for one in conjuncts(announced) if not is_open(one)]
    open_columns = set().union(*(columns_of(one) for one in conjuncts(announced) if is_open(one)), set())
    for one in conjuncts(sent):
        if one not in known and not columns_of(one) <= open_columns:
            return f"sent a condition that was not announced: {one}"
    missing = [one for one in known if one not in conjuncts(sent)]
    return f"announced conditions were not sent: {missing}" if missing else None


def is_consequence(sent: dict[str, Any], announced: dict[str, Any]) -> bool:
    """Whether a document goes on where an announced one ended: further pages, a proof, a read without conditions."""
    allowed = columns_of(conjuncts(announced)) | ordered_by(announced) | ordered_by(sent)
    return sent["from"] == announced["from"] and columns_of(conjuncts(sent)) <= allowed


def problems(step: Step) -> Iterator[str]:
    assert step.scan is not None
    assert step.actual is not None
    announced = [json.loads(json.dumps(one, default=lambda value: value.to_json())) for one in step.scan.documents]
    sent = [json.loads(one) for one in step.actual.receipt.documents]
    if sent and not announced:
        yield f"{step.name}: nothing was announced, sent {sent[0]}"
        return
    if not step.actual.passes or not announced:
        return
    is_known = not any(term.value.startswith("?") for term in step.scan.terms)
    if is_known and not sent and not step.within:
        yield f"{step.name}: announced {announced[0]}, sent nothing"
    if sent and is_known and (problem := differs(sent[0], announced[0])):
        yield f"{step.name}: {problem}"
    for one in sent:
        if all(differs(one, other) for other in announced) and not any(is_consequence(one, o) for o in announced):
            yield f"{step.name}: sent {one}, announced {announced}"


def is_single(connection: apsw.Connection, statement: Statement) -> bool:
    """Whether a line of the corpus is one statement that SQLite takes: what explain explains."""
    try:
        details = apsw.ext.query_info(connection, statement.sql)
    except apsw.Error:
        return False
    return not (details.query_remaining or "").strip(" ;\n")


def explained(connection: apsw.Connection, statement: Statement) -> tuple[Step, ...]:
    """Explain and run a statement; one that fails when it runs is compared elsewhere (test_corpus.py)."""
    try:
        return iptvvtab.explain(connection, statement.sql, statement.bindings, analyze=True).scans
    except apsw.Error:
        return ()


@pytest.mark.parametrize("every", [EVERY, pytest.param(1, marks=pytest.mark.long)], ids=["sample", "all"])
@pytest.mark.parametrize("group", sorted({statement.group for statement in CORPUS}))
def test_what_is_announced_is_what_is_sent(group: str, every: int, connection: apsw.Connection) -> None:
    """Each document that travels for a scan is one that explain announced for it, or follows from one."""
    found = [
        f"{statement}: {statement.sql}\n    {problem}"
        for statement in [one for one in CORPUS if one.group == group][::every]
        if is_single(connection, statement)
        for step in explained(connection, statement)
        for problem in problems(step)
    ]
    assert not found, f"{len(found)} differences\n" + "\n".join(found[:20])


def test_most_of_the_corpus_is_explained(connection: apsw.Connection) -> None:
    """Left out are lines of several statements, and what SQLite refuses."""
    assert sum(is_single(connection, statement) for statement in CORPUS) >= LOWEST_SHARE * len(CORPUS)


def test_explain_alone_sends_nothing(connection: apsw.Connection, served_sqlite: DemoProcess) -> None:
    """However a statement looks, only --analyze makes something travel."""
    before = served_sqlite.log().requests
    for statement in CORPUS[:: len(CORPUS) // 200]:
        try:
            iptvvtab.explain(connection, statement.sql, statement.bindings)
        except apsw.Error:
            continue
    assert served_sqlite.log().requests == before
