"""Statements that nobody thought of: of selects that a portal answers, and what SQLite makes of their answers."""

from __future__ import annotations

from random import Random

_PAIRS = (
    "SELECT id AS a, username AS b FROM portal.subscriber WHERE id < 40",
    "SELECT id, disabled FROM portal.subscriber WHERE disabled = 0 AND id BETWEEN 5 AND 60",
    "SELECT disabled AS a, count(*) AS b FROM portal.subscriber GROUP BY disabled",
    "SELECT channel_id AS a, max(start) AS b FROM portal.tv_program WHERE channel_id IS NOT NULL GROUP BY channel_id",
    "SELECT count(*) AS a, min(id) AS b FROM portal.terminal",
    "SELECT max(id) AS a, avg(id) AS b FROM portal.package",
    "SELECT t.id AS a, s.phone AS b FROM portal.terminal t JOIN portal.subscriber s USING (id) WHERE t.id < 40",
    "SELECT s.id AS a, t.active AS b FROM portal.subscriber s LEFT JOIN portal.terminal t ON s.id = t.subscriber_id",
    "SELECT DISTINCT max_terminal AS a, disabled AS b FROM portal.subscriber WHERE id < 200",
    "SELECT id AS a, lower(name) AS b FROM portal.package",
    "SELECT subscriber_id AS a, strftime('%Y', last_seen) AS b FROM portal.terminal WHERE id < 60",
    "SELECT 3 AS a, 'x' AS b",
    "SELECT '3' AS a, NULL AS b",
    "VALUES (1, 2), (2.0, '2'), (NULL, 'x')",
    "SELECT id AS a, 1 AS b FROM portal.package WHERE paid = 1",
    "SELECT id + 1 AS a, id * 2 AS b FROM portal.package",
    "SELECT id AS a, count(*) OVER () AS b FROM portal.package WHERE id < 9",
    "SELECT max_terminal AS a, group_concat(id) AS b FROM portal.subscriber WHERE id < 90 GROUP BY max_terminal",
)
_DOUBLES = "SELECT id AS a, balance AS b FROM portal.subscriber WHERE id < 50"
"""Not where equal values become one: of 1 and 1.0, which are equal, any may stay."""
_COUNTS = (
    "(SELECT count(*) FROM portal.terminal)",
    "(SELECT max(subscriber_id) FROM portal.terminal WHERE active = 1)",
    "(SELECT min(created_at) FROM portal.subscriber)",
    "(SELECT count(DISTINCT channel_id) FROM portal.tv_program)",
    "(SELECT sum(max_terminal) FROM portal.subscriber)",
    "(SELECT count(*) FROM portal.subscriber s JOIN portal.terminal t ON t.subscriber_id = s.id WHERE s.disabled)",
    "EXISTS (SELECT 1 FROM portal.terminal WHERE id < 3)",
    "(SELECT username FROM portal.subscriber WHERE id = 7)",
)
_VALUES = ("3", "'3'", "'x'", "NULL", "2.0", "'2024'", "0", "'1'", "x'33'", "TRUE")
_COMPOUND = ("UNION", "UNION ALL", "EXCEPT", "INTERSECT")
_COMPARED = ("=", "<>", "<", ">=", "IS", "IS NOT", "LIKE")
_WORKED = ("lower({})", "{} || 'x'", "typeof({})", "coalesce({}, 0)", "{} + 1", "quote({})", "CAST({} AS TEXT)")
_WINDOWS = (
    "row_number() OVER (ORDER BY quote(q.a), quote(q.b))",
    "count(*) OVER (PARTITION BY q.a)",
    "rank() OVER (ORDER BY q.b)",
    "max(q.b) OVER ()",
)


def of_parts(seed: int) -> str:
    """Return a statement, the same for the same number; its rows have no order that matters."""
    random = Random(seed)
    return random.choice((_compound, _expressions, _over, _members, _joined))(random)


def _compound(random: Random) -> str:
    arms = [random.choice(_PAIRS) for _ in range(random.randint(2, 4))]
    sql = arms[0] + "".join(f" {random.choice(_COMPOUND)} {one}" for one in arms[1:])
    if random.random() < 0.5:
        return sql
    tested = f"q.{random.choice('ab')} {random.choice(_COMPARED)} {random.choice(_VALUES)}"
    return f"WITH q(a, b) AS ({sql}) SELECT quote(a), quote(b), {tested} FROM q"


def _expressions(random: Random) -> str:
    values = [random.choice((*_COUNTS, *_VALUES)) for _ in range(4)]
    values[0] = random.choice(_COUNTS)
    first, second, third, fourth = values
    return f"SELECT {first} {random.choice(_COMPARED)} {second}, coalesce({third}, {fourth}), {second} IN ({third}, 0)"


def _over(random: Random) -> str:
    shown = random.choice(_WORKED).format(random.choice(("q.a", "q.b")))
    test = f"q.{random.choice('ab')} {random.choice(_COMPARED)} {random.choice(_VALUES)}"
    kind = random.choice(("", "MATERIALIZED", "NOT MATERIALIZED"))
    head = f"WITH q(a, b) AS {kind} ({random.choice((*_PAIRS, _DOUBLES))})"
    if random.random() < 0.5:
        shown += f", {random.choice(_WINDOWS)}, {random.choice(_COUNTS)}"
        return f"{head} SELECT q.a, {shown} FROM q WHERE {test} IS NOT 1"
    return f"{head} SELECT {shown} AS k, count(*), max(quote(q.b)) FROM q WHERE {test} IS NOT TRUE GROUP BY k"


def _members(random: Random) -> str:
    test = f"q.{random.choice('ab')} {random.choice(('IN', 'NOT IN'))} (SELECT a FROM r)"
    heads = f"WITH q(a, b) AS ({random.choice(_PAIRS)}), r(a, b) AS ({random.choice(_PAIRS)})"
    return f"{heads} SELECT quote(q.a), quote(q.b), {test}, {random.choice(_COUNTS)} FROM q WHERE {test}"


def _joined(random: Random) -> str:
    kind = random.choice(("JOIN", "LEFT JOIN", "CROSS JOIN"))
    on = f"q.{random.choice('ab')} {random.choice(('=', 'IS', '<'))} r.{random.choice('ab')}"
    q, r = random.choice((*_PAIRS, _DOUBLES)), random.choice(_PAIRS)
    heads = f"WITH q(a, b) AS ({q}), r(a, b) AS ({r})"
    return f"{heads} SELECT typeof(q.a), quote(r.b), count(*) FROM q {kind} r ON {on} GROUP BY 1, 2"
