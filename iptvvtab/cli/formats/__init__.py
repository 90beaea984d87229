"""Rows as text: the formats of `--format`, each a function from column names and rows to a stream.

Data is never wrapped, cropped or coloured. NULL and the empty string stay apart in every format. The formats for
programs (json, jsonl, csv, tsv) write rows as they come; those for eyes (table, box, md) need all rows first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO, TypeAlias

from iptvvtab.cli.formats.delimited import write_csv, write_tsv
from iptvvtab.cli.formats.grids import write_box, write_md, write_table
from iptvvtab.cli.formats.jsontext import write_json, write_jsonl
from iptvvtab.cli.formats.style import Style
from iptvvtab.types import Row

__all__ = ["FORMATS", "Format", "Style", "format_of"]

Write: TypeAlias = Callable[[Sequence[str], Iterable[Row], TextIO, Style], None]


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write rows. `is_streaming`: the first row is written before the last one is known."""

    name: str
    write: Write
    is_streaming: bool


FORMATS: Mapping[str, Format] = {
    one.name: one
    for one in (
        Format("table", write_table, is_streaming=False),
        Format("json", write_json, is_streaming=True),
        Format("jsonl", write_jsonl, is_streaming=True),
        Format("csv", write_csv, is_streaming=True),
        Format("tsv", write_tsv, is_streaming=True),
        Format("md", write_md, is_streaming=False),
        Format("box", write_box, is_streaming=False),
    )
}


def format_of(asked: str | None, path: Path | None, *, is_terminal: bool) -> Format:
    """Return the format asked for, else that of the file's name, else a table for a terminal and jsonl for a pipe."""
    by_suffix = path.suffix.lower().lstrip(".") if path else ""
    fallback = "table" if is_terminal and path is None else "jsonl"
    return FORMATS[asked or (by_suffix if by_suffix in FORMATS else fallback)]
