"""What a statement asks, whoever sends it: its document, guarded; and what comes back, as canonical rows."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from iptvvtab.client.rows import Rows
from iptvvtab.client.statements import Statement
from iptvvtab.errors import BadAnswer, DecodeError, EveryRow, UsageError, WriteNotAllowed, WrongType
from iptvvtab.jsonsql import (
    Document,
    Features,
    Names,
    Parameters,
    answered,
    encode,
    every_row_of,
    findings,
    origins,
    read_document,
)
from iptvvtab.portal import Capabilities, abilities, load_capabilities
from iptvvtab.remote import convert, features_of, names_of, rows_of
from iptvvtab.types import ColumnType, Json, Value

if TYPE_CHECKING:
    from iptvvtab.portal import Answer
    from iptvvtab.portal import Client as PortalClient
    from iptvvtab.schema import Catalog, Column, Table

SCHEMA = "portal"
"""What a statement may write before the name of a table, as on a connection."""

Asks: TypeAlias = str | Statement | Document | Mapping[str, Json]
"""What can be executed: SQL, a statement that was built, a document."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A column of an answer; `table` and `column` are None where its values are worked out."""

    name: str
    table: Table | None = None
    column: Column | None = None

    @property
    def type(self) -> ColumnType:
        """What its values are."""
        return ColumnType.UNKNOWN if self.column is None else self.column.type


@dataclass(frozen=True, slots=True)
class Question:
    """A document that may be sent, and what its answer has."""

    document: Document
    columns: tuple[Answered, ...]
    remarks: tuple[str, ...]

    @property
    def is_write(self) -> bool:
        """Whether it changes rows: then it is sent once."""
        return self.document.method != "select"


class Language:
    """Statements of one portal, both ways. `may_write`: whether documents that write may be sent at all."""

    def __init__(self, client: PortalClient, catalog: Catalog, *, may_write: bool) -> None:
        self._client, self._catalog, self._may_write = client, catalog, may_write
        self._names: Names = names_of(catalog, SCHEMA)
        self._remote = {table.remote_name: table for table in catalog.values()}
        self._seen: Capabilities | None = None
        self._looking = threading.Lock()

    def question(self, asks: Asks, parameters: Parameters = None) -> Question:
        """Return what a statement asks. Raises StatementRefused, NoForm, DecodeError, UsageError; nothing travels."""
        features = self._features
        if isinstance(asks, str | Statement):
            if isinstance(asks, Statement) and parameters is not None:
                raise UsageError("a statement that was built has its values already: parameters are for SQL")
            encoded = encode(str(asks), self._names, features, parameters)
            document, names, remarks = Document(encoded.method, encoded.params), encoded.columns, encoded.remarks
        else:
            if parameters is not None:
                raise UsageError("a document has no parameters")
            document = asks if isinstance(asks, Document) else read_document(asks)
            remarks = self._checked(document, features)
            names = answered(document, self._names, features)
        known = origins(document, self._names, features)
        columns = [self._column(name, *(one or ("", ""))) for name, one in zip(names, known, strict=True)]
        return Question(document, tuple(columns), remarks)

    def guard(self, question: Question, *, all_rows: bool) -> Question:
        """Return the question. Raises WriteNotAllowed, EveryRow for one that must not be sent."""
        document = question.document
        if question.is_write and not self._may_write:
            raise WriteNotAllowed(document.method, "Client(writes=True)")
        if question.is_write and not all_rows:
            table = every_row_of(document, self._names, self._features)
            if table is not None:
                raise EveryRow(document.method, table, "all_rows=True")
        return question

    def rows(self, question: Question, answer: Answer) -> Rows:
        """Return what came back as rows. Raises WrongWidth, WrongType, and what the answer says instead."""
        columns = question.columns
        table = next((one.table.name for one in columns if one.table), "")
        raw = rows_of(answer.result(), len(columns), self._portal, is_write=question.is_write, table=table)
        rows = [tuple(map(self._value, columns, row)) for row in raw]
        return Rows(tuple(one.name for one in columns), rows, question.remarks, answer.cost)

    @property
    def has_batches(self) -> bool:
        """Whether the portal was seen to take batches."""
        return self._known is not None and bool(self._known.batch)

    @property
    def is_known(self) -> bool:
        """Whether somebody has looked what this portal can do."""
        return self._known is not None

    def look(self) -> None:
        """Ask the portal what it can do, unless that is known: once for all who wait. Travels; raises PortalError."""
        with self._looking:
            if self._known is None:
                found = abilities(self._client, self._catalog)
                self._seen = found if found.is_probed else None

    @property
    def _portal(self) -> str:
        return self._client.portal_id

    @property
    def _known(self) -> Capabilities | None:
        if self._seen is None:
            self._seen = load_capabilities(self._client.settings)
        return self._seen

    @property
    def _features(self) -> Features:
        return features_of(self._known)

    def _checked(self, document: Document, features: Features) -> tuple[str, ...]:
        found = findings(document, self._names, features)
        for one in found:
            if one.is_error:
                raise DecodeError(one.path, one.text)
        return tuple(f"{one.path}: {one.text}" for one in found)

    def _column(self, name: str, table: str, column: str) -> Answered:
        known = self._remote.get(table)
        found = [one for one in known.columns if one.remote_name == column] if known else []
        return Answered(name, known, found[0]) if found else Answered(name)

    def _value(self, answered: Answered, value: Json) -> Value:
        try:
            return convert(answered.type, value)
        except ValueError:
            pass
        if answered.table is None or answered.column is None:
            raise BadAnswer(self._portal, f"column {answered.name!r} holds {_shown(value)}, beyond 64 bits")
        found = type(value).__name__ if answered.column.sensitive else _shown(value)
        table, column = answered.table.name, answered.column.name
        raise WrongType(self._portal, table, column, str(answered.type), found, {})


def _shown(value: Any) -> str:
    return repr(value)[:60]
