"""The statements of the corpus: `corpus/GROUP.sql`, a rule per comment, a statement per line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

FOLDER = Path(__file__).parent / "corpus"
BIND = "bind:"


@dataclass(frozen=True)
class Statement:
    """One line of SQL, the group and rule it stands for, and what is bound to it."""

    group: str
    rule: str
    number: int
    sql: str
    bindings: Any

    def __str__(self) -> str:
        return f"{self.group}: {self.rule} {self.number}"

    @property
    def lot(self) -> int:
        """A number that samples go by: the same in every run, whatever statements stand before it."""
        return crc32(f"{self.sql}{self.bindings}".encode())


def statements(folder: Path = FOLDER) -> Iterator[Statement]:
    """Read all statements. A comment names a rule; `-- bind: {...}` binds values to the next statement."""
    for file in sorted(folder.glob("*.sql")):
        rule, number, bindings = "", 0, None
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("-- " + BIND):
                bindings = json.loads(line.removeprefix("-- " + BIND))
            elif line.startswith("-- "):
                rule, number = line.removeprefix("-- "), 0
            elif line:
                number += 1
                yield Statement(file.stem, rule, number, line, bindings)
                bindings = None


CORPUS = tuple(statements())
