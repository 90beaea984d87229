"""APSW's shell with a portal in it: our output and receipts, and commands that know the portal."""

# ruff: noqa: D403 -- APSW reads "name arguments: what it does" from the docstrings of commands
# mypy: allow-untyped-calls
# (APSW's shell has no annotations.)

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import apsw
import apsw.shell

from iptvvtab.cli.explain.run import explain_all
from iptvvtab.cli.explain.written import as_text as explained_text
from iptvvtab.cli.formats import FORMATS, Format, Style
from iptvvtab.cli.query.parameters import Parameters
from iptvvtab.cli.query.run import Output, Runner
from iptvvtab.cli.receipts import Bill, as_text
from iptvvtab.cli.shell.about import about_portal, declarations
from iptvvtab.cli.shell.complete import completions
from iptvvtab.cli.sync.line import line as sync_line
from iptvvtab.cli.words import can_redraw, duration, is_terminal
from iptvvtab.errors import Error, UsageError, did_you_mean
from iptvvtab.mirror import quoted

if TYPE_CHECKING:
    from iptvvtab.cli.door import Door
    from iptvvtab.config import Settings

_REQUESTS_SHOWN = 20


class PortalShell(apsw.shell.Shell):
    """A shell on a connection with a portal's tables. At a terminal it goes on after an error; in a pipe it ends."""

    def __init__(self, connection: apsw.Connection, door: Door, settings: Settings) -> None:
        super().__init__(db=connection)
        self._door, self._settings = door, settings
        self._format: Format | None = FORMATS["table" if is_terminal(sys.stdout) else "jsonl"]
        self._bill: Bill | None = None
        self._tells = bool(self.interactive)
        self.dbfilename = settings.portal_id  # type: ignore[assignment]  # else it greets with words about a new file
        self.prompt = f"{door.schema}> "
        self.moreprompt = "...> ".rjust(len(self.prompt))
        self.history_file = str(settings.state_folder / "history")
        if "NO_COLOR" in os.environ or not can_redraw(sys.stdout):
            self.command_colour(["off"])

    def run(self) -> None:
        """Take lines until their end. Raises what a statement raises when nobody is at the terminal."""
        if self.interactive:
            self._settings.state_folder.mkdir(parents=True, exist_ok=True)
        self.cmdloop(
            f"{self._settings.portal_id} as schema {self._door.schema}, read-only "
            f"(SQLite {apsw.sqlite_lib_version()}); .help lists the commands, .tables the tables\n"
        )

    def process_sql(
        self, sql: str, bindings: Any = None, internal: bool = False, summary: tuple[str, str] | None = None
    ) -> None:
        """Run statements. The shell's own questions, and its modes that are not ours, go APSW's way."""
        if internal or self._format is None:
            super().process_sql(sql, bindings, internal, summary)
            return
        if self.echo:
            self.write_error(sql.strip() + "\n")
        parameters = Parameters(self.bindings, "`.parameter set {name} VALUE`")
        output = Output(self.stdout, self._format, Style(null=self.nullvalue or None))
        Runner(self.db, self._door.schema, parameters, output, self._remember).run(sql)

    def _remember(self, bill: Bill) -> None:
        self._bill = bill
        if self._tells:
            self.write(self.stderr, as_text(bill, with_documents=self._door.is_verbose) + "\n")

    def handle_exception(self) -> None:
        """At a terminal say what went wrong and go on; in a pipe let it end the process with its exit code."""
        error = sys.exception()
        if self.interactive and isinstance(error, Error | apsw.shell.Shell.Error):
            self.write_error(f"error: {error}\n")
            if self.exceptions:
                traceback.print_exc(file=self.stderr)
        elif self.interactive:
            super().handle_exception()
        elif isinstance(error, apsw.shell.Shell.Error):
            raise UsageError(str(error)) from None
        else:
            raise error if error else RuntimeError

    def process_command(self, command: str) -> None:
        """Run a dot command; a wrong name gets "did you mean". SQL after `.explain` is taken as it stands."""
        name = command.split(maxsplit=1)[0].lstrip(".").replace("-", "_")
        if name == "explain":
            self._explain(command.partition("explain")[2].strip())
            return
        if not hasattr(self, f"command_{name}"):
            known = [one.removeprefix("command_") for one in dir(self) if one.startswith("command_")]
            raise self.Error(f"there is no command .{name}{did_you_mean(name, known)}; .help lists them")
        super().process_command(command)

    def complete_sql(self, line: str, token: str, beg: int, end: int) -> list[str]:
        """Offer tables behind `portal.`, columns behind an alias, and whatever APSW offers."""
        return completions(self.db, line, token) or super().complete_sql(line, token, beg, end)

    def command_mode(self, cmd: Sequence[str]) -> None:
        """mode MODE ?OPTIONS?: Sets how rows are written"""
        if len(cmd) == 1 and cmd[0] in FORMATS:
            self._format = FORMATS[cmd[0]]
            return
        modes: list[str] = self._output_modes or []
        if cmd and cmd[0] not in modes:
            known = [*FORMATS, *modes]
            raise self.Error(f"there is no mode {cmd[0]!r}{did_you_mean(cmd[0], known)}; .help mode lists them")
        super().command_mode(list(cmd))
        self._format = None

    def command_tables(self, cmd: Sequence[str]) -> None:
        """tables ?PATTERN?: Lists the tables of every schema, those of the portal first

        PATTERN is a LIKE pattern for the name.
        """
        pattern = cmd[0] if cmd else "%"
        rows = self.db.execute(
            "SELECT schema || '.' || name FROM pragma_table_list WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~' "
            "AND (name LIKE ?1 OR schema || '.' || name LIKE ?1) ORDER BY schema <> ?2, schema, name",
            (pattern, self._door.schema),
        )
        for (name,) in rows:
            self.write(self.stdout, f"{name}\n")

    def command_schema(self, cmd: Sequence[str]) -> None:
        """schema ?TABLE...?: Shows tables as SQL declares them, the portal's with what their columns mean

        TABLE is a LIKE pattern.
        """
        for pattern in cmd or ["%"]:
            for text in declarations(self.db, self._door.schema, self._settings, pattern):
                self.write(self.stdout, text + "\n")

    def command_portal(self, cmd: Sequence[str]) -> None:
        """portal: Shows what is connected: settings with their origin, what the portal can do"""
        for line in about_portal(self._settings, self._door.schema):
            self.write(self.stdout, line + "\n")

    def command_explain(self, cmd: Sequence[str]) -> None:
        """explain ?--analyze? SQL: Shows what a statement will ask of the portal, and why not more

        Nothing is sent, unless --analyze runs the statement too.
        """

    def _explain(self, words: str) -> None:
        sql = words.removeprefix("--analyze")
        if not sql.strip():
            raise self.Error("explain takes a statement: .explain SELECT ...")
        parameters = Parameters(self.bindings, "`.parameter set {name} VALUE`")
        for one in explain_all(self.db, sql, parameters, analyze=sql != words):
            self.write(self.stdout, explained_text(one) + "\n")

    def command_receipt(self, cmd: Sequence[str]) -> None:
        """receipt ?on|off?: Shows what the last statement cost, or says whether to tell after each one"""
        if cmd:
            self._tells = self._boolean_command("receipt", cmd)
        elif self._bill is None:
            self.write(self.stdout, "no statement was run yet\n")
        else:
            self.write(self.stdout, as_text(self._bill, with_documents=True) + "\n")

    def command_freshness(self, cmd: Sequence[str]) -> None:
        """freshness: Shows which tables the shadow file holds, and how old they are

        The same, and more, as a table: SELECT * FROM portal_tables.
        """
        if cmd:
            raise self.Error("freshness takes no words")
        rows = self.db.execute(
            "SELECT name, mirror, mirror_age, ttl FROM "
            f"{quoted(self._door.schema)}.portal_tables WHERE mirror <> 'absent' ORDER BY name"
        ).fetchall()
        for name, state, age, ttl in rows:
            told = f"{state}, {duration(age)} old, may be {duration(ttl)}"
            self.write(self.stdout, f"{name}: {told}\n")
        if not rows:
            self.write(self.stdout, "no table was synced yet; .sync copies them\n")

    def command_sync(self, cmd: Sequence[str]) -> None:
        """sync ?TABLE ...?: Copies tables into the shadow file, unless they are fresh there"""
        from iptvvtab.connection import mirror_of, ttl

        with mirror_of(self._settings) as mirror:
            try:
                chosen = [mirror.table(name) for name in cmd] or mirror.tables()
            except Error as error:
                raise self.Error(str(error)) from None
            for table in chosen:
                self.write(self.stdout, f"{sync_line(mirror.sync(table.name, ttl(self._settings, table)))}\n")

    def command_requests(self, cmd: Sequence[str]) -> None:
        """requests ?N?: Shows the last requests that travelled, 20 if not said otherwise

        The same, and more, as a table: SELECT * FROM portal_requests.
        """
        if cmd and not cmd[0].isdigit():
            raise self.Error("requests takes a number")
        limit = int(cmd[0]) if cmd else _REQUESTS_SHOWN
        rows = self.db.execute(
            "SELECT number, table_name, rows, seconds, coalesce(error, ''), document "
            f"FROM {quoted(self._door.schema)}.portal_requests ORDER BY number DESC LIMIT ?",
            (limit,),
        ).fetchall()
        for number, table, count, seconds, error, document in reversed(rows):
            self.write(
                self.stdout, f"{number} {table}: {count} rows in {seconds * 1000:.0f} ms {error}\n  {document}\n"
            )

    def command_open(self, cmd: Sequence[str]) -> None:
        """open FILE: Is not for this shell: ATTACH 'file' AS name adds a database beside the portal"""
        raise self.Error("this shell stays with its portal; ATTACH 'file' AS name adds a database")

    command_close = command_connection = command_open

    def command_quit(self, cmd: Sequence[str]) -> None:
        """quit ?CODE?: Exit, as .exit does and Ctrl-D"""
        self.command_exit(list(cmd))

    def command_exceptions(self, cmd: Sequence[str]) -> None:
        """exceptions ON|OFF: If ON, where an error came from is shown too (no variables: they may be secret)"""
        self.exceptions = self._boolean_command("exceptions", list(cmd))
