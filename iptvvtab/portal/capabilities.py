"""What a portal was seen to do: a record, what doctor says of it, and where it is kept per portal.

A feature that was not probed counts as absent, and absent is never a wrong answer: only more rows fetched
(jsonsql.md, Things a portal may or may not do).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import orjson

from iptvvtab.portal.session_file import file_stem, write_atomically

if TYPE_CHECKING:
    from iptvvtab.config import Settings

FORMAT = 1
"""Of the stored file; a file of another one is probed anew."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a portal was seen to do; None: not probed, or the rows at hand could not tell.

    `order_direction`: `["c", "DESC"]` is "list", `{"desc": c}` is "object", "none" is neither. `row_hash`: the name of
    the function, or "none". `row_cap`: rows at which a select was cut without a word; `rows_at_once`: rows that came
    uncut. `longest_in`: values of an IN list that were taken. `nulls_last`: NULL sorts after everything.
    `seen_at`: when it was asked, in seconds since 1970. `counted`: how many rows some tables had then, by their
    names on the portal.

    Those from `digest` on are asked for when a sync first wants them: the function that hashes rows of several columns,
    how sums of hashes are grouped by an expression, sums of hashes and of keys under conditions.
    """

    order_direction: Literal["list", "object", "none"] | None = None
    batch: bool | None = None
    gzip: bool | None = None
    count: bool | None = None
    in_values: bool | None = None
    ilike: bool | None = None
    group_by_expression: bool | None = None
    row_hash: Literal["hashtext", "md5", "none"] | None = None
    now: bool | None = None
    nulls_last: bool | None = None
    bytewise_text: bool | None = None
    longest_in: int | None = None
    row_cap: int | None = None
    rows_at_once: int | None = None
    seen_at: float | None = None
    counted: tuple[tuple[str, int], ...] = ()
    digest: Literal["hashtext", "md5", "none"] | None = None
    digest_groups: Literal["derived", "direct", "none"] | None = None
    digest_ranges: bool | None = None
    key_totals: bool | None = None

    @property
    def is_probed(self) -> bool:
        """Whether anything is known."""
        return self != Capabilities()


class State(StrEnum):
    """How a line of doctor begins."""

    OK = "ok"
    ABSENT = "absent"
    UNKNOWN = "unknown"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of doctor: what was looked at, how it is, and what that means for whoever asks."""

    name: str
    state: State
    text: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class _Words:
    """What doctor calls a capability, and what its absence costs."""

    title: str
    absent: str


_WORDS = {
    "order_direction": _Words("descending order", "ORDER BY ... DESC is sorted here"),
    "batch": _Words("JSON-RPC batches", "several questions travel one by one"),
    "gzip": _Words("compressed answers", "pages travel as they are"),
    "count": _Words("count(*)", "rows are fetched to be counted"),
    "in_values": _Words("IN through values", "texts that look like column names are compared here"),
    "ilike": _Words("ilike", "LIKE is compared here: more rows travel"),
    "group_by_expression": _Words("GROUP BY an expression", "such groups are made here"),
    "row_hash": _Words("a hash of a row", "changed rows are found by reading them"),
    "now": _Words("now()", "the portal's clock is read from its HTTP Date"),
    "nulls_last": _Words("NULL after everything", "ORDER BY a column with NULLs is sorted here"),
    "bytewise_text": _Words("text ordered by its bytes", "texts are compared and sorted here"),
    "longest_in": _Words("IN lists", "keys travel one by one"),
}


def findings(capabilities: Capabilities) -> tuple[Finding, ...]:
    """Return a line for each capability."""
    lines = [_finding(name, words, getattr(capabilities, name)) for name, words in _WORDS.items()]
    return (*lines, _row_cap(capabilities))


def _finding(name: str, words: _Words, value: bool | int | str | None) -> Finding:
    if value is None:
        return Finding(name, State.UNKNOWN, f"{words.title}: the rows at hand could not tell", words.absent)
    if value is False or value == "none":
        return Finding(name, State.ABSENT, words.title, words.absent)
    if value is True:
        return Finding(name, State.OK, words.title)
    detail = f"up to {value} values" if isinstance(value, int) else f"as {value}"
    return Finding(name, State.OK, f"{words.title} {detail}")


def _row_cap(capabilities: Capabilities) -> Finding:
    if capabilities.row_cap is not None:
        text = f"a select is cut at {capabilities.row_cap} rows without a word"
        return Finding("row_cap", State.OK, text, "pages stay below that; tables without a key need one")
    if capabilities.rows_at_once is not None:
        return Finding("row_cap", State.ABSENT, f"no cut of a select up to {capabilities.rows_at_once} rows")
    return Finding("row_cap", State.UNKNOWN, "a silent cut of a select: no table was large enough to tell")


def load_capabilities(settings: Settings) -> Capabilities | None:
    """Return what is stored of this portal; None if nothing is, or it is of another format."""
    try:
        stored: Any = orjson.loads(_path(settings).read_bytes())
        if stored["format"] != FORMAT:
            return None
        known = {field.name for field in fields(Capabilities)}
        said = {name: value for name, value in stored["capabilities"].items() if name in known}
        counted = tuple((str(name), int(rows)) for name, rows in said.pop("counted", ()))
        return Capabilities(**said, counted=counted)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None  # nothing to go by: the portal is asked again


def store_capabilities(settings: Settings, capabilities: Capabilities) -> None:
    """Keep what was seen of this portal. Raises OSError."""
    path = _path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {"format": FORMAT, "portal": settings.portal_id, "capabilities": asdict(capabilities)}
    write_atomically(path, orjson.dumps(document, option=orjson.OPT_INDENT_2))


def _path(settings: Settings) -> Path:
    return Path(settings.state_folder) / "capabilities" / f"{file_stem(settings)}.json"
