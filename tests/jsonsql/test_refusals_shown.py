"""Whatever the language refuses stands in the documentation.

Each message in the code is met by one on the page, which is made of the cases; each place that raises is met by a case.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from traceback import walk_tb

import pytest
import yaml

from iptvvtab.errors import Error
from iptvvtab.jsonsql import Features, conditions, encode, exact, literal
from tests.jsonsql import test_conditions, test_decode, test_dividing, test_encode_refusals, test_exact
from tests.jsonsql.portals import CASES, NAMES

ROOT = Path(__file__).parents[2]
LANGUAGE = ROOT / "iptvvtab" / "jsonsql"
PAGES = "".join((ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("jsonsql.md", "sql.md"))
SHOWN = [line.replace("\\|", "|") for line in PAGES.splitlines() if line.startswith("|")]

NOT_SHOWN = {
    "the statement is nested too deeply": "five thousand parentheses",
    "no document has a value of type ": "a parameter of Python, which no text has",
    "it holds half a character": "a page cannot show it either",
    "a text with NUL": "a page cannot show it",
    "not understood as SQL": "the parser tells no place, which the one of today does",
}
"""Refusals that no line of a table shows, by a part of their message, and why."""

REFUSING = {
    "refused": 1,
    "unknown": 1,
    "inexact": 1,
    "NoForm": 0,
    "NotExact": 0,
    "StatementRefused": 0,
    "DecodeError": 1,
    "UnknownName": 1,
}
"""What makes a refusal, and which of its arguments is the first that people read."""

SPEAKS_FOR_OTHERS = {
    "__init__.py": "Python asks it for a name",
    "pg": "PostgreSQL's refusals, which the demo's two stores are compared in",
}
"""Files that raise what the language does not refuse, by how their names begin."""

DEEP = "SELECT " + "(" * 5000 + "1"
DEEP_SELECTS = "SELECT " + "(SELECT " * 5000 + "1" + ")" * 5000
ONE_PLACE = "SELECT id FROM package WHERE id = ?"
BY_NAME = "SELECT id FROM package WHERE id = :id"

NOT_ON_A_PAGE: list[Callable[[], object]] = [
    partial(encode, DEEP, NAMES),
    partial(exact, DEEP, NAMES, Features()),
    partial(test_dividing.parts, DEEP_SELECTS),
    partial(encode, "INSERT INTO package (name) VALUES ('a\0')", NAMES),
    partial(encode, ONE_PLACE, NAMES, parameters="1"),
    partial(encode, ONE_PLACE, NAMES, parameters=[]),
    partial(encode, BY_NAME, NAMES, parameters={"id": 1, "name": 2}),
    partial(encode, BY_NAME, NAMES, parameters={}),
    partial(exact, ONE_PLACE, NAMES, Features(), ["\ud800"]),
    partial(exact, ONE_PLACE, NAMES, Features(), [b"1"]),
    partial(literal, b"1"),
    partial(literal, float("inf")),
]
"""What no page can show, or what a program alone can do wrong."""


def refusals() -> Iterator[object]:
    """Every place of the code that refuses: what people read of its message, as a pattern for each part."""
    for path in sorted(LANGUAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            said = [pattern(one) for one in node.args[REFUSING.get(name, 99) :]]
            words = [one for one in said if len(re.sub(r"\.\*|\W", "", one)) > 3]
            if words and not any(re.escape(one) in word for one in NOT_SHOWN for word in words):
                place = f"{path.relative_to(LANGUAGE)}-{node.lineno}"
                yield pytest.param(words, id=place.replace("/", "-"))


def pattern(node: ast.expr) -> str:
    """What an argument says, with `.*` for what is only known when it is said."""
    if isinstance(node, ast.Constant):
        return re.escape(str(node.value))
    if isinstance(node, ast.JoinedStr):
        return "".join(pattern(one) if isinstance(one, ast.Constant) else ".*" for one in node.values)
    return ".*"


def cases() -> Iterator[Callable[[], object]]:
    """Everything that is refused in the tests of the language."""
    for module in (test_encode_refusals, test_exact):
        for listed in module.REFUSALS.values():
            for sql, _, features in ((*one, {})[:3] for one in listed):
                yield partial(module.refused, sql, features)
    for one in yaml.safe_load((CASES / "refusals.yaml").read_text(encoding="utf-8")):
        yield partial(test_decode.refused, one)
    yield from (partial(conditions, sql) for sql, said in test_conditions.CASES.items() if isinstance(said, str))
    yield from (partial(test_dividing.parts, sql) for one in test_dividing.REFUSALS.values() for sql, _ in one)
    yield from NOT_ON_A_PAGE


def met(case: Callable[[], object]) -> Iterator[tuple[str, int]]:
    """Files and lines that the error of a case, and those that it was made of, came through."""
    with pytest.raises(Error) as raised:
        case()
    error: BaseException | None = raised.value
    while error is not None:
        yield from ((frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__))
        error = error.__context__


def test_what_is_not_shown_is_still_in_the_code() -> None:
    """The list above forgets what is gone."""
    code = "".join(path.read_text(encoding="utf-8") for path in LANGUAGE.rglob("*.py"))
    assert [one for one in NOT_SHOWN if one not in code] == []


@pytest.mark.parametrize("words", list(refusals()))
def test_shown(words: list[str]) -> None:
    """A statement that meets it is a case of the tests, of which the page is made."""
    assert any(all(re.search(word, line) for word in words) for line in SHOWN), words


def test_met() -> None:
    """No place of the language raises what no case meets."""
    lines = {place for case in cases() for place in met(case)}
    missed = []
    for path in sorted(LANGUAGE.rglob("*.py")):
        if path.name.startswith(tuple(SPEAKS_FOR_OTHERS)) and path.parent == LANGUAGE:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and node.exc is not None:
                places = {(str(path), line) for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
                if not places & lines:
                    missed.append(f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}")
    assert missed == []
