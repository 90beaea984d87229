"""Statements that nobody thought of: a small grammar of SQL over the portal's tables, as hypothesis strategies."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from iptvvtab.schema import load_catalog
from tests.differential.sides import SCHEMAS

TABLES = {
    "subscriber": ["id", "username", "surname", "email", "max_terminal", "disabled", "balance", "created_at"],
    "terminal": ["id", "subscriber_id", "inet_addr", "mac_addr", "active", "last_seen"],
    "package": ["id", "name", "paid", "price"],
    "subscriber_package": ["subscriber_id", "package_id", "enabled"],
    "tv_channel": ["id", "name", "url"],
    "tv_program": ["id", "channel_id", "title", "start", "stop"],
    "tv_program_category": ["program_id", "category_id"],
    "terminal_playlog": ["start", "domain_id", "mac_addr", "channel_id"],
    "media": ["id", "name", "extra_08", "extra_09", "extra_15", "extra_16", "extra_63", "extra_64", "extra_72"],
    "domain": ["id", "name", "Field_5", "Field_90", "extra_64", "extra_166"],
}
KEYS = {
    **{table: ["id"] for table in ["subscriber", "terminal", "package", "tv_channel", "tv_program", "media", "domain"]},
    "subscriber_package": ["subscriber_id", "package_id"],
}
"""Of the tables that have one."""
LINKS = [
    ("subscriber.id", "terminal.subscriber_id"),
    ("subscriber.id", "subscriber_package.subscriber_id"),
    ("package.id", "subscriber_package.package_id"),
    ("terminal.subscriber_id", "subscriber_package.subscriber_id"),
    ("tv_channel.id", "tv_program.channel_id"),
    ("tv_channel.id", "terminal_playlog.channel_id"),
    ("tv_program.id", "tv_program_category.program_id"),
    ("terminal.mac_addr", "terminal_playlog.mac_addr"),
    ("domain.id", "terminal_playlog.domain_id"),
    ("subscriber.username", "package.name"),
    ("subscriber.username", "package.id"),
    ("subscriber.id", "subscriber.max_terminal"),
    ("subscriber.email", "media.name"),
    ("media.extra_64", "subscriber.created_at"),
    ("tv_program.start", "tv_program.stop"),
    ("subscriber.balance", "package.price"),
    ("subscriber.disabled", "package.paid"),
]
LITERALS = st.one_of(
    st.integers(-2, 60).map(str),
    st.sampled_from(
        ["NULL", "1.5", "0.0", "-12.5", "7.0", "1e300", "9007199254740993", "-9223372036854775808", "TRUE", "x'37'"]
    ),
    st.sampled_from(
        ["'7'", "'007'", "' 7'", "'test'", "'TEST'", "'Иванов'", "''", "'password'", "'id'", "'back\\slash'"]
    ),
    st.sampled_from(["'10.0.0.7'", "'10.0.0.7/32'", "'10.10.0.3'", "'id~'", "'zz'", "'П'", "'2025-01-28 18:30:00.5'"]),
    st.sampled_from(
        ["'2024-01-01'", "'2024'", "'2020-02-17 00:00:00'", "'2024-10'", "'2025-01-28 18'", "'true'", "'abc'"]
    ),
)
PATTERNS = st.text("tTeE_%sИи0\\. ", max_size=5).map(lambda text: f"'{text}'")
GLOBS = st.one_of(
    st.text("tTeE*?[]^-Ии0. ", max_size=5),
    st.sampled_from(
        ["*", "?*", "[a-z]*", "[^t]*", "test*", "2024*", "2024-1*", "2025-01-28 1*", "10.*", "*[0-9]", "[*"]
    ),
).map(lambda text: f"'{text}'")
COMPARISONS = st.sampled_from(["=", "=", "=", "<", "<=", ">", ">=", "!=", "IS", "IS NOT"])
TEXT = frozenset(
    f"{table.name}.{column.name}"
    for table in load_catalog(SCHEMAS).values()
    for column in table.columns
    if column.type.declaration == "TEXT"
)
"""Columns of SQLite's affinity for text, as `table.column`."""
COLLATIONS = st.sampled_from(["", "", "", "", "", " COLLATE NOCASE", " COLLATE RTRIM"])


@dataclass(frozen=True)
class Scope:
    """Tables by alias."""

    aliases: tuple[tuple[str, str], ...]

    def columns(self) -> list[str]:
        return [f"{alias}.{column}" for alias, table in self.aliases for column in TABLES[table]]

    def is_text(self, column: str) -> bool:
        alias, name = column.split(".")
        return f"{dict(self.aliases)[alias]}.{name}" in TEXT


@st.composite
def predicates(draw: st.DrawFn, scope: Scope, depth: int = 0) -> str:
    """A condition; one in four is a combination of others."""
    column = draw(st.sampled_from(scope.columns()))
    kind = draw(st.integers(0, 13 if depth < 2 else 9))
    if kind <= 2:
        return f"{column}{draw(COLLATIONS)} {draw(COMPARISONS)} {draw(LITERALS)}"
    if kind == 3:
        members = ", ".join(draw(st.lists(LITERALS, max_size=4)))
        return f"{column} {draw(st.sampled_from(['IN', 'IN', 'NOT IN']))} ({members})"
    if kind == 4:
        return f"{column} {draw(st.sampled_from(['LIKE', 'LIKE', 'NOT LIKE']))} {draw(PATTERNS)}"
    if kind == 5:
        return f"{column} {draw(st.sampled_from(['IS NULL', 'IS NOT NULL', 'IS TRUE', 'IS NOT FALSE']))}"
    if kind == 6:
        return f"{column} BETWEEN {draw(LITERALS)} AND {draw(LITERALS)}"
    if kind == 7:
        return f"{column} {draw(COMPARISONS)} {draw(st.sampled_from(scope.columns()))}"
    if kind == 8:
        return f"{column} {draw(st.sampled_from(['GLOB', 'GLOB', 'NOT GLOB']))} {draw(GLOBS)}"
    if kind == 9:
        return draw(row_values(scope, column))
    if kind == 10:
        inner = draw(st.sampled_from(sorted(TABLES)))
        among = draw(st.sampled_from(TABLES[inner]))
        where = draw(predicates(Scope((("q", inner),)), 2))
        return (
            f"{column} {draw(st.sampled_from(['IN', 'NOT IN']))} (SELECT q.{among} FROM portal.{inner} q WHERE {where})"
        )
    if kind == 11:
        return f"NOT ({draw(predicates(scope, depth + 1))})"
    joined = draw(st.sampled_from([" AND ", " OR ", " OR "]))
    return "(" + joined.join(draw(st.lists(predicates(scope, depth + 1), min_size=2, max_size=3))) + ")"


@st.composite
def row_values(draw: st.DrawFn, scope: Scope, column: str) -> str:
    """Two columns at once: compared with two values, or found among the pairs of a table."""
    pair = [column, draw(st.sampled_from(scope.columns()))]
    said = f"({', '.join(pair)})"
    if draw(st.integers(0, 3)):
        operator = draw(st.sampled_from(["=", "=", "<", "<=", ">", ">=", "!=", "IS", "IS NOT"]))
        return f"{said} {operator} ({draw(LITERALS)}, {draw(LITERALS)})"
    # SQLite checks the rows of a virtual table again without the affinity of the other side (3.53), and loses those
    # where a column of text equals a number by it: `(id, username) IN (SELECT 24, n)` with '1.0' and 1.
    inner = draw(st.sampled_from(["subscriber", "terminal", "media"]))
    alike = [[c for c in TABLES[inner] if (f"{inner}.{c}" in TEXT) == scope.is_text(one)] for one in pair]
    among = ", ".join(f"p.{draw(st.sampled_from(columns))}" for columns in alike)
    return f"{said} {draw(st.sampled_from(['IN', 'NOT IN']))} (SELECT {among} FROM portal.{inner} p)"


@st.composite
def sources(draw: st.DrawFn) -> tuple[str, Scope]:
    """What stands after FROM: one table, or two that are linked, perhaps with a third condition."""
    if draw(st.booleans()):
        table = draw(st.sampled_from(sorted(TABLES)))
        return f"portal.{table} a", Scope((("a", table),))
    left, right = draw(st.sampled_from(LINKS))
    if draw(st.booleans()):
        left, right = right, left
    (one, first), (two, second) = left.split("."), right.split(".")
    scope = Scope((("a", one), ("b", two)))
    join = draw(st.sampled_from(["JOIN", "JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"]))
    extra = f" AND {draw(predicates(scope, 1))}" if draw(st.booleans()) else ""
    return f"portal.{one} a {join} portal.{two} b ON a.{first} = b.{second}{extra}", scope


@st.composite
def statements(draw: st.DrawFn) -> str:
    """A whole statement. Where rows are cut, all columns that are shown fix the order."""
    form = draw(st.integers(0, 8))
    if form == 7:
        return draw(counts())
    if form == 8:
        return draw(tops())
    source, scope = draw(sources())
    where = f" WHERE {draw(predicates(scope))}" if draw(st.integers(0, 4)) else ""
    columns = draw(st.lists(st.sampled_from(scope.columns()), min_size=1, max_size=3))
    shown = ", ".join(columns)
    if form == 0:
        measure = draw(
            st.sampled_from(
                ["count(*)", f"count({columns[0]})", f"max({columns[0]})", f"min({columns[0]})", f"sum({columns[0]})"]
            )
        )
        return f"SELECT {columns[-1]}, {measure} FROM {source}{where} GROUP BY 1"
    if form == 1:
        return f"SELECT count(*), count(DISTINCT {columns[0]}), max({columns[-1]}) FROM {source}{where}"
    if form in (3, 6):
        places = ", ".join(
            f"{n} {draw(st.sampled_from(['', 'DESC', 'NULLS LAST']))}" for n in range(1, len(columns) + 1)
        )
        distinct = "DISTINCT " if form == 6 else ""
        return f"SELECT {distinct}{shown} FROM {source}{where} ORDER BY {places}{draw(limits())}"
    if form == 4:
        _, other = draw(sources())
        table = other.aliases[0][1]
        few = ", ".join(TABLES[table][0] for _ in columns)
        operator = draw(st.sampled_from(["UNION", "EXCEPT", "INTERSECT", "UNION ALL"]))
        return f"SELECT {shown} FROM {source}{where} {operator} SELECT {few} FROM portal.{table}"
    return f"SELECT {'DISTINCT ' if form == 2 else ''}{shown} FROM {source}{where}"


@st.composite
def limits(draw: st.DrawFn) -> str:
    """LIMIT, perhaps with OFFSET."""
    offset = f" OFFSET {draw(st.integers(0, 9))}" if draw(st.booleans()) else ""
    return f" LIMIT {draw(st.integers(0, 12))}{offset}"


@st.composite
def counts(draw: st.DrawFn) -> str:
    """How many rows have these values: what may be one request."""
    table = draw(st.sampled_from(sorted(TABLES)))
    columns = draw(st.lists(st.sampled_from(TABLES[table]), max_size=2))
    said = [draw(st.sampled_from([f"= {draw(LITERALS)}", f"IS {draw(LITERALS)}", "IS NULL"])) for _ in columns]
    where = " AND ".join(f"a.{column} {one}" for column, one in zip(columns, said, strict=True))
    return f"SELECT count(*) FROM portal.{table} a{' WHERE ' if where else ''}{where}"


@st.composite
def tops(draw: st.DrawFn) -> str:
    """The first rows by columns that may be NULL; the key breaks ties, each column upward or downward."""
    table = draw(st.sampled_from(sorted(KEYS)))
    scope = Scope((("a", table),))
    by = draw(st.lists(st.sampled_from(TABLES[table]), min_size=1, max_size=2)) + KEYS[table]
    order = ", ".join(f"a.{column}{draw(st.sampled_from(['', '', ' DESC']))}" for column in by)
    where = f" WHERE {draw(predicates(scope, 1))}" if draw(st.booleans()) else ""
    shown = ", ".join(f"a.{column}" for column in [*KEYS[table], by[0]])
    return f"SELECT {shown} FROM portal.{table} a{where} ORDER BY {order}{draw(limits())}"
