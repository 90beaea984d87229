"""Which statements the portal is asked as they are, in one request, and why not the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

import apsw
import apsw.ext

from iptvvtab import jsonsql  # by its name: what parses SQL is imported when it is first called
from iptvvtab.connection.compiled import Compiled, compiled_by, is_overridden
from iptvvtab.connection.dividing import divided
from iptvvtab.connection.recorder import Bindings
from iptvvtab.connection.statements import KEPT_TEXTS, Schema, Statement, Statements
from iptvvtab.errors import AnswerTooLong, Error, MirrorUnusable, NotExact, PortalError, StatementRefused
from iptvvtab.jsonsql import Encoded, Features, Rest
from iptvvtab.remote import Read, Whole, proven_features, whole
from iptvvtab.source import Freshness, Origin
from iptvvtab.types import Json, Value
from iptvvtab.vtab import MOST_COLUMNS, Answer, Context, answer_sql, interruption

_EVERY_PAIR = "the portal would make every pair of rows: no equal columns join all of its tables"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a statement may be asked in one request. `asked` is there if so, else the `reason` why not.

    `in_parts`: why it is not asked as several documents, either. `rest`: what SQLite makes of their answers, if it is.
    `description`: names and declared types of its columns, as SQLite says them of the statement.
    """

    asked: Whole | None
    reason: str = ""
    in_parts: str = ""
    rest: str = ""
    description: tuple[tuple[str, str], ...] = ()

    @property
    def sql(self) -> str:
        """What SQLite makes of the answers."""
        assert self.asked is not None
        return self.rest or answer_sql(self.asked.shares[0].answering)


@dataclass(frozen=True, slots=True)
class WholeExplained:
    """The `documents` that a statement is asked as, in one request; the `reason` why not if there are none.

    `in_parts`: why it is not several that travel together; `rest`: what SQLite makes of their answers, if it is.
    `remarks`: what is done here with the answer, which memory keeps for `max_age` seconds; `age`: of the one it has.
    """

    reason: str
    in_parts: str = ""
    tables: tuple[str, ...] = ()
    documents: tuple[dict[str, Json], ...] = ()
    rest: str = ""
    remarks: tuple[str, ...] = ()
    max_age: float = 0.0
    age: float | None = None


class Wholes:
    """Decides for one connection, statement by statement, whether one document says it. Holds no reference to it."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements
        self._compiled: dict[str, Compiled] = {}
        self._verdicts: dict[object, Verdict] = {}
        self._undivided: dict[str, str] = {}

    def forget(self) -> None:
        """Forget what was found out: the connection is about to change."""
        self._compiled.clear()
        self._verdicts.clear()
        self._undivided.clear()

    def verdict(
        self, connection: apsw.Connection, statement: Statement, bindings: Bindings, *, travels: bool = True
    ) -> Verdict:
        """Return whether a statement may be asked as it is, with these values for its parameters.

        The first contact may be made for it, if it `travels`. Raises apsw.Error for what SQLite refuses.
        """
        schemas = self._statements.schemas(statement)
        reason = _refusal(connection, statement, schemas, bindings)
        if reason:
            return Verdict(None, reason)
        [schema] = schemas
        compiled = self._compile(connection, schema, statement)
        reason = compiled.reason or _reason_now(connection, schema, compiled)
        if reason:
            return Verdict(None, reason)
        remote = schema.context.source.remote
        try:
            seen = remote.capabilities if travels else remote.known()
        except PortalError as error:
            if not self.has_stand_in(statement):
                raise
            return Verdict(None, f"the portal does not answer: {error.reason}")
        if not seen.is_probed:
            return Verdict(None, "nobody has looked yet what the portal can do (`iptvvtab doctor` does)")
        features = proven_features(seen)
        key = (statement.sql, features, _frozen(bindings))
        return self._verdicts.get(key) or self._kept(
            key, self._judged(connection, schema, statement, compiled, features, bindings)
        )

    def failed(self, statement: Statement, bindings: Bindings, error: Error) -> None:
        """Remember that the portal did not answer a statement so that it proves something: it is not asked again."""
        _log.info("a statement is left to the virtual tables: %s", error)
        frozen = _frozen(bindings)
        for key, verdict in self._verdicts.items():
            if isinstance(key, tuple) and (key[0], key[2]) == (statement.sql, frozen) and verdict.asked is not None:
                self._verdicts[key] = Verdict(None, f"the portal was asked it before: {error}")

    def answers(self, connection: apsw.Connection, statement: Statement, asked: Whole) -> list[Answer]:
        """Return for each share of a statement what gives its rows, from memory or from the portal.

        They raise UnprovenAnswer and PortalError.
        """
        [schema] = self._statements.schemas(statement)
        answers = cache(partial(_rows, schema, asked, interruption(connection)))
        return [partial(_nth, answers, number) for number in range(len(asked.shares))]

    def has_stand_in(self, statement: Statement) -> bool:
        """Return whether rows of the shadow file may stand in for those of a portal that fails."""
        [schema] = self._statements.schemas(statement)
        accepted = [schema.context.freshness(table) for _, table in statement.named]
        return any(one.sie or one.swr for one in accepted)

    def explained(self, statement: Statement, verdict: Verdict) -> WholeExplained:
        """Return what would be asked now, and why not."""
        if verdict.asked is None:
            return WholeExplained(verdict.reason, verdict.in_parts)
        [schema] = self._statements.schemas(statement)
        source, accepted = schema.context.source, _accepted(schema, verdict.asked)
        return WholeExplained(
            "",
            "",
            verdict.asked.tables,
            tuple(source.remote.announced_whole(verdict.asked)),
            verdict.rest,
            () if verdict.rest else verdict.asked.shares[0].answering.remarks,
            accepted.in_memory,
            source.remembered(verdict.asked, accepted),
        )

    def _judged(
        self,
        connection: apsw.Connection,
        schema: Schema,
        statement: Statement,
        compiled: Compiled,
        features: Features,
        bindings: Bindings,
    ) -> Verdict:
        if not isinstance(bindings, Mapping) and len(bindings or ()) != compiled.parameters:
            return Verdict(None, "it has another number of parameters than values")
        ask = partial(_encoded, schema, features)

        def as_it_is() -> Verdict:
            return _verdict(schema, compiled, [ask(statement.sql, Rest.COLUMNS, bindings)])

        def in_parts() -> Verdict:
            rest, shares, rows = divided(connection, schema, statement.sql, bindings, compiled.columns, ask)
            return _verdict(schema, compiled, shares, rest, rows)

        found = _checked(connection, schema, as_it_is)
        if found.asked is not None or statement.sql in self._undivided:
            return replace(found, in_parts=self._undivided.get(statement.sql, ""))
        parted = _checked(connection, schema, in_parts)
        if parted.asked is not None:
            return parted
        self._undivided[statement.sql] = parted.reason
        return replace(found, in_parts=parted.reason)

    def _kept(self, key: object, verdict: Verdict) -> Verdict:
        if len(self._verdicts) >= KEPT_TEXTS:
            self._verdicts.clear()
            self._undivided.clear()
        self._verdicts[key] = verdict
        return verdict

    def _compile(self, connection: apsw.Connection, schema: Schema, statement: Statement) -> Compiled:
        """Return what SQLite makes of a statement: what it refuses is refused in its own words."""
        if statement.sql not in self._compiled:
            if len(self._compiled) >= KEPT_TEXTS:
                self._compiled.clear()
            self._compiled[statement.sql] = compiled_by(connection, schema, statement)
        return self._compiled[statement.sql]


def _encoded(schema: Schema, features: Features, sql: str, rest: Rest, bindings: Bindings = None) -> Encoded:
    return jsonsql.exact(sql, schema.names, features, bindings, needs_schema=True, rest=rest)


def _verdict(
    schema: Schema,
    compiled: Compiled,
    shares: Sequence[Encoded],
    rest: str = "",
    expected: Sequence[float | None] = (None,),
) -> Verdict:
    """Return whether documents are asked. `rest`: what SQLite makes of their answers, if they are not all of it."""
    asked = whole(shares, tuple(compiled.columns), expected)
    schema.context.source.remote.announced_whole(asked)
    reason = _EVERY_PAIR if asked.multiplies else "" if rest else _mismatch(shares[0], compiled)
    return Verdict(None, reason) if reason else Verdict(asked, rest=rest, description=compiled.description)


def _checked(connection: apsw.Connection, schema: Schema, judged: Callable[[], Verdict]) -> Verdict:
    """Return what is judged, or why there is no document, or why SQLite cannot make the statement's rows of answers."""
    try:
        verdict = judged()
    except NotExact as error:
        return Verdict(None, f"{error.feature}: {error.reason}")
    except (StatementRefused, AnswerTooLong) as error:
        return Verdict(None, str(error).splitlines()[0])
    if verdict.asked is None:
        return verdict
    if any(len(one.answering.columns) > MOST_COLUMNS for one in verdict.asked.shares):
        return Verdict(None, f"its answer has more than {MOST_COLUMNS} columns")
    try:
        actions = apsw.ext.query_info(connection, verdict.sql, actions=True).actions or ()
    except apsw.Error as error:
        return Verdict(None, f"SQLite does not take it over an answer: {error}")
    if any((one.database_name or "").lower() == schema.name.lower() for one in actions):
        return Verdict(None, "a view reads some of its tables")
    return verdict


def _reason_now(connection: apsw.Connection, schema: Schema, compiled: Compiled) -> str:
    """Return why a statement should not be asked as it is at this moment."""
    if schema.is_gone():
        return "its tables are no longer those of a portal"
    for table in compiled.columns:
        origin = schema.context.freshness(table).origin
        if origin is Origin.MIRROR:
            return f"rows of {table} shall come of the shadow file alone"
        if origin is Origin.AUTO and schema.context.catalog[table].policy.cache_strategy == "on-demand":
            return f"rows of {table} are kept as they are asked for"
    if _are_at_hand(schema, compiled):
        return "all that it reads is at hand, in memory or in the shadow file"
    if is_overridden(connection, compiled.functions):
        return "the connection has functions of its own under the names of SQLite's"
    return ""


def _refusal(connection: apsw.Connection, statement: Statement, schemas: tuple[Schema, ...], bindings: Bindings) -> str:
    """Return why a statement is not asked as it is, if its words alone or the connection say so."""
    if not schemas:
        return "it names no table of a portal"
    if len(schemas) > 1:
        return "it reads several portals"
    if not schemas[0].is_asked_wholly:
        return "whole_statements is off"
    if not isinstance(bindings, Mapping | Sequence | None):
        return "its values are neither a sequence nor a mapping"
    if connection.authorizer is not None or connection.exec_trace is not None:
        return "the connection has an authorizer or a tracer, which shall see the statement as it is"
    if statement.text.is_scan:
        return "a scan of one table says all of it"
    return ""


def _mismatch(encoded: jsonsql.Encoded, compiled: Compiled) -> str:
    """Return what SQLite and we see differently in a statement: then somebody errs, and it is not asked."""
    names = tuple(name for name, *_ in compiled.description)
    return "" if names == encoded.columns else f"SQLite calls its columns {names}"


def _are_at_hand(schema: Schema, compiled: Compiled) -> bool:
    """Return whether the virtual tables would ask nothing: all that is read of each table is remembered or mirrored."""
    context = schema.context

    def is_near(table: str, columns: tuple[str, ...]) -> bool:
        known = schema.tables[table.lower()]
        try:
            return context.is_near(Read(table, columns or known.key or (known.columns[0].name,)))
        except MirrorUnusable:
            return False

    return all(is_near(table, columns) for table, columns in compiled.columns.items())


def _rows(schema: Schema, asked: Whole, interrupted: Any) -> list[Sequence[Sequence[Value]]]:
    """Ask the portal for the rows of each share of a statement, or memory."""
    context = schema.context
    pages = context.source.open_whole(asked, _accepted(schema, asked), context.journal, interrupted)
    try:
        found = list(pages)
    finally:
        pages.close()
    if pages.provenance.source == "live":
        _follow_up(context, asked, found)
    return found


def _nth(answers: Callable[[], Sequence[Sequence[Sequence[Value]]]], number: int) -> Sequence[Sequence[Value]]:
    return answers()[number]


def _follow_up(context: Context, asked: Whole, answers: Sequence[Sequence[Sequence[Value]]]) -> None:
    """Learn the size of a table that was counted; have tables synced that people ask the portal for."""
    match answers:
        case [[[int(number)]]] if asked.counted is not None:
            context.source.learned.table_read(asked.counted, number)
    for table in asked.tables:
        is_kept = context.catalog[table].policy.auto_sync and context.freshness(table).origin is Origin.AUTO
        if is_kept and context.mirror is not None:
            context.mirror.want(table)


def _accepted(schema: Schema, asked: Whole) -> Freshness:
    """Return what the pickiest of its tables accepts."""
    return min((schema.context.freshness(one) for one in asked.tables), key=lambda one: one.in_memory)


def _frozen(bindings: Bindings) -> object:
    """Return values that are bound as something that tells 1, 1.0 and true apart; an object of its own if it cannot."""
    pairs = bindings.items() if isinstance(bindings, Mapping) else enumerate(bindings or ())
    try:
        frozen = tuple((name, type(value), value) for name, value in pairs)
        hash(frozen)
    except TypeError:
        return object()
    return frozen
