"""Runs statements one after another: rows to a stream, what they cost to stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TextIO

import apsw
import apsw.ext

from iptvvtab.cli.formats import Format, Style
from iptvvtab.cli.progress import Progress
from iptvvtab.cli.query.parameters import Parameters
from iptvvtab.cli.receipts import Bill
from iptvvtab.cli.refusals import refusal
from iptvvtab.cli.words import can_redraw, is_terminal
from iptvvtab.connection import meter
from iptvvtab.types import Row


@dataclass(frozen=True, slots=True)
class Output:
    """Where rows go, and how."""

    stream: TextIO
    format: Format
    style: Style

    @property
    def shows_progress(self) -> bool:
        """A line over which rows would be written helps nobody."""
        is_in_the_way = self.format.is_streaming and is_terminal(self.stream)
        return can_redraw(sys.stderr) and not is_in_the_way


class Runner:
    """Runs the statements of a text on a connection whose portal is registered as `schema`.

    `tell` gets the bill of each statement that has rows or costs something. `is_excused` says afterwards whether rows
    were older than they may be, since the portal failed.
    """

    def __init__(
        self,
        connection: apsw.Connection,
        schema: str,
        parameters: Parameters,
        output: Output,
        tell: Callable[[Bill], None],
    ) -> None:
        self._connection, self._schema = connection, schema
        self._parameters, self._output, self._tell = parameters, output, tell
        self._tables_written = 0
        self.is_excused = False

    def run(self, text: str) -> None:
        """Run all statements of a text. Raises StatementRefused, ReadOnlyTable, UsageError and what reading raises."""
        before = 0
        while text[before:].strip():
            try:
                details = apsw.ext.query_info(self._connection, text[before:])
                if details.has_vdbe:
                    self._run_one(details)
            except apsw.Error as error:
                raise refusal(self._connection, text, before, error) from error
            before = len(text) - len(details.query_remaining or "")

    def _run_one(self, details: apsw.ext.QueryDetails) -> None:
        bindings = self._parameters.bindings(details.bindings_names)
        columns = [name for name, _ in details.description]
        started = time.monotonic()
        with meter(self._connection, self._schema) as counting:
            with Progress(counting, sys.stderr, is_shown=self._output.shows_progress) as progress:
                rows = _Counted(self._connection.execute(details.first_query, bindings), progress)
                self._write(columns, rows)
            bill = Bill(counting.receipt(), rows.count, time.monotonic() - started)
        self.is_excused |= any(one.excuse for one in bill.receipt.tables)
        if columns or bill.receipt.tables:
            self._tell(bill)

    def _write(self, columns: list[str], rows: _Counted) -> None:
        if not columns:
            for _ in rows:
                pass
            return
        if self._tables_written and not self._output.format.name.startswith("json"):
            self._output.stream.write("\n")
        self._tables_written += 1
        self._output.format.write(columns, rows, self._output.stream, self._output.style)
        self._output.stream.flush()


class _Counted:
    """Rows as they come, counted; the progress line is wiped when the last one is there."""

    def __init__(self, rows: Any, progress: Progress) -> None:
        self._rows, self._progress = rows, progress
        self.count = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.count += 1
            yield row
        self._progress.end()
