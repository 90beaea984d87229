"""The sqllogictest format (https://www.sqlite.org/sqllogictest): a file is records, apart by blank lines. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

Sort: TypeAlias = Literal["nosort", "rowsort", "valuesort"]

TYPES = frozenset("TIR")
DIVIDER = "----"
_SORTS: tuple[Sort, ...] = get_args(Sort)


class Malformed(Exception):
    """A record that the format does not know. Says file, line and what is wrong."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        self.file, self.line, self.reason = file, line, reason
        super().__init__(f"{file}:{line}: {reason}")


@dataclass(frozen=True)
class Condition:
    """`skipif` or `onlyif`, and the database it names."""

    is_only: bool
    database: str

    def allows(self, database: str) -> bool:
        """Whether a database runs the record."""
        return (self.database.casefold() == database.casefold()) is self.is_only


@dataclass(frozen=True)
class Statement:
    """SQL that must succeed, or fail."""

    line: int
    conditions: tuple[Condition, ...]
    sql: str
    fails: bool


@dataclass(frozen=True)
class Query:
    """SQL that must give `expected`: the values as the file writes them, or the one line that stands for them all."""

    line: int
    conditions: tuple[Condition, ...]
    sql: str
    types: str
    sort: Sort
    label: str | None
    expected: tuple[str, ...]


@dataclass(frozen=True)
class HashThreshold:
    """How many values a result may have before a file holds their hash. Says nothing about what is right."""

    line: int
    conditions: tuple[Condition, ...]
    values: int


@dataclass(frozen=True)
class Halt:
    """The file ends here."""

    line: int
    conditions: tuple[Condition, ...]


Record: TypeAlias = Statement | Query | HashThreshold | Halt


@dataclass(frozen=True)
class _Line:
    number: int
    text: str


def parse(text: str, file: str) -> list[Record]:
    """Read all records of a file. Raises Malformed."""
    return [_record(lines, file) for lines in _groups(text)]


def applies(record: Record, database: str) -> bool:
    """Whether a database runs a record."""
    return all(condition.allows(database) for condition in record.conditions)


def _groups(text: str) -> Iterator[list[_Line]]:
    """Lines that stand together; comments are left out wherever they stand, as by the reference implementation."""
    group: list[_Line] = []
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.removesuffix("\r")
        if line.startswith("#"):
            continue
        if line.strip():
            group.append(_Line(number, line))
        elif group:
            yield group
            group = []
    if group:
        yield group


def _record(lines: Sequence[_Line], file: str) -> Record:
    conditions: list[Condition] = []
    for at, line in enumerate(lines):
        kind, *words = line.text.split()
        if kind in ("skipif", "onlyif"):
            if not words:
                raise Malformed(file, line.number, f"{kind} names no database")
            conditions.append(Condition(kind == "onlyif", words[0]))
            continue
        return _body(kind, words, tuple(conditions), lines[at:], file)
    raise Malformed(file, lines[-1].number, "a condition without a record")


def _body(kind: str, words: list[str], conditions: tuple[Condition, ...], lines: Sequence[_Line], file: str) -> Record:
    number = lines[0].number
    match kind:
        case "statement":
            if words[:1] not in (["ok"], ["error"]):
                raise Malformed(file, number, "a statement is `ok` or `error`")
            return Statement(number, conditions, _sql(lines[0], lines[1:], file), words[0] == "error")
        case "query":
            return _query(words, conditions, lines, file)
        case "hash-threshold":
            if not words or not words[0].isdecimal():
                raise Malformed(file, number, "hash-threshold needs a number")
            return HashThreshold(number, conditions, int(words[0]))
        case "halt":
            return Halt(number, conditions)
    raise Malformed(file, number, f"unknown record {kind!r}")


def _query(words: list[str], conditions: tuple[Condition, ...], lines: Sequence[_Line], file: str) -> Query:
    first = lines[0]
    if not words:
        raise Malformed(file, first.number, "a query without types")
    types, sort, label = words[0], words[1] if words[1:] else "nosort", words[2] if words[2:] else None
    if odd := sorted(set(types) - TYPES):
        raise Malformed(file, first.number, f"unknown type {odd[0]!r}, a type is one of {', '.join(sorted(TYPES))}")
    known = next((one for one in _SORTS if one == sort), None)
    if known is None:
        raise Malformed(file, first.number, f"unknown sort {sort!r}, a sort is one of {', '.join(_SORTS)}")
    end = next((at for at, line in enumerate(lines) if line.text == DIVIDER), len(lines))
    sql = _sql(first, lines[1:end], file)
    return Query(first.number, conditions, sql, types, known, label, tuple(line.text for line in lines[end + 1 :]))


def _sql(first: _Line, lines: Sequence[_Line], file: str) -> str:
    if not lines:
        raise Malformed(file, first.number, "a record without SQL")
    return "\n".join(line.text for line in lines)
