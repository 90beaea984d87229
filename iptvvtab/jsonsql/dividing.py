"""A SELECT divided into what the portal answers and what SQLite makes of it. Pure.

What is one document as it stands (judging) needs no division. Of others the selects within are looked at, from the
outside in: arms of UNION, WITH, selects in FROM and in expressions. Each that is exact is a share, asked as a document.
Where a select is not, its tables of the portal are: by the columns that the statement reads, under those parts of
WHERE that are about them alone. The text around stays as it was written. All of a statement is divided, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import sqlglot
from sqlglot import TokenType
from sqlglot.errors import TokenError

from iptvvtab.errors import NotExact, StatementRefused
from iptvvtab.jsonsql.answering import Rest
from iptvvtab.jsonsql.clauses import Clauses, Core, Definition
from iptvvtab.jsonsql.judging import Bindings, spelled
from iptvvtab.jsonsql.judging.scopes import folded

if TYPE_CHECKING:
    from iptvvtab.jsonsql.encoding import Encoded

_NAMES = (TokenType.VAR, TokenType.IDENTIFIER)
_ONE_SIDED = (TokenType.RIGHT, TokenType.FULL)

Ask: TypeAlias = "Callable[[str, Rest], Encoded]"
"""Returns a select as a document, of which SQLite does the rest. Raises NotExact, StatementRefused."""


@dataclass(frozen=True, slots=True)
class Used:
    """What is read of a table: columns, at least one. `order`: by which of them virtual tables hand out its rows."""

    columns: tuple[str, ...]
    order: str | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A select that the portal is asked, in place of its text.

    `is_arm`: nothing may stand behind it. `name`: of a table that is read by itself, what the statement calls it;
    `is_narrowed`: some of WHERE travels.
    """

    sql: str
    encoded: Encoded
    is_arm: bool = False
    name: str = ""
    is_narrowed: bool = False


Accept: TypeAlias = Callable[[Share], None]
"""Looks at a share as soon as it is found. Raises NotExact for one that is not worth it."""


@dataclass(frozen=True, slots=True)
class _Text:
    """What stays as it was written, and the names in it."""

    sql: str
    words: frozenset[str] = frozenset()


_Piece: TypeAlias = _Text | Share


def divided(
    sql: str, bindings: Bindings, schema: str, tables: Mapping[str, Used], ask: Ask, accept: Accept = lambda _: None
) -> tuple[str | Share, ...]:
    """Return the text of a statement in pieces, of which its shares are asked.

    `tables`: those of the portal that it reads, by their names in small letters. Raises NotExact, StatementRefused.
    """
    try:
        text = spelled(sql, sqlglot.tokenize(sql, dialect="sqlite"), bindings)
        clauses = Clauses(text)
        pieces = _Division(clauses, schema, tables, ask, accept).statement(0, len(clauses.tokens), ())
    except TokenError:
        raise StatementRefused("a text or a name is not closed") from None
    except RecursionError:
        raise StatementRefused("the statement is nested too deeply") from None
    return tuple(one.sql if isinstance(one, _Text) else one for one in pieces)


class _Division:
    """Divides one text. Places are those of tokens; ends are exclusive."""

    def __init__(self, clauses: Clauses, schema: str, tables: Mapping[str, Used], ask: Ask, accept: Accept) -> None:
        self._clauses = clauses
        self._tokens = clauses.tokens
        self._schema, self._tables, self._ask = folded(schema), tables, ask
        self._accept = accept

    def statement(self, first: int, end: int, visible: tuple[Definition, ...]) -> list[_Piece]:
        """Return a select with what it is combined with, and WITH. `visible`: what WITH further out defines."""
        body, own = self._clauses.definitions(first, end)
        if {one.name for one in own} & {one.name for one in visible} or len({one.name for one in own}) < len(own):
            raise NotExact("WITH", "it defines a name twice")
        arms, tail = self._clauses.arms(body, end)
        pieces: list[_Piece] = []
        for number, (start, stop) in enumerate(arms):
            if number:
                pieces.append(self._words(arms[number - 1][1], start))
            found = self._share(start, stop, (*visible, *own), is_arm=True) if len(arms) > 1 else None
            pieces += [found] if found else self._core(start, stop if len(arms) > 1 else end, (*visible, *own))
        if len(arms) > 1:
            pieces.append(self._words(tail, end))
        return [*self._with(first, own, visible, pieces), *pieces]

    def _with(
        self, first: int, own: Sequence[Definition], visible: tuple[Definition, ...], pieces: Sequence[_Piece]
    ) -> list[_Piece]:
        """Return WITH and those of its definitions that the text behind it still names."""
        found: list[_Piece] = []
        for number, one in reversed(list(enumerate(own))):
            if not any(one.name in piece.words for piece in (*pieces, *found) if isinstance(piece, _Text)):
                continue
            block = self._block(one.first, one.end, (*visible, *own[:number]))
            comma = [_Text(", ")] if found else []
            found = [self._words(one.start, one.first), *block, _Text(") "), *comma, *found]
        if not found:
            return []
        is_recursive = self._tokens[first + 1].token_type is TokenType.RECURSIVE
        return [_Text("WITH RECURSIVE " if is_recursive else "WITH "), *found]

    def _block(self, first: int, end: int, visible: tuple[Definition, ...]) -> list[_Piece]:
        """Return what stands in parentheses."""
        found = self._share(first, end, visible)
        return [found] if found else self.statement(first, end, visible)

    def _share(self, first: int, end: int, visible: tuple[Definition, ...], *, is_arm: bool = False) -> Share | None:
        """Return a select as a document, or None if it is none."""
        if self._is_native(first, end, visible):
            return None
        start, own = self._clauses.definitions(first, end)
        sql = f"{self._prefix((*visible, *own))}{self._clauses.between(start, end)}"
        try:
            encoded = self._ask(sql, Rest.STATEMENT)
        except (NotExact, StatementRefused):
            return None
        share = Share(sql, _first(encoded) if not is_arm and self._is_tested(first) else encoded, is_arm)
        self._accept(share)
        return share

    def _core(self, first: int, end: int, visible: tuple[Definition, ...]) -> list[_Piece]:
        """Return a select that is no document: the text around its tables and the selects within it."""
        leaves = dict(self._leaves(self._clauses.core(first, end), visible))
        pieces: list[_Piece] = []
        at = done = first
        while at < end:
            if at in leaves:
                behind, leaf = leaves[at]
                pieces += [self._words(done, at), *leaf]
                at = done = behind
            elif self._clauses.opens(at):
                pieces += [self._words(done, at + 1), *self._block(at + 1, self._clauses.closing[at], visible)]
                at = done = self._clauses.closing[at]
            elif self._table(at) is not None:
                raise NotExact("a table of the portal", "it is named elsewhere than in FROM")
            else:
                at += 1
        return [*pieces, self._words(done, end)]

    def _leaves(self, core: Core, visible: tuple[Definition, ...]) -> Iterator[tuple[int, tuple[int, list[_Piece]]]]:
        """Yield where a table of the portal stands, where what follows it does, and what stands in its place."""
        for number, at in enumerate(core.sources):
            if at < core.end and self._tokens[at].token_type is TokenType.L_PAREN and not self._clauses.opens(at):
                raise NotExact("FROM", "it has a join in parentheses")
            table = self._table(at)
            if table is None:
                continue
            if TokenType.NATURAL in core.kinds:
                raise NotExact("NATURAL JOIN", "it is about columns that nobody names")
            behind = at + 3
            if behind < core.end and self._tokens[behind].token_type is TokenType.ALIAS:
                behind += 1
            is_named = behind < core.end and self._tokens[behind].token_type in _NAMES
            name = self._tokens[behind if is_named else at + 2].text
            share = self._leaf(core, table, name, visible, is_first=not number)
            yield at, (behind + is_named, [_Text("("), share, _Text(f") AS {_quoted(name)} ")])

    def _leaf(self, core: Core, table: str, name: str, visible: tuple[Definition, ...], *, is_first: bool) -> Share:
        """Return what is read of a table under those parts of WHERE that are about it alone, and exact."""
        may_travel = not any(core.kinds[one] for one in _ONE_SIDED) and (is_first or not core.kinds[TokenType.LEFT])
        tests: list[str] = []
        for first, end in self._clauses.conjuncts(*core.where) if may_travel else ():
            test = f"({self._clauses.between(first, end)})"
            tests += [test] if self._takes(self._read(table, _quoted(name), [test], visible)) else []
        sql = self._read(table, _quoted(name), tests, visible)
        share = Share(sql, self._ask(sql, Rest.WHERE), name=folded(name), is_narrowed=bool(tests))
        self._accept(share)
        return share

    def _read(self, table: str, name: str, tests: Sequence[str], visible: tuple[Definition, ...]) -> str:
        """Return a select of what is read of a table, in the order in which virtual tables hand it out."""
        used = self._tables[table]
        prefix = self._prefix(visible) if tests else ""
        shown = ", ".join(f"{name}.{_quoted(one)}" for one in used.columns)
        where = f" WHERE {' AND '.join(tests)}" if tests else ""
        order = f" ORDER BY {name}.{_quoted(used.order)}" if used.order else ""
        return f"{prefix}SELECT {shown} FROM {_quoted(self._schema)}.{_quoted(table)} AS {name}{where}{order}"

    def _takes(self, sql: str) -> bool:
        try:
            self._ask(sql, Rest.WHERE)
        except (NotExact, StatementRefused):
            return False
        return True

    def _prefix(self, visible: Sequence[Definition]) -> str:
        """Return WITH for a select that is taken out of its place."""
        listed = ", ".join(self._clauses.between(one.start, one.end + 1) for one in visible)
        return f"WITH {listed} " if listed else ""

    def _is_native(self, first: int, end: int, visible: Sequence[Definition]) -> bool:
        """Return whether a select surely reads nothing of the portal."""
        words = self._words(first, end).words
        return self._schema not in words and not any(one.name in words for one in visible)

    def _table(self, at: int) -> str | None:
        """Return the table of the portal that is named at a place, in small letters."""
        listed = self._tokens[at : at + 3]
        if [one.token_type for one in listed[1:2]] != [TokenType.DOT] or len(listed) < 3:
            return None
        schema, _, table = (folded(one.text) for one in listed)
        return table if schema == self._schema and table in self._tables else None

    def _is_tested(self, first: int) -> bool:
        """Return whether it matters of a select in parentheses alone whether it has a row."""
        return first > 1 and self._tokens[first - 2].token_type is TokenType.EXISTS

    def _words(self, first: int, end: int) -> _Text:
        names = (folded(one.text) for one in self._tokens[first:end])
        return _Text(f"{self._clauses.between(first, end)} ", frozenset(names))


def _first(encoded: Encoded) -> Encoded:
    """Return what asks for one row, any one; as it was, if some are left out."""
    answering = encoded.answering
    assert answering is not None
    if answering.most_rows is not None or answering.skipped or answering.tail:
        return encoded
    own = replace(answering, most_rows=1, order=(), kept=None)
    return replace(encoded, params={**encoded.params, "limit": 1}, answering=own)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
