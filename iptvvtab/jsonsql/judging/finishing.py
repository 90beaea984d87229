"""Expressions that SQLite works out over the answer: the portal lacks them, but has all that they are made of.

The text stays as it was written; only columns and aggregates in it are replaced. It is read twice: the tree tells what
the portal has to answer, and the tokens prove that nothing else in it has a meaning outside of SQLite.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest
from operator import itemgetter

from sqlglot import TokenType, exp

from iptvvtab.jsonsql.judging.parts import Finish, Output
from iptvvtab.jsonsql.judging.written import Word

FUNCTIONS = frozenset(
    (
        *("abs", "char", "coalesce", "concat", "concat_ws", "format", "glob", "hex", "if", "ifnull", "iif", "instr"),
        *("length", "like", "lower", "ltrim", "max", "min", "nullif", "octet_length", "printf", "quote", "replace"),
        *("round", "rtrim", "sign", "substr", "substring", "trim", "typeof", "unhex", "unicode", "upper"),
        *("date", "time", "datetime", "julianday", "strftime", "timediff", "unixepoch"),
        *("acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "ceil", "ceiling", "cos", "cosh", "degrees"),
        *("exp", "floor", "ln", "log", "log10", "log2", "mod", "pi", "pow", "power", "radians", "sin", "sinh", "sqrt"),
        *("tan", "tanh", "trunc", "json", "json_array", "json_array_length", "json_extract", "json_object"),
        *("json_quote", "json_type", "json_valid"),
    )
)
"""SQLite's functions of values alone, which have no state."""

_WORDS = frozenset(
    (
        *("and", "or", "not", "is", "isnull", "notnull", "null", "in", "between", "like", "glob", "escape", "distinct"),
        *("from", "case", "when", "then", "else", "end", "cast", "true", "false"),
    )
)
_NAMED = {
    "as": frozenset(("text", "integer", "int", "real", "numeric", "blob")),
    "collate": frozenset(("binary", "nocase", "rtrim")),
}
"""What may be named after a word: types of casts, collations."""

_WITHIN = (exp.Query, exp.Subquery, exp.Exists, exp.Window, exp.Filter, exp.Star, exp.Placeholder, exp.Parameter)
_LEAVES = (exp.Column, exp.Count, exp.Sum, exp.Avg, exp.Min, exp.Max)
_COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.NullSafeEQ, exp.NullSafeNEQ)
_BY_AFFINITY = (*_COMPARED, exp.In, exp.Between, exp.Case)
"""What depends on the type that SQLite thinks a column has."""

_LITERALS = (TokenType.STRING, TokenType.NUMBER, TokenType.HEX_STRING)
_SIGNS = frozenset("+-*/%|&<>=!~(),.")
_SORTED = frozenset(("asc", "desc", "nulls", "first", "last"))

Leaf = Callable[[exp.Expr], Output]
"""Judges a column or an aggregate. Raises NotExact."""


def finished(name: str | None, node: exp.Expr, words: Sequence[Word], leaf: Leaf) -> Finish | None:
    """Return an expression that SQLite works out, which is written in these words; None if it cannot.

    Raises NotExact for what it is made of.
    """
    walked = list(node.walk(prune=is_leaf))
    leaves = sorted({_start(one): one for one in walked if is_leaf(one)}.items(), key=itemgetter(0))
    texts = _texts(words, [_span(one, start, words) for start, one in leaves])
    if texts is None or any(isinstance(one, _WITHIN) for one in walked):
        return None
    outputs = [leaf(one) for _, one in leaves]
    if any(isinstance(one, _BY_AFFINITY) for one in walked) and any(map(_is_made, outputs)):
        return None
    return Finish(name, tuple(piece for pair in zip_longest(texts, outputs) for piece in pair if piece is not None))


def unnamed(node: exp.Expr, words: Sequence[Word]) -> Sequence[Word]:
    """Return the words of an item of a select without its name."""
    alias = node.parent.args.get("alias") if isinstance(node.parent, exp.Alias) else None
    if alias is None:
        return words
    end = next((at for at, one in enumerate(words) if one.start == alias.meta.get("start")), len(words))
    return words[: end - 1] if words[end - 1].kind is TokenType.ALIAS else words[:end]


def unsorted(words: Sequence[Word]) -> Sequence[Word]:
    """Return the words of an item of ORDER BY without those that say which way."""
    end = len(words)
    while end > 1 and words[end - 1].written.lower() in _SORTED:
        end -= 1
    return words[:end]


def is_leaf(node: exp.Expr) -> bool:
    """Return whether the portal is asked for it: a column, or an aggregate."""
    return isinstance(node, _LEAVES) or (isinstance(node, exp.Anonymous) and node.name.lower() == "total")


def _start(node: exp.Expr) -> int:
    own = [one.meta["start"] for one in (node, *node.find_all(exp.Identifier)) if "start" in one.meta]
    return min(own, default=-1)


def _span(node: exp.Expr, start: int, words: Sequence[Word]) -> tuple[int, int] | None:
    """Return where the words of a column or of an aggregate begin, and where those behind them do."""
    first = next((at for at, one in enumerate(words) if one.start == start), len(words))
    if isinstance(node, exp.Column):
        behind = first + 2 * len(node.parts) - 1
        is_there = behind <= len(words) and words[behind - 1].start == node.this.meta.get("start")
        return (first, behind) if is_there else None
    depth = 0
    for at in range(first + 1, len(words)):
        depth += (words[at].kind is TokenType.L_PAREN) - (words[at].kind is TokenType.R_PAREN)
        if depth == 0:
            return first, at + 1
    return None


def _texts(words: Sequence[Word], spans: Sequence[tuple[int, int] | None]) -> list[str] | None:
    """Return what is written around such places; None if any is not found, or a name in it is not SQLite's own."""
    found: list[str] = []
    at = 0
    for span in (*spans, (len(words), len(words))):
        if span is None or not all(_is_own(one, words) for one in range(at, span[0])):
            return None
        found.append(_text(words[at : span[0]]))
        at = span[1]
    return found


def _text(words: Sequence[Word]) -> str:
    """Return words as they were written."""
    found = ""
    before: Word | None = None
    for word in words:
        is_glued = before is not None and before.end + 1 == word.start
        found += word.written if is_glued else f" {word.written}"
        before = word
    return found


def _is_own(at: int, words: Sequence[Word]) -> bool:
    word = words[at]
    if "\0" in word.written:
        return False
    if word.kind in _LITERALS or (word.text and set(word.text) <= _SIGNS):
        return True
    name = word.text.lower()
    if at + 1 < len(words) and words[at + 1].kind is TokenType.L_PAREN and name in FUNCTIONS:
        return word.kind is not TokenType.IDENTIFIER
    before = words[at - 1].text.lower() if at else ""
    return word.kind is not TokenType.IDENTIFIER and (
        all(one in _WORDS or one in _NAMED for one in name.split()) or name in _NAMED.get(before, ())
    )


def _is_made(output: Output) -> bool:
    """Return whether it is a column of a select within, and no column of a table there."""
    [known, *_] = output.parts
    return isinstance(known.tree, exp.Column) and known.origin is None
