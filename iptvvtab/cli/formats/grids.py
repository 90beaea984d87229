"""table, box and md: rows for eyes. Widths count what a terminal shows: two places for a wide character."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TextIO

from rich.cells import cell_len

from iptvvtab.cli.formats.style import Style, cell, visible
from iptvvtab.types import Row, Value


@dataclass(frozen=True, slots=True)
class _Grid:
    """Cells as text."""

    names: list[str]
    lines: list[list[str]]
    widths: list[int]
    is_right: list[bool]

    def padded(self, line: Sequence[str]) -> list[str]:
        return [
            " " * (width - cell_len(text)) + text if right else text + " " * (width - cell_len(text))
            for text, width, right in zip(line, self.widths, self.is_right, strict=True)
        ]


def _grid(columns: Sequence[str], rows: Iterable[Row], style: Style) -> _Grid:
    held = list(rows)
    names = [visible(name) for name in columns]
    lines = [[cell(value, style) for value in row] for row in held]
    widths = [max(map(cell_len, texts)) for texts in zip(names, *lines, strict=True)]
    return _Grid(names, lines, widths, _at_right(columns, held))


def write_table(columns: Sequence[str], rows: Iterable[Row], stream: TextIO, style: Style) -> None:
    """Columns two blanks apart under a line of dashes."""
    grid = _grid(columns, rows, style)
    for line in (grid.names, ["-" * width for width in grid.widths], *grid.lines):
        stream.write("  ".join(grid.padded(line)).rstrip() + "\n")


def write_box(columns: Sequence[str], rows: Iterable[Row], stream: TextIO, style: Style) -> None:
    """Lines drawn around everything."""
    grid = _grid(columns, rows, style)

    def rule(left: str, middle: str, right: str) -> None:
        stream.write(left + middle.join("─" * (width + 2) for width in grid.widths) + right + "\n")

    rule("┌", "┬", "┐")
    stream.write("│ " + " │ ".join(grid.padded(grid.names)) + " │\n")
    rule("├", "┼", "┤")
    for line in grid.lines:
        stream.write("│ " + " │ ".join(grid.padded(line)) + " │\n")
    rule("└", "┴", "┘")


def write_md(columns: Sequence[str], rows: Iterable[Row], stream: TextIO, style: Style) -> None:
    """A Markdown table (GitHub's), unpadded: it is rendered elsewhere."""
    held = list(rows)
    stream.write("| " + " | ".join(_markdown(name, style) for name in columns) + " |\n")
    stream.write("| " + " | ".join("--:" if right else "---" for right in _at_right(columns, held)) + " |\n")
    for row in held:
        stream.write("| " + " | ".join(_markdown(value, style) for value in row) + " |\n")


def _at_right(columns: Sequence[str], rows: Sequence[Row]) -> list[bool]:
    """A column of numbers alone stands at the right."""
    return [
        any(value is not None for value in values) and all(isinstance(value, int | float | None) for value in values)
        for values in (zip(*rows, strict=True) if rows else ([] for _ in columns))
    ]


def _markdown(value: Value, style: Style) -> str:
    lines = value.split("\n") if isinstance(value, str) else [value]
    return "<br>".join(cell(line, style) for line in lines).replace("|", "\\|")
