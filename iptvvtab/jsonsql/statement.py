"""A statement as people wrote it: its tree, and how a part of it is read or refused with its place.

Nothing is dropped silently: whoever reads a node names the arguments that it understands (`take`), and any other that
is set is refused. So an argument that a later parser adds is an error, never a statement that means something else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest
from typing import Any, TypeAlias

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from iptvvtab.errors import NoForm, StatementRefused

logging.getLogger("sqlglot").addHandler(logging.NullHandler())  # what it warns of, SQLite and we say ourselves

_AROUND = 60
"""Characters of a long line that are shown on each side of a place."""

_PARSERS_NOTES: Mapping[type[exp.Expr], frozenset[str]] = {
    exp.Coalesce: frozenset({"is_nvl", "is_null"}),
    exp.Column: frozenset({"shadow"}),
    exp.Concat: frozenset({"safe", "coalesce"}),
    exp.Count: frozenset({"big_int"}),
    exp.DPipe: frozenset({"safe"}),
    exp.Div: frozenset({"typed", "safe"}),
    exp.Identifier: frozenset({"quoted"}),
    exp.RegexpReplace: frozenset({"single_replace"}),
}
"""What PostgreSQL's parser writes beside every such node: it says how other dialects differ, not what was written."""


_UNTAKEN: Mapping[str, tuple[str, str, str]] = {
    "conflict": ("ON CONFLICT", "CONFLICT", "look first, then insert or update"),
    "from_": ("UPDATE ... FROM", "FROM", "name the rows by IN (SELECT ...)"),
    "into": ("SELECT INTO", "INTO", "leave it out"),
    "locks": ("FOR UPDATE or FOR SHARE", "FOR", "leave it out"),
    "method": ("NATURAL JOIN", "NATURAL", "write ON"),
    "on": ("DISTINCT ON", "ON", "use GROUP BY with min() or max()"),
    "only": ("ONLY", "ONLY", "leave it out"),
    "sample": ("TABLESAMPLE", "TABLESAMPLE", "leave it out"),
    "symmetric": ("BETWEEN SYMMETRIC", "SYMMETRIC", "write the smaller one first"),
    "using": ("DELETE ... USING", "USING", "name the rows by IN (SELECT ...)"),
    "with_ties": ("FETCH ... WITH TIES", "TIES", "leave it out"),
}
"""What people call an argument that no rule takes: its feature, a word of it, and what to do."""

_NAMES: Mapping[type[exp.Expr], str] = {exp.Window: "OVER"}
"""What people call a node that the parser calls otherwise."""

_AFTER_A_LIST = frozenset({",", ")", ";", "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "RETURNING"})
"""What no member of a list begins with."""

_STATEMENTS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "VALUES", "TABLE", "("})


CLAUSES = (
    "with_",
    "expressions",
    "from_",
    "joins",
    "where",
    "group",
    "having",
    "order",
    "limit",
    "offset",
    "distinct",
)
"""The arguments of a SELECT that have rules."""

Take: TypeAlias = Callable[..., Sequence[Any]]
"""Gives the named arguments of a node, and refuses the others."""


@dataclass(frozen=True)
class Statement:
    """One statement: its text, its tokens, its tree."""

    text: str
    tokens: tuple[Any, ...] = field(repr=False)
    tree: exp.Expr = field(repr=False)

    def take(self, node: exp.Expr, *names: str) -> list[Any]:
        """Return these arguments of a node. Raises NoForm when it has any other."""
        known = {*names, *_PARSERS_NOTES.get(type(node), ())}
        for name, value in node.args.items():
            if value not in (None, False, []) and name not in known:
                raise self._untaken(node, name)
        return [node.args.get(name) for name in names]

    def _untaken(self, node: exp.Expr, name: str) -> NoForm:
        word = name.strip("_").upper().replace("_", " ")
        feature, near, advice = _UNTAKEN.get(
            name, (f"{self.called(node)} with {word}", word.split()[0], "leave it out")
        )
        return self.refused(node, feature, "has no form in JSONSQL", advice, near=near)

    def follows(self, node: exp.Expr, *words: str) -> str:
        """Return which of some words stands nearest before a node, or an empty string."""
        start = self._start(node) or 0
        before = [_word(token) for token in self.tokens if token.start < start]
        return next((one for one in reversed(before) if one in words), "")

    def refused(self, node: exp.Expr, feature: str, reason: str, advice: str, *, near: str = "") -> NoForm:
        """Return the refusal of a node, at the word `near` that is closest to it, or where it begins."""
        return NoForm(feature, reason, advice, **self.place(node, near))

    def place(self, node: exp.Expr, near: str = "") -> dict[str, Any]:
        """Return where the word `near` stands that is closest to a node, or where this begins, as errors take it."""
        return _place(self.text, self._start(node, near))

    def unknown(self, node: exp.Expr, reason: str, hint: str = "") -> StatementRefused:
        """Return the refusal of what a node names."""
        return StatementRefused(reason, hint, **_place(self.text, self._start(node)))

    def called(self, node: exp.Expr) -> str:
        """Return what people call a node: a function as they wrote it."""
        if isinstance(node, exp.Func) and "start" in node.meta:
            return f"{self.text[node.meta['start'] : node.meta['end'] + 1].lower()}()"
        return (
            f"{node.sql_name().lower()}()" if isinstance(node, exp.Func) else _NAMES.get(type(node), node.key.upper())
        )

    def _start(self, node: exp.Expr, near: str = "") -> int | None:
        own = [one.meta["start"] for one in node.walk() if "start" in one.meta]
        start = min(own, default=None)
        if not near:
            return start
        found = [token.start for token in self.tokens if _word(token) == near]
        return min(found, key=lambda one: abs(one - (start or 0)), default=start)


def unwrapped(node: exp.Expr) -> exp.Expr:
    """Return what stands in parentheses, if it does; a select in them stays a subquery."""
    while isinstance(node, exp.Paren):
        node = node.this
    return node


Change: TypeAlias = Callable[[Sequence[Any]], Iterable[Any]]
"""What is done to the tokens of a statement before it is parsed."""


def parse(sql: str, dialect: str = "postgres", change: Change = list) -> Statement:
    """Return the one statement of a text. Raises StatementRefused."""
    try:
        tokens = tuple(sqlglot.tokenize(sql, dialect=dialect))
        _refuse_early(sql, tokens)
        found = sqlglot.Dialect.get_or_raise(dialect).parser().parse(list(change(tokens)), sql)
        trees = [tree for tree in found if tree is not None]
    except ParseError as error:
        raise _not_parsed(sql, error) from None
    except TokenError:
        raise StatementRefused("a text or a name is not closed") from None
    if len(trees) != 1:
        raise StatementRefused("give one statement" if trees else "there is no statement")
    return Statement(sql, tokens, trees[0])


def _refuse_early(sql: str, tokens: tuple[Any, ...]) -> None:
    """Refuse what the parser lets pass: other statements, a comma before nothing, `1_000` as a 1 called _000."""
    first = tokens[0].text.upper() if tokens else "SELECT"
    if first not in _STATEMENTS:
        place = _place(sql, tokens[0].start)
        raise NoForm(first, "is no statement of JSONSQL", "write SELECT, INSERT, UPDATE or DELETE", **place)
    for token, following in zip_longest(tokens, tokens[1:]):
        if token.token_type.name == "COMMA" and (following is None or _word(following) in _AFTER_A_LIST):
            raise StatementRefused("nothing stands after this comma", **_place(sql, token.start))
    for token, following in pairwise(tokens):
        is_glued = token.token_type.name == "NUMBER" and following.start == token.end + 1
        if is_glued and (following.text[:1].isalpha() or following.text[:1] == "_"):
            raise StatementRefused(f"{token.text}{following.text} is no number", **_place(sql, token.start))


def _word(token: Any) -> str:
    """Return a token as SQL compares words: nothing for a text or a quoted name, which may say anything."""
    name = token.token_type.name
    return "" if name == "IDENTIFIER" or name.endswith("STRING") else token.text.upper()


def _not_parsed(sql: str, error: ParseError) -> StatementRefused:
    first = error.errors[0] if error.errors else {}
    line, end = first.get("line"), first.get("col")
    if not line or not end:
        return StatementRefused("not understood as SQL")
    mark = first.get("highlight") or ""
    start = sum(len(one) + 1 for one in sql.split("\n")[: line - 1]) + max(0, end - len(mark))
    return StatementRefused(f"not understood near {mark!r}", **_place(sql, start))


def _place(text: str, start: int | None) -> dict[str, Any]:
    if start is None:
        return {}
    before = text.rfind("\n", 0, start) + 1
    column = start - before + 1
    shown = text[before:].split("\n", 1)[0]
    cut = max(0, column - 1 - _AROUND)
    part = shown[cut : column - 1 + _AROUND].replace("\t", " ")
    return {
        "line": text.count("\n", 0, start) + 1,
        "column": column,
        "excerpt": f"  {part}\n  {' ' * (column - 1 - cut)}^",
    }


def sides(node: exp.Expr, take: Take) -> list[exp.Expr]:
    """Return what a chain of AND or of OR joins, in order; it may be long."""
    found: list[exp.Expr] = []
    pending = [node]
    while pending:
        one = pending.pop()
        if type(one) is type(node):
            left, right = take(one, "this", "expression")
            pending += [right, left]
        else:
            found.append(one)
    return found
