"""Where the parts of a statement's text are, by its tokens: WITH, selects that are combined, FROM, WHERE. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlglot
from sqlglot import TokenType

from iptvvtab.errors import NotExact
from iptvvtab.jsonsql.judging.scopes import folded

_QUERIES = (TokenType.SELECT, TokenType.WITH, TokenType.VALUES)
_COMPOUND = (TokenType.UNION, TokenType.EXCEPT, TokenType.INTERSECT)
_AFTER_ARMS = (TokenType.ORDER_BY, TokenType.LIMIT)
_AFTER_FROM = (TokenType.WHERE, TokenType.GROUP_BY, TokenType.HAVING, TokenType.WINDOW, *_AFTER_ARMS)
_AFTER_WHERE = _AFTER_FROM[1:]
_BEFORE_SOURCES = (TokenType.FROM, TokenType.JOIN, TokenType.COMMA)


@dataclass(frozen=True, slots=True)
class Definition:
    """An expression of WITH: its name, where it begins and where its select does, and ends."""

    name: str
    start: int
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Core:
    """A select without those that it is combined with, and where its WHERE begins and ends.

    `sources`: where each source of FROM begins; `kinds`: how often which token stands between them.
    """

    first: int
    end: int
    where: tuple[int, int]
    sources: tuple[int, ...]
    kinds: Counter[TokenType]


class Clauses:
    """The tokens of one statement. Places are theirs; ends are exclusive. Raises TokenError."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Any] = sqlglot.tokenize(text, dialect="sqlite")
        while self.tokens and self.tokens[-1].token_type is TokenType.SEMICOLON:
            self.tokens.pop()
        self.closing = dict(_pairs(self.tokens))

    def between(self, first: int, end: int) -> str:
        """Return the text from one place up to another."""
        return self.text[self.tokens[first].start : self.tokens[end - 1].end + 1] if first < end else ""

    def definitions(self, first: int, end: int) -> tuple[int, list[Definition]]:
        """Return where the select behind WITH begins, and what is defined there."""
        if first >= end or self.tokens[first].token_type is not TokenType.WITH:
            return first, []
        at = first + 1 + (self.tokens[first + 1].token_type is TokenType.RECURSIVE)
        found: list[Definition] = []
        while True:
            start = at
            at = self._next((TokenType.ALIAS,), at, end)
            opening = next((one for one in range(at, end) if self.opens(one)), end)
            if opening == end:
                raise NotExact("WITH", "no select stands behind AS")
            found.append(Definition(folded(self.tokens[start].text), start, opening + 1, self.closing[opening]))
            at = self.closing[opening] + 1
            if at >= end or self.tokens[at].token_type is not TokenType.COMMA:
                return at, found
            at += 1

    def arms(self, first: int, end: int) -> tuple[list[tuple[int, int]], int]:
        """Return the selects that are combined, and where what is about all of them begins."""
        marks = [at for at in self._level(first, end) if self.tokens[at].token_type in _COMPOUND]
        if not marks:
            return [(first, end)], end
        tail = self._next(_AFTER_ARMS, marks[-1], end)
        starts = [first, *(at + 1 + (self.tokens[at + 1].token_type is TokenType.ALL) for at in marks)]
        return list(zip(starts, [*marks, tail], strict=True)), tail

    def core(self, first: int, end: int) -> Core:
        """Return where a select has its clauses."""
        start = self._next((TokenType.FROM,), first, end)
        while start < end and self.tokens[start - 1].token_type is TokenType.DISTINCT:  # IS DISTINCT FROM
            start = self._next((TokenType.FROM,), start + 1, end)
        stop = self._next(_AFTER_FROM, start, end)
        where = self._next((TokenType.WHERE,), stop, end)
        found = [(at, self.tokens[at].token_type) for at in self._level(start, stop)]
        sources = tuple(at + 1 for at, kind in found if kind in _BEFORE_SOURCES)
        behind = self._next(_AFTER_WHERE, where, end)
        return Core(first, end, (where + 1, behind), sources, Counter(kind for _, kind in found))

    def conjuncts(self, first: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield what AND joins: nothing is taken apart beside OR."""
        level = [(at, self.tokens[at].token_type) for at in self._level(first, end)]
        kinds = {kind for _, kind in level}
        if TokenType.OR in kinds or TokenType.CASE in kinds:
            yield first, end
            return
        start, between = first, 0
        for at, kind in level:
            between += kind is TokenType.BETWEEN
            if kind is TokenType.AND and between:
                between -= 1
            elif kind is TokenType.AND:
                yield start, at
                start = at + 1
        if start < end:
            yield start, end

    def opens(self, at: int) -> bool:
        """Return whether a select in parentheses begins here."""
        following = self.tokens[at + 1 : at + 2]
        is_opening = self.tokens[at].token_type is TokenType.L_PAREN
        return is_opening and any(one.token_type in _QUERIES for one in following)

    def _level(self, first: int, end: int) -> Iterator[int]:
        """Yield the places that stand in no further parentheses."""
        at = first
        while at < end:
            yield at
            at = self.closing.get(at, at) + 1

    def _next(self, kinds: Iterable[TokenType], first: int, end: int) -> int:
        return next((at for at in self._level(first, end) if self.tokens[at].token_type in kinds), end)


def _pairs(tokens: Sequence[Any]) -> Iterator[tuple[int, int]]:
    """Yield where parentheses open, and close."""
    opened: list[int] = []
    for at, token in enumerate(tokens):
        if token.token_type is TokenType.L_PAREN:
            opened.append(at)
        elif token.token_type is TokenType.R_PAREN and opened:
            yield opened.pop(), at
