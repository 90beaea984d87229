"""How fresh the tables of a shadow file are, by its own bookkeeping, in words of a page. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

PUBLISHED = (
    'SELECT name, "rows", began, schema_hash, is_closed, strategy, at '
    "FROM _mirror_table LEFT JOIN _mirror_written USING (name) ORDER BY name"
)
"""The bookkeeping: what `judged` takes."""

ON_DEMAND = "on-demand"
"""The strategy of tables whose rows are kept as they are asked for."""

_UNITS = ((86400, "day"), (3600, "h"), (60, "min"))
_SAID = {
    "closed": "closed: the portal says that this account may not read it any more",
    "outdated": "outdated: its schema changed since",
    "written": "stale: somebody wrote to it since",
}


@dataclass(frozen=True, slots=True)
class Freshness:
    """How fresh a table is: fresh, stale, written, closed, outdated. `age` and `ttl` in seconds; ttl None: not known.

    `part`: which rows of it are there, in words; None: all.
    """

    table: str
    rows: int
    age: float
    ttl: float | None
    state: str
    part: str | None = None

    @property
    def words(self) -> str:
        """What a page says of it."""
        parts = [f"synced {spoken(self.age)} ago"]
        if self.ttl is not None:
            parts.append(f"ttl {spoken(self.ttl)}")
        rows = f"{self.rows:,} row{'s' * (self.rows != 1)}" + (f", {self.part}" if self.part else "")
        return f"{', '.join([*parts, _SAID.get(self.state, self.state)])}; {rows}"


def judged(row: tuple[str, int, float, str, int, str, float | None], known: Mapping[str, Any], now: float) -> Freshness:
    """Return how fresh a table is by its row of bookkeeping and by what is known of tables.

    That is `ttl`, `schema_hash` and `part`, by name.
    """
    name, rows, began, schema_hash, is_closed, strategy, written = row
    about = known.get(name, {})
    age, ttl = now - began, about.get("ttl")
    if is_closed:
        state = "closed"
    elif about.get("schema_hash") != schema_hash:
        state = "outdated"
    else:
        is_behind = written is not None and began <= written
        state = "written" if is_behind else "fresh" if 0 <= age < ttl else "stale"
    part = "only those that were asked for" if strategy == ON_DEMAND else about.get("part")
    return Freshness(name, rows, max(age, 0.0), ttl, state, part)


def spoken(seconds: float) -> str:
    """Return a duration as people say it, in its largest unit: `3 min`."""
    for size, unit in _UNITS:
        if seconds >= size:
            number = int(seconds // size)
            return f"{number} {unit}{'s' * (unit == 'day' and number != 1)}"
    return f"{int(seconds)} s"


def summed_up(tables: Iterable[Freshness]) -> str:
    """Return one sentence about all tables of a file: `19 tables: 18 fresh, 1 stale; the oldest synced ...`."""
    all_ = list(tables)
    states = Counter(one.state for one in all_)
    said = ", ".join(f"{number} {state}" for state, number in states.most_common())
    oldest = max((one.age for one in all_), default=0.0)
    number = f"{len(all_)} table{'s' * (len(all_) != 1)}"
    return f"{number}: {said}; the oldest synced {spoken(oldest)} ago" if all_ else "no tables yet"
