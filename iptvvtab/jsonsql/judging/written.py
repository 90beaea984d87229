"""The text of a statement, item by item: SQLite names columns by it, and some of it SQLite shall read again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import TokenType

from iptvvtab.jsonsql.judging.bindings import Bindings, bound

_BLANKS = " \t\n\v\f\r"
_MODIFIERS = (TokenType.DISTINCT, TokenType.ALL)
_AFTER_ORDER = (TokenType.LIMIT, TokenType.OFFSET, TokenType.SEMICOLON)


@dataclass(frozen=True, slots=True)
class Word:
    """A token: what it means to the parser, and how it is written where SQLite shall read it; where the text has it."""

    kind: TokenType
    text: str
    written: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list: its words, and its text with what follows it up to the next comma."""

    words: tuple[Word, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Written:
    """The items of the outermost SELECT and of its ORDER BY, as they were written."""

    items: list[Item]
    order: list[Item]


def written(text: str, tokens: Sequence[Any], read: Sequence[Any]) -> Written:
    """Return what stands in the outermost select. `read`: the tokens of the text with values that are bound."""
    own = set(map(id, tokens))
    words = [_word(one, text[one.start : one.end + 1] if id(one) in own else None) for one in read]
    return Written(list(_items(text, words, TokenType.SELECT)), list(_items(text, words, TokenType.ORDER_BY)))


def spelled(text: str, tokens: Sequence[Any], bindings: Bindings) -> str:
    """Return a text with the values that are bound to it written into it. Raises NotExact."""
    read = bound(tokens, bindings)
    own = set(map(id, read)) & set(map(id, tokens))
    waiting = iter([*read, None])
    parts: list[str] = []
    following, at = next(waiting), 0
    for token in tokens:
        parts.append(text[at : token.start])
        at = token.end + 1
        if id(token) in own:
            parts.append(text[token.start : at])
            following = next(waiting)
            continue
        while following is not None and id(following) not in own:
            parts.append(_word(following, None).written)
            following = next(waiting)
    return "".join([*parts, text[at:]])


def _word(token: Any, written: str | None) -> Word:
    """Return a token, or a value that stands in the place of a parameter."""
    if written is None:
        is_text = token.token_type is TokenType.STRING
        written = "'" + token.text.replace("'", "''") + "'" if is_text else token.text
    return Word(token.token_type, token.text, written, token.start, token.end)


def _items(text: str, words: Sequence[Word], opening: TokenType) -> Iterator[Item]:
    """Yield the items of the first list behind a word that stands within no parentheses."""
    depth, is_within = 0, False
    before = None
    held: list[Word] = []
    for word in words:
        ends = is_within and depth == 0 and _ends(word.kind, before, opening)
        if ends or (is_within and depth == 0 and word.kind is TokenType.COMMA):
            if held:
                yield Item(tuple(held), text[held[0].start : word.start].strip(_BLANKS))
            held = []
            if ends:
                return
        elif is_within and (held or word.kind not in _MODIFIERS):
            held.append(word)
        is_within = is_within or (depth == 0 and word.kind is opening)
        depth += (word.kind is TokenType.L_PAREN) - (word.kind is TokenType.R_PAREN)
        before = word.kind
    if held:
        yield Item(tuple(held), text[held[0].start :].strip(_BLANKS))


def _ends(kind: TokenType, before: TokenType | None, opening: TokenType) -> bool:
    if opening is TokenType.ORDER_BY:
        return kind in _AFTER_ORDER
    return kind is TokenType.FROM and before is not TokenType.DISTINCT  # IS DISTINCT FROM
