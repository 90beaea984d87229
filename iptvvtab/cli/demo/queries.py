"""The queries of the demo: files of `sql/demo`, each a question, notes and one statement."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_INSTALLED = Path(__file__).parents[2] / "data" / "sql" / "demo"
_CHECKED_OUT = Path(__file__).parents[3] / "sql" / "demo"


@dataclass(frozen=True, slots=True)
class Query:
    """One file, `NN-words.sql`: the first comment is the question, the others are notes."""

    name: str
    question: str
    notes: tuple[str, ...]
    sql: str

    def is_called(self, name: str) -> bool:
        """Tell whether a name means this query: `12-busy-hour`, `busy-hour`, `12`."""
        number, _, words = self.name.partition("-")
        return name in (self.name, words) or (name.isdecimal() and int(name) == int(number))


def queries() -> tuple[Query, ...]:
    """Return all of them, in the order of their numbers."""
    return tuple(_read(path) for path in sorted(_folder().glob("*.sql")))


def _read(path: Path) -> Query:
    lines = path.read_text(encoding="utf-8").splitlines()
    comments = [line.removeprefix("--").strip() for line in lines if line.startswith("--")]
    statement = "\n".join(line for line in lines if not line.startswith("--"))
    return Query(path.stem, comments[0], tuple(comments[1:]), statement.strip())


def _folder() -> Path:
    """Return where the files are: in the installed package, or in the checkout."""
    return _INSTALLED if _INSTALLED.is_dir() else _CHECKED_OUT
