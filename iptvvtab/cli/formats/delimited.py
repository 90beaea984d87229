"""csv and tsv: for spreadsheets, and for programs that read lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TextIO

from iptvvtab.cli.formats.flow import Flow
from iptvvtab.cli.formats.style import Style, plain
from iptvvtab.types import Row, Value

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet run a text as a formula (OWASP: CSV injection)."""

_TSV = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def write_csv(columns: Sequence[str], rows: Iterable[Row], stream: TextIO, style: Style) -> None:
    """RFC 4180, with the line end of the style. NULL is an empty field, the empty string is `""`, as in PostgreSQL."""
    special = (style.delimiter, '"', "\n", "\r")
    null = style.null or ""

    def field(value: Value) -> str:
        if value is None:
            return null
        text = plain(value)
        if not isinstance(value, str):
            return f'"{text}"' if style.delimiter in text else text
        if style.guards_formulas and text.startswith(_FORMULA):
            text = f"'{text}"
        needs_quotes = text in ("", null) or text[0] == " " or text[-1] == " " or any(one in text for one in special)
        return '"' + text.replace('"', '""') + '"' if needs_quotes else text

    flow = Flow(stream)
    flow.write(style.delimiter.join(map(field, columns)) + style.line_end)
    for row in rows:
        flow.write(style.delimiter.join(map(field, row)) + style.line_end)


def write_tsv(columns: Sequence[str], rows: Iterable[Row], stream: TextIO, style: Style) -> None:
    r"""One line a row whatever the values hold: tabs, line ends and backslashes are escaped, NULL is `\N` (as COPY)."""
    null = "\\N" if style.null is None else style.null

    def field(value: Value) -> str:
        return null if value is None else plain(value).translate(_TSV)

    flow = Flow(stream)
    flow.write("\t".join(map(field, columns)) + "\n")
    for row in rows:
        flow.write("\t".join(map(field, row)) + "\n")
