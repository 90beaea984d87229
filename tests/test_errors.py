"""The error tree that the module draws is the one that Python has."""

from __future__ import annotations

import re

import pytest

from iptvvtab import errors

NAME = re.compile(r"\b[A-Z][a-z]\w+\b")
CLASSES = {name: value for name, value in vars(errors).items() if isinstance(value, type)}


def drawn() -> dict[str, str]:
    """Each error of the drawing with the one it stands under."""
    parents: dict[str, str] = {}
    path: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        names = [name for name in NAME.findall(line[:26]) if name in CLASSES]
        if re.fullmatch(r" +(\w+, )+\w+", line):
            names = line.split(", ")
        indent = len(line) - len(line.lstrip())
        if not names or indent < 4:
            continue
        path = [(depth, name) for depth, name in path if depth < indent]
        for name in names:
            parents[name.strip()] = path[-1][1] if path else "Exception"
        path.append((indent, names[0].strip()))
    return parents


def test_every_error_is_drawn_under_its_parent() -> None:
    """Whoever catches by the drawing catches what it says."""
    assert drawn() == {name: value.__bases__[0].__name__ for name, value in CLASSES.items()}


@pytest.mark.parametrize("error", CLASSES.values(), ids=CLASSES)
def test_every_error_knows_its_exit_code(error: type[errors.Error]) -> None:
    """Exit codes are those of the command line's table; 1 is left to bugs and to the root itself."""
    documented = {2, 3, 4, 5, 6, 7, 130}
    assert error.exit_code in documented or error is errors.Error
