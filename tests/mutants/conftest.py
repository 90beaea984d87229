"""One portal that orders text by its bytes, so that every rule can be used, and what the corpus uses of it."""

from __future__ import annotations

from collections.abc import Iterator

import apsw
import pytest

from iptvvtab.demo import DemoProcess, start_demo
from tests.differential.assembled import Parts
from tests.differential.corpus import CORPUS, Statement
from tests.differential.oracle import plain_tables
from tests.differential.rules_used import statements_by_rule


@pytest.fixture(scope="session")
def portal() -> Iterator[DemoProcess]:
    """A demo portal on SQLite."""
    with start_demo(rows=50) as demo:
        demo.set_switches(bytewise_text=True)
        yield demo


@pytest.fixture(scope="session")
def parts(portal: DemoProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """What its connections are made from."""
    made = Parts(portal, tmp_path_factory.mktemp("state"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def oracle(portal: DemoProcess, parts: Parts) -> Iterator[apsw.Connection]:
    """Plain tables of its rows."""
    connection = plain_tables(portal, parts.catalog)
    yield connection
    connection.close()


@pytest.fixture(scope="session")
def users(parts: Parts) -> dict[str, list[Statement]]:
    """The statements of the corpus by each rule that they use."""
    return statements_by_rule(parts, CORPUS)
