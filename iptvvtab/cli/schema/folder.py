"""Where the YAML of a table goes: into the file that has it already, else into one of its own."""

from __future__ import annotations

from pathlib import Path

from iptvvtab.errors import SchemaFileError
from iptvvtab.yamltext import Malformed, parse

_SUFFIXES = (".yaml", ".yml")


class Files:
    """A folder of tables, or one file of them; `written` lists what was changed, in order."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._is_file = place.suffix in _SUFFIXES
        self._homes = {} if self._is_file else dict(self._found())
        self.written: list[Path] = []

    def path(self, table: str) -> Path:
        """Return the file that holds a table, or will."""
        return self._place if self._is_file else self._homes.get(table.casefold(), self._place / f"{table}.yaml")

    def text(self, table: str) -> str:
        """Return the text of that file, empty when there is none yet."""
        path = self.path(table)
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def write(self, table: str, text: str) -> None:
        """Replace that file as a whole."""
        path = self.path(table)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.new")
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
        self.written.append(path)

    def _found(self) -> list[tuple[str, Path]]:
        paths = sorted(path for path in self._place.glob("*") if path.suffix in _SUFFIXES)
        return [(name.casefold(), path) for path in paths for name in _tables(path)]


def _tables(path: Path) -> list[str]:
    try:
        document = parse(path.read_text(encoding="utf-8")).value
    except Malformed as error:
        raise SchemaFileError(str(path), error.line, error.path, error.reason) from None
    tables = document.get("schemas") if isinstance(document, dict) else None
    return [str(name) for name in tables] if isinstance(tables, dict) else []
