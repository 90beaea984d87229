"""The demo portal's tables: names and columns with evidence (jsonsql.md), in the order of `schemas/*.yaml`.

`media` has 74 columns and `domain` 167, as seen on a live portal [C]: after the named ones come invented ones, of
every type.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import cycle, islice

from iptvvtab.jsonsql import PgType
from iptvvtab.types import Json

MEDIA_WIDTH = 74
DOMAIN_WIDTH = 167


@dataclass(frozen=True, slots=True)
class DemoColumn:
    """One column. `is_required`: declared NOT NULL."""

    name: str
    type: PgType
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class DemoTable:
    """One table. `key`: the primary key's columns, or none. `unique`: a column with a unique constraint, or None."""

    name: str
    columns: tuple[DemoColumn, ...]
    key: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    unique: str | None = None

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names in the order of `["*"]`."""
        return tuple(column.name for column in self.columns)

    @classmethod
    def from_json(cls, document: Json) -> DemoTable:
        """Read a table as its fields in JSON say it. Raises KeyError, TypeError and ValueError."""
        columns = (DemoColumn(one["name"], PgType(one["type"]), one["is_required"]) for one in document["columns"])
        return cls(
            document["name"],
            tuple(columns),
            tuple(document["key"]),
            tuple(document["indexes"]),
            document["unique"],
        )


@cache
def demo_catalog() -> dict[str, DemoTable]:
    """Return the demo portal's tables by name."""
    return {table.name: table for table in _tables()}


_SHORT = {
    "i": PgType.INTEGER,
    "big": PgType.BIGINT,
    "n": PgType.NUMERIC,
    "f": PgType.DOUBLE,
    "b": PgType.BOOLEAN,
    "t": PgType.TEXT,
    "inet": PgType.INET,
    "ts": PgType.TIMESTAMP,
    "d": PgType.DATE,
    "j": PgType.JSONB,
}


def _table(
    name: str, columns: str, *, key: str = "id", indexes: str = "", unique: str | None = None, width: int = 0
) -> DemoTable:
    """Read `name:type` words (text when no type is given, `!` for NOT NULL) and fill up to `width` columns."""
    keys = tuple(key.split())
    parsed = []
    for word in columns.split():
        column, _, kind = word.partition(":")
        required = kind.endswith("!") or column in keys
        parsed.append(DemoColumn(column, _SHORT[kind.rstrip("!") or "t"], required))
    kinds = islice(cycle(_SHORT.values()), max(0, width - len(parsed)))
    parsed += [DemoColumn(f"extra_{n:02d}", kind) for n, kind in enumerate(kinds, start=len(parsed))]
    return DemoTable(name, tuple(parsed), keys, tuple(indexes.split()), unique)


def _tables() -> list[DemoTable]:
    return [
        _table(
            "subscriber",
            "id:i username:t! password email address first_name middle_name surname phone max_terminal:i disabled:b "
            "billing type business:b balance:n created_at:ts",
            unique="username",
        ),
        _table(
            "terminal",
            "id:i subscriber_id:i inet_addr:inet mac_addr registered:b active:b last_seen:ts",
            indexes="subscriber_id mac_addr",
        ),
        _table("media", "id:i name protocol inet_addr:inet port:i path is_tv:b", width=MEDIA_WIDTH),
        _table("service", "id:i name"),
        _table("package", "id:i name:t! paid:b cost:n disabled:b price:n", unique="name"),
        _table("key", "id:i name"),
        _table("playlist", "id:i name"),
        _table("profile", "id:i name"),
        _table("pprofile", "id:i name"),
        _table("sprofile", "id:i name"),
        _table("user", "id:i name"),
        _table("domain", "id:i name", width=DOMAIN_WIDTH),
        _table(
            "subscriber_package",
            "subscriber_id:i package_id:i enabled:b",
            key="subscriber_id package_id",
            indexes="package_id",
        ),
        _table("subscriber_inetaddr", "id:i subscriber_id:i inet_addr:inet", indexes="subscriber_id"),
        _table("tv_channel", "id:i name url"),
        _table(
            "tv_program",
            "id:big created_at:ts updated_at:ts channel_id:i title epg_provider_id:i start:ts stop:ts",
            indexes="channel_id start",
        ),
        _table("tv_category", "id:i name genre"),
        _table("tv_program_category", "program_id:big category_id:i", key="", indexes="program_id"),
        _table("terminal_playlog", "start:ts domain_id:i mac_addr channel_id:i", key="", indexes="channel_id"),
    ]
