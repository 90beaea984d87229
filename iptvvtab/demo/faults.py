"""What goes wrong on the wire, on demand: frozen records, and pure functions that spoil an answer.

A fault waits for requests that match it (a method, a table), lets `skip` of them pass, then strikes `times` of
them. Four places can be spoiled: the answer before anything runs, the envelopes, the body, the delivery.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import TypeAlias

from iptvvtab.types import Json

Envelope: TypeAlias = dict[str, Json]


class Kind(StrEnum):
    """What a fault does; the first group answers without running anything, the others spoil a real answer."""

    STATUS = "status"  # an HTTP `status` with an empty body, perhaps with Retry-After
    HTML_STATUS = "html_status"  # the same with a page, as a gateway does
    EXPIRED = "expired"  # 401, and every session is forgotten
    EXPIRED_MESSAGE = "expired_message"  # the same as a JSON-RPC error
    UNAUTHORIZED = "unauthorized"  # 401, whatever the session
    ERROR_OBJECT = "error_object"  # a JSON-RPC error as an object, with `code` and `message`
    ERROR_TEXT = "error_text"  # a JSON-RPC error as a bare string

    NO_ROWS = "no_rows"
    FEW_ROWS = "few_rows"  # 3 %, the last ones
    ROWS_TWICE = "rows_twice"  # each comes twice
    ROWS_REVERSED = "rows_reversed"

    WRONG_WIDTH = "wrong_width"  # every row lacks its last value
    WRONG_ID = "wrong_id"
    NO_RESULT = "no_result"  # an envelope with neither result nor error
    BATCH_REVERSED = "batch_reversed"
    BATCH_DUPLICATED = "batch_duplicated"  # the first answer comes twice, with different rows
    BATCH_MISSING = "batch_missing"  # the last answer is left out

    HTML = "html"  # a page with status 200
    EMPTY = "empty"
    TRUNCATED = "truncated"  # half of the JSON, with an honest length
    TORN_GZIP = "torn_gzip"  # the compressed body ends too early

    RESET_BEFORE = "reset_before"  # executed, then the connection is reset
    RESET_IN_BODY = "reset_in_body"
    SHORT_BODY = "short_body"  # fewer bytes than the length promised, then the end
    SLOW = "slow"  # one byte per `seconds`
    HANG = "hang"  # nothing for `seconds`, then the answer
    COOKIE = "cookie"  # the answer sets a cookie that holds the session id


ROW_KINDS = frozenset({Kind.NO_ROWS, Kind.FEW_ROWS, Kind.ROWS_TWICE, Kind.ROWS_REVERSED})
"""Those that spoil which rows an answer has; one of a single row, as of a count, stays as it is."""
ENVELOPE_KINDS = frozenset(
    {
        *ROW_KINDS,
        Kind.WRONG_WIDTH,
        Kind.WRONG_ID,
        Kind.NO_RESULT,
        Kind.BATCH_REVERSED,
        Kind.BATCH_DUPLICATED,
        Kind.BATCH_MISSING,
    }
)
BATCH_KINDS = frozenset({Kind.BATCH_REVERSED, Kind.BATCH_DUPLICATED, Kind.BATCH_MISSING})
"""Those of them that leave single answers alone."""
BODY_KINDS = frozenset({Kind.HTML, Kind.EMPTY, Kind.TRUNCATED})

FEW = 0.03
"""The share of the rows that FEW_ROWS leaves."""

PAGE = b"<!DOCTYPE html><html><head><title>Maintenance</title></head><body>Back soon</body></html>"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong. `method` and `table` None match all; `times` None never ends.

    `retry_after`: seconds in a Retry-After header; `retry_date`: the same, said as an HTTP date.
    """

    kind: Kind
    method: str | None = None
    table: str | None = None
    skip: int = 0
    times: int | None = 1
    status: int = 503
    code: int | None = None
    message: str = "something is wrong"
    retry_after: float | None = None
    retry_date: float | None = None
    seconds: float = 0.05

    @classmethod
    def from_json(cls, document: dict[str, Json]) -> Fault:
        """Return the fault that a control request describes; ValueError names what is wrong with it."""
        known = {field.name for field in fields(cls)}
        if unknown := sorted(set(document) - known):
            raise ValueError(f"a fault has no {', '.join(unknown)}; it has {', '.join(sorted(known))}")
        if document.get("kind") not in set(Kind):
            raise ValueError(f"no fault {document.get('kind')!r}; there are {', '.join(Kind)}")
        return cls(**{**document, "kind": Kind(document["kind"])})

    def to_json(self) -> dict[str, Json]:
        """Return what `from_json` reads."""
        return asdict(self)

    def matches(self, asked: Sequence[tuple[str, str | None]]) -> bool:
        """Return whether a request of these (method, table) documents is one that this fault waits for."""
        return any(
            self.method in (None, method) and self.table in (None, table)
            for method, table in asked
            if method != "authorize_user" or self.method == method
        )

    def strikes(self, seen: int) -> bool:
        """Return whether it strikes a matching request, `seen` matching ones having come before."""
        return seen >= self.skip and (self.times is None or seen < self.skip + self.times)


@dataclass(frozen=True, slots=True)
class Scenario:
    """Faults, and how many matching requests each has seen."""

    faults: tuple[Fault, ...] = ()
    seen: tuple[int, ...] = ()

    @classmethod
    def of(cls, faults: Sequence[Fault]) -> Scenario:
        """Return a scenario in which no request has come yet."""
        return cls(tuple(faults), (0,) * len(faults))

    def next(self, asked: Sequence[tuple[str, str | None]]) -> tuple[Scenario, Fault | None]:
        """Return the scenario after one more request, and the first fault that strikes it."""
        matching = [fault.matches(asked) for fault in self.faults]
        struck = next(
            (
                fault
                for fault, seen, matches in zip(self.faults, self.seen, matching, strict=True)
                if matches and fault.strikes(seen)
            ),
            None,
        )
        seen = tuple(count + matches for count, matches in zip(self.seen, matching, strict=True))
        return Scenario(self.faults, seen), struck


def spoil_envelopes(kind: Kind, envelopes: list[Envelope]) -> list[Envelope]:
    """Return the envelopes of an answer as a portal with this fault would send them."""
    if kind in ROW_KINDS:
        return [{**one, "result": spoil_rows(kind, one["result"])} if "result" in one else one for one in envelopes]
    if kind is Kind.WRONG_WIDTH:
        return [{**one, "result": [row[:-1] for row in one["result"]]} for one in envelopes]
    if kind is Kind.WRONG_ID:
        return [{**one, "id": 1_000_000_007} for one in envelopes]
    if kind is Kind.NO_RESULT:
        return [{"jsonrpc": "2.0", "id": one.get("id")} for one in envelopes]
    if kind is Kind.BATCH_REVERSED:
        return envelopes[::-1]
    if kind is Kind.BATCH_DUPLICATED:
        return [*envelopes, {**envelopes[0], "result": []}]
    if kind is Kind.BATCH_MISSING:
        return envelopes[:-1]
    return envelopes


def spoil_rows(kind: Kind, rows: Json) -> Json:
    """Return the rows of an answer as a portal with this fault would send them."""
    if not isinstance(rows, list) or len(rows) <= 1:  # a count, or nothing to spoil
        return rows
    if kind is Kind.NO_ROWS:
        return []
    if kind is Kind.FEW_ROWS:
        return rows[-max(int(len(rows) * FEW), 1) :]
    if kind is Kind.ROWS_TWICE:
        return [row for row in rows for _ in range(2)]
    return rows[::-1]


def spoil_body(kind: Kind, body: bytes) -> bytes:
    """Return the body of an answer as a portal with this fault would send it."""
    if kind is Kind.HTML:
        return PAGE
    if kind is Kind.EMPTY:
        return b""
    if kind is Kind.TRUNCATED:
        return body[: len(body) // 2]
    return body
