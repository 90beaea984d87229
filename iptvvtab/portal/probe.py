"""Asks a portal what it can do: one small batch, single calls where batches fail. Nothing of it is in receipts."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

from iptvvtab.errors import BadAnswer, PortalError, Refused, ServerFailed
from iptvvtab.portal import questions as ask
from iptvvtab.portal.capabilities import Capabilities, load_capabilities, store_capabilities
from iptvvtab.portal.questions import Candidate, Question, Rows, Sample
from iptvvtab.portal.rpc import Call
from iptvvtab.types import ColumnType

if TYPE_CHECKING:
    from iptvvtab.portal.answer import Answer
    from iptvvtab.portal.client import Client
    from iptvvtab.schema import Catalog, Table

PREFERRED = ("subscriber", "media", "tv_channel", "package", "tv_program", "terminal")
"""Tables that portals were seen to have [V C], the likely ones first."""
MOST_CANDIDATES = 8
"""Tables that are tried until one can be read and has rows."""
LARGE_CANDIDATES = 3
"""Tables that are read to see a silent cut."""
GZIP_WORTH = 4096
"""Bytes of an answer that a portal which compresses would have compressed."""


def candidates(catalog: Catalog) -> list[Candidate]:
    """Return the tables of a catalog to ask about, best first: with one integer key and a text that is no secret."""
    found = [one for one in map(_candidate, catalog.values()) if one is not None]
    places = {name: place for place, name in enumerate(PREFERRED)}
    return sorted(found, key=lambda one: places.get(one.table, len(places)))


def _candidate(table: Table) -> Candidate | None:
    if len(table.key) != 1:
        return None
    key = table.column(table.key[0])
    texts = [
        column.remote_name
        for column in table.columns
        if column.type is ColumnType.STRING and column.remote_name and not column.sensitive
    ]
    if key.type is not ColumnType.INTEGER or not key.remote_name or not texts:
        return None
    # The label is text on the portal too; other columns may be addresses there, which compare in their own ways.
    label = table.column(table.label).remote_name if table.label else None
    text = label if label in texts else texts[0]
    return Candidate(table.remote_name, key.remote_name, text, next((one for one in texts if one != text), text))


def abilities(client: Client, catalog: Catalog, anew: bool = False) -> Capabilities:
    """Return what this portal can do: as stored, else (or `anew`) as it is now seen to, which is stored.

    Raises what the way to the portal raises; a portal none of whose tables can be read is asked again next time.
    """
    stored = None if anew else load_capabilities(client.settings)
    if stored is not None:
        return stored
    seen = probe(client, candidates(catalog))
    if seen.is_probed:
        with contextlib.suppress(OSError):  # a folder that cannot be written costs a probe per process
            store_capabilities(client.settings, seen)
    return seen


def probe(client: Client, tables: Iterable[Candidate]) -> Capabilities:
    """Ask a portal what it can do. `tables`: what to ask about, best first; one that cannot be read is passed over.

    What a portal refuses is absent; what the way to it raises (Unreachable, LoginRefused, ...) is raised.
    """
    readable = list(tables)[:MOST_CANDIDATES]
    examination = Examination(client)
    sample = examination.sample(readable)
    if sample is None:
        return Capabilities()
    seen = examination.examine(ask.questions(sample))
    cap, at_once = examination.row_cap(readable)
    return Capabilities(
        order_direction=_direction(seen),
        batch=examination.has_batches,
        gzip=examination.gzip,
        count=seen.get("count"),
        in_values=seen.get("in_values"),
        ilike=seen.get("ilike"),
        group_by_expression=seen.get("group_by_expression"),
        row_hash=_row_hash(seen),
        now=seen.get("now"),
        nulls_last=_nulls_last(seen),
        bytewise_text=seen.get("bytewise_text"),
        longest_in=examination.longest_in(sample),
        row_cap=cap,
        rows_at_once=at_once,
        seen_at=time.time(),
        counted=tuple(examination.counted.items()),
    )


class Examination:
    """Asks, and remembers what the answers show beside their rows."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.has_batches: bool | None = None
        self.gzip: bool | None = None
        self.counted: dict[str, int] = {}

    def sample(self, tables: Sequence[Candidate]) -> Sample | None:
        """Return rows of the table that has most of those that can be read; None if there are none."""
        best: Sample | None = None
        for candidate in tables:
            rows = self.rows(ask.sample_of(candidate))
            if (
                rows
                and all(isinstance(row, list) and len(row) == ask.SAMPLE_WIDTH for row in rows)
                and (best is None or len(rows) > len(best.rows))
            ):
                best = Sample(candidate, rows)
            if best is not None and len(best.rows) > 1 and best.word is not None:
                break
        return best

    def examine(self, questions: list[Question]) -> dict[str, Any]:
        """Return what each question showed, by name; asked at once if the portal takes batches."""
        answers = self.together([question.document for question in questions])
        self.has_batches = answers is not None
        if answers is None:
            answers = [self.rows(question.document) for question in questions]
        return {
            question.name: question.absent if rows is None else question.judge(rows)
            for question, rows in zip(questions, answers, strict=True)
        }

    def longest_in(self, sample: Sample) -> int | None:
        """Return the longest IN list that was taken."""
        for length in ask.LONGEST_IN:
            if self.rows(ask.in_list(sample, length)):
                return length
        return None

    def row_cap(self, tables: Sequence[Candidate]) -> tuple[int | None, int | None]:
        """Return (rows at which a select was cut, rows that came uncut), each None if unknown."""
        most: tuple[int, Candidate] | None = None
        for candidate in self._large(tables):
            rows = self.rows(ask.at_once(candidate))
            if not rows:
                continue
            if len(rows) < ask.AT_ONCE and self.rows(ask.beyond(candidate, rows)):
                return len(rows), most and most[0]
            if most is None or len(rows) > most[0]:
                most = len(rows), candidate
        return self._cap_beyond(*most) if most else (None, None)

    def _cap_beyond(self, uncut: int, candidate: Candidate) -> tuple[int | None, int]:
        """Look for a cut of more rows than any table has: those of one table, each with each."""
        if not 1 < uncut < ask.AT_ONCE:
            return None, uncut
        got = len(self.rows(ask.multiplied(candidate, uncut)) or ())
        if got <= uncut:  # refused, or not multiplied at all
            return None, uncut
        is_cut = got < min(uncut**ask.MOST_COPIES, ask.AT_ONCE)
        return (got, uncut) if is_cut else (None, got)

    def _large(self, tables: Sequence[Candidate]) -> Sequence[Candidate]:
        """Return the largest table where the portal counts, else some that are likely to be large."""
        answers = self.together([ask.count_of(one) for one in tables]) if self.has_batches else None
        found = [ask.counted(rows) for rows in answers or ()]
        self.counted = {table.table: rows for table, rows in zip(tables, found, strict=False) if rows is not None}
        sizes = [rows or 0 for rows in found]
        if not any(sizes):
            return tables[:LARGE_CANDIDATES]
        return [tables[sizes.index(max(sizes))]]

    def together(self, documents: list[dict[str, Any]]) -> list[Rows | None] | None:
        """Ask in one batch; None for a select that the portal refused. None at all: it takes no batches."""
        try:
            answers = self._client.batch([Call("select", one) for one in documents], repeatable=True)
            return [_rows_of(answer) for answer in answers]
        except PortalError as error:
            if _says_no(error):
                return None
            raise

    def rows(self, document: dict[str, Any]) -> Rows | None:
        """Ask one select; None if the portal says no."""
        try:
            answer = self._client.call("select", document, repeatable=True)
            rows = _rows_of(answer)
        except PortalError as error:
            if _says_no(error):
                return None
            raise
        if answer.is_compressed:
            self.gzip = True
        elif self.gzip is None and answer.cost.bytes_received >= GZIP_WORTH:
            self.gzip = False
        return rows


def _says_no(error: PortalError) -> bool:
    """Whether this is how a portal says that it does not know a form; some fall over with a 500."""
    if isinstance(error, ServerFailed):
        return error.status == HTTPStatus.INTERNAL_SERVER_ERROR
    return isinstance(error, Refused | BadAnswer)


def _rows_of(answer: Answer | PortalError) -> Rows | None:
    """Return an answer's rows, None if the portal refused. Raises BadAnswer for a batch that is not whole."""
    if isinstance(answer, PortalError):
        raise answer
    try:
        rows = answer.result()
    except Refused:
        return None
    return rows if isinstance(rows, list) else None


def _direction(seen: dict[str, Any]) -> Literal["list", "object", "none"] | None:
    if "order_list" not in seen:
        return None
    return "list" if seen["order_list"] else "object" if seen["order_object"] else "none"


def _row_hash(seen: dict[str, Any]) -> Literal["hashtext", "md5", "none"] | None:
    if seen["hashtext"] is None:
        return None
    return "hashtext" if seen["hashtext"] else "md5" if seen["md5"] else "none"


def _nulls_last(seen: dict[str, Any]) -> bool | None:
    """A table that has a NULL and does not begin with it ends with it."""
    if not seen["null_optional"] or not seen["first_by_optional"]:
        return None
    return bool(seen["first_by_optional"] != [None])
