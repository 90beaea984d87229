"""Parameters of statements: `-p name value` is text, `-j name JSON` anything that JSON can say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import NoReturn

from iptvvtab.errors import UsageError, did_you_mean
from iptvvtab.types import Json, Value

_LOWEST, _HIGHEST = -(2**63), 2**63 - 1


class Parameters:
    """Values by name, or by place counted from 1; it remembers which were of use. `how`: what gives one its value."""

    def __init__(self, values: Mapping[str, Value], how: str = "-p {name} VALUE") -> None:
        self._how = how
        self._values = dict(values)
        self._used: set[str] = set()

    def bindings(self, names: Sequence[str | None]) -> tuple[Value, ...]:
        """Return the values of a statement's parameters in their order. Raises UsageError when one is missing."""
        wanted = _in_words(names)
        for name in wanted:
            if name not in self._values:
                hint = did_you_mean(name, self._values)
                advice = self._how.format(name=name)
                raise UsageError(f"parameter {name!r} of the statement has no value{hint}; {advice} gives it one")
        self._used.update(wanted)
        return tuple(self._values[name] for name in wanted)

    def has(self, names: Sequence[str | None]) -> bool:
        """Return whether every parameter of a statement has a value."""
        return set(_in_words(names)) <= set(self._values)

    @property
    def unused(self) -> list[str]:
        """The names that no statement asked for."""
        return [name for name in self._values if name not in self._used]


def _in_words(names: Sequence[str | None]) -> list[str]:
    """Return the names of a statement's parameters; those without one are called by their place."""
    return [name or str(place) for place, name in enumerate(names, start=1)]


def read_parameters(texts: Iterable[tuple[str, str]], documents: Iterable[tuple[str, str]]) -> Parameters:
    """Return parameters from the words of a command line. Raises UsageError."""
    values: dict[str, Value] = {}
    for pairs, read in ((texts, _text), (documents, _value)):
        for name, written in pairs:
            name = name.lstrip(":@$?")
            if name in values:
                raise UsageError(f"parameter {name!r} is given twice")
            values[name] = read(name, written)
    return Parameters(values)


def _text(name: str, written: str) -> Value:
    return written


def _value(name: str, written: str) -> Value:
    def refuse(constant: str) -> NoReturn:
        raise ValueError(f"{constant} is no JSON")

    try:
        value: Json = json.loads(written, parse_constant=refuse)
    except ValueError as error:
        raise UsageError(f"parameter {name!r}: not JSON: {error} (a text needs quotes: -p {name} VALUE)") from None
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int) and not _LOWEST <= value <= _HIGHEST:
        raise UsageError(f"parameter {name!r}: SQLite has no integer of more than 64 bits")
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    plain: Value = value
    return plain
