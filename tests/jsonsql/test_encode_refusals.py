"""What JSONSQL cannot say is refused: what, why, what to do, and where. Nothing of a statement is dropped silently."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import yaml
from sqlglot import exp

from iptvvtab.errors import NoForm, StatementRefused
from iptvvtab.jsonsql import Features, Names, encode
from iptvvtab.jsonsql.encoding import Encoded, encoded
from iptvvtab.jsonsql.statement import Statement, parse
from tests.jsonsql.portals import CASES, NAMES, ODD, statements

FEATURES = Features(order_direction="list", ilike=True)
REFUSALS = yaml.safe_load((CASES / "refused_sql.yaml").read_text(encoding="utf-8"))


def refused(sql: str, features: dict[str, Any]) -> None:
    """Ask for a document of what has none."""
    encode(sql, Names([*NAMES.values(), *ODD]), replace(FEATURES, **features))


@pytest.mark.parametrize(
    ("sql", "message", "features"),
    [(*case, {})[:3] for listed in REFUSALS.values() for case in listed],
    ids=[f"{group.replace(' ', '-')}-{at}" for group, listed in REFUSALS.items() for at, _ in enumerate(listed, 1)],
)
def test_refusal(sql: str, message: str, features: dict[str, Any]) -> None:
    """The error says what has no form, why, what to do, and where it stands."""
    with pytest.raises(StatementRefused) as caught:
        refused(sql, features)
    assert str(caught.value).split("\n")[0] == message
    assert caught.value.exit_code == 3
    if isinstance(caught.value, NoForm):
        assert caught.value.feature
        assert caught.value.reason
        assert caught.value.advice


@pytest.mark.parametrize("sql", ["SELECT " + "(" * 5000 + "1", f"SELECT {'1 + ' * 5000}id FROM package"])
def test_too_deep(sql: str) -> None:
    """A statement that would exhaust the stack is refused as any other."""
    with pytest.raises(StatementRefused):
        encode(sql, NAMES, FEATURES)


def test_long_but_flat() -> None:
    """A thousand conditions are one list."""
    params = encode("SELECT id FROM package WHERE " + " OR ".join(["id = 1"] * 1000), NAMES, FEATURES).params
    assert len(params["where"]["or"]) == 1000


def _outcome(statement: Statement) -> Encoded | None:
    try:
        return encoded(statement, NAMES, FEATURES)
    except (StatementRefused, AttributeError, TypeError, ValueError):
        return None  # refused, or read and found to be no such thing


UNUSED = "WITH {} is used nowhere: nothing is asked of it"


def _check_arguments(sql: str) -> None:
    """Set each argument of each node that the parser left empty: it is refused, or the document is another one."""
    plain = parse(sql)
    expected = _outcome(plain)
    for at, node in enumerate(plain.tree.walk()):
        for name in type(node).arg_types:
            if node.args.get(name) in (None, False, []) and name not in _MEANS_NOTHING.get(type(node), ()):
                tree = plain.tree.copy()
                list(tree.walk())[at].args[name] = exp.Var(this="INJECTED")
                found = _outcome(Statement(sql, plain.tokens, tree))
                if (
                    isinstance(node, exp.TableAlias)
                    and expected
                    and any(UNUSED.format(node.name) == one for one in expected.remarks)
                ):
                    continue
                assert found is None or found != expected, f"{type(node).__name__}.{name} is dropped in {sql}"


_MEANS_NOTHING: dict[type[exp.Expr], tuple[str, ...]] = {
    exp.CTE: ("materialized",),
    exp.Coalesce: ("is_nvl", "is_null"),
    exp.Column: ("shadow",),
    exp.Concat: ("safe", "coalesce"),
    exp.Count: ("big_int",),
    exp.DPipe: ("safe",),
    exp.DataType: ("nested",),
    exp.Div: ("typed", "safe"),
    exp.Fetch: ("direction",),
    exp.Identifier: ("quoted",),
    exp.LimitOptions: ("rows",),
    exp.Literal: ("is_string",),
    exp.Ordered: ("desc", "nulls_first"),  # of a column that is never NULL, or a value; the oracle checks the others
    exp.RegexpReplace: ("single_replace",),
}
"""Arguments without a meaning of their own: notes of the parser, words that PostgreSQL takes and ignores."""


def _leaves(tree: exp.Expr) -> Iterator[int]:
    for at, node in enumerate(tree.walk()):
        if isinstance(node, (exp.Literal, exp.Boolean)):
            yield at


def _is_shown_to_nobody(node: exp.Expr) -> bool:
    """What EXISTS selects, and how many rows of it, means nothing."""
    select = node.find_ancestor(exp.Select)
    is_shown = select is None or not isinstance(select.parent, exp.Exists)
    return not is_shown and node.find_ancestor(exp.Where, exp.Join, exp.Select) is select


def _check_literals(sql: str) -> None:
    """Change each literal: the document is another one, or there is none."""
    plain = parse(sql)
    expected = _outcome(plain)
    for at in _leaves(plain.tree):
        tree = plain.tree.copy()
        node = list(tree.walk())[at]
        if isinstance(node.parent, exp.Escape) or _is_shown_to_nobody(node):
            continue
        node.set("this", not node.this if isinstance(node, exp.Boolean) else f"9{node.this}")
        found = _outcome(Statement(sql, plain.tokens, tree))
        assert found is None or found != expected, f"{node!r} is dropped in {sql}"


@pytest.mark.parametrize("sql", statements("selects.yaml") + statements("writes.yaml"))
def test_nothing_is_dropped(sql: str) -> None:
    """Whatever a parser may write into a tree is refused or changes the document."""
    _check_arguments(sql)
    _check_literals(sql)
