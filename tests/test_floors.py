"""The floor plan, as far as import-linter does not check it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "iptvvtab"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST_FILE, LONGEST_FUNCTION = 400, 60

DRAWERS = {"utils", "util", "helpers", "helper", "common", "lib", "base", "misc", "tools"}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def floor_of(path: Path) -> str:
    """The floor a module stands on: a folder of the package, or a module beside them."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def constants_first(name: str) -> tuple[int, str]:
    """The order that ruff gives `__all__`: CONSTANTS, Classes, functions."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2), name


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every module that a file imports, with its line: also inside functions and for type checkers."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{named(path)}:{node.lineno}: a relative import"
            yield node.lineno, node.module or ""
            for alias in node.names:  # `from iptvvtab.portal import client` would enter by the window, too
                if is_module(f"{node.module}.{alias.name}") and alias.name not in offered(str(node.module)):
                    yield node.lineno, f"{node.module}.{alias.name}"


def is_module(name: str) -> bool:
    return (ROOT / name.replace(".", "/")).with_suffix(".py").exists()


def offered(package: str) -> set[str]:
    """The names that a package's `__init__` imports from its modules: `config.load` is a function there."""
    tree = ast.parse((ROOT / package.replace(".", "/") / "__init__.py").read_text(encoding="utf-8"))
    found = [one for one in ast.walk(tree) if isinstance(one, ast.ImportFrom)]
    return {alias.asname or alias.name for one in found for alias in one.names}


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_floors_are_entered_by_the_door(path: Path) -> None:
    """A package of another floor is imported through its `__init__` only."""
    windows = [
        f"line {line}: {module}"
        for line, module in imports(path)
        if module.startswith("iptvvtab.") and module.count(".") > 1 and module.split(".")[1] != floor_of(path)
    ]
    assert windows == []


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_files_and_functions_stay_small(path: Path) -> None:
    """A file stays under 400 lines, a function under 60 (it wishes to stay under 40)."""
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_FILE
    functions = [one for one in ast.walk(ast.parse(text)) if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef))]
    assert [one.name for one in functions if one.end_lineno - one.lineno >= LONGEST_FUNCTION] == []


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_no_drawers(path: Path) -> None:
    """No module is named after nothing in particular."""
    assert not DRAWERS & set(path.relative_to(PACKAGE).with_suffix("").parts)


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_public_names_are_sorted(path: Path) -> None:
    """`__all__` is sorted and names what is there."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
            names = ast.literal_eval(node.value)
            assert len(set(names)) == len(names)
            assert names in (sorted(names), sorted(names, key=constants_first))


def test_contracts_are_kept() -> None:
    """import-linter, as `make lint` runs it, finds every contract kept."""
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stdout


def test_make_checks_the_contracts() -> None:
    """`make lint` runs import-linter, and `make test` runs `make lint`."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "lint-imports" in makefile
    assert next(line for line in makefile.splitlines() if line.startswith("test:")).count("lint")
