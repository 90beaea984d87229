"""Whatever the language refuses stands in the documentation: each message in the code is met by one on the page."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LANGUAGE = ROOT / "iptvvtab" / "jsonsql"
PAGES = "".join((ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("jsonsql.md", "sql.md"))
SHOWN = [line.replace("\\|", "|") for line in PAGES.splitlines() if line.startswith("|")]

NOT_SHOWN = {
    "the statement is nested too deeply": "five thousand parentheses",
    "no document has a value of type ": "a parameter of Python, which no text has",
    "it holds half a character": "a page cannot show it either",
    "a text with NUL": "a page cannot show it",
    "ON beside USING": "the parser refuses it first",
    "compare with IN (VALUES ...)": "VALUES in FROM is refused first",
    "LEFT JOIN without ON": "SQLite's parser writes ON",
    "only NULL, TRUE, FALSE, a value or a column can follow": "the parser makes a comparison of everything else",
    "its text is not known beside a *": "an expression is judged first, and none that passes is split otherwise",
    "a text as a column's name": "the parser makes a name of it",
    "not understood as SQL": "the parser tells no place",
}
"""Refusals that no line of a table shows, by a part of their message, and why; most guard against another parser."""

REFUSING = {"refused": 1, "unknown": 1, "inexact": 1, "NoForm": 0, "NotExact": 0, "StatementRefused": 0}
"""What makes a refusal, and which of its arguments is the first that people read."""


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


def test_what_is_not_shown_is_still_in_the_code() -> None:
    """The list above forgets what is gone."""
    code = "".join(path.read_text(encoding="utf-8") for path in LANGUAGE.rglob("*.py"))
    assert [one for one in NOT_SHOWN if one not in code] == []


@pytest.mark.parametrize("words", list(refusals()))
def test_shown(words: list[str]) -> None:
    """A statement that meets it is a case of the tests, of which the page is made."""
    assert any(all(re.search(word, line) for word in words) for line in SHOWN), words
