"""Statements of every shape that has a form, with few parentheses: the parser's precedence must be PostgreSQL's."""

from __future__ import annotations

from hypothesis import strategies as st

NUMBERS = st.sampled_from(["s.id", "max_terminal", "balance", "0", "1", "7", "-3", "1.5", "2.50", "NULL"])
TEXTS = st.sampled_from(
    ["username", "s.email", "surname", "'password'", "'test'", "''", "'id'", "'s.id'", "'007'", "'Иванов'", "NULL"]
)
PATTERNS = st.sampled_from(["'te%'", "'%e_%'", "'email'", "'under\\_%'", "surname", "'%'"])
MOMENTS = st.sampled_from(["created_at", "'2020-02-17'", "'2021-06-01 10:00:00'", "NULL"])
FLAGS = st.sampled_from(["disabled", "business", "true", "false", "NULL"])
COMPARISONS = st.sampled_from(["=", "<>", "<", ">", "<=", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM"])


def said(pattern: str, **parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return texts of a pattern whose places are filled."""
    return st.fixed_dictionaries(parts).map(lambda found: pattern.format(**found))


def maybe(text: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.just("") | text


SUMS = st.recursive(
    NUMBERS,
    lambda inner: (
        said("{a} {o} {b}", a=inner, b=inner, o=st.sampled_from(list("+-*/%")))
        | said("({a})", a=inner)
        | said("-({a})", a=inner)
        | said("coalesce({a}, {b})", a=inner, b=inner)
    ),
    max_leaves=4,
)
WORDS = st.recursive(
    TEXTS,
    lambda inner: (
        said("concat({a}, {b})", a=inner, b=inner | SUMS)
        | said("coalesce({a}, {b})", a=inner, b=inner)
        | said("coalesce({a}, '-') || {b}", a=inner, b=st.sampled_from(["username", "'x'", "s.id", "1.50"]))
    ),
    max_leaves=3,
)
SUBSELECTS = st.sampled_from(
    [
        "SELECT t.subscriber_id FROM terminal t",
        "SELECT subscriber_id FROM terminal WHERE active AND mac_addr IS NOT NULL",
        "SELECT t.subscriber_id FROM terminal t WHERE t.id > s.id",
        "SELECT max(subscriber_id) FROM terminal",
        "SELECT subscriber_id FROM terminal GROUP BY subscriber_id HAVING count(*) > 1",
        "SELECT id FROM subscriber WHERE username = 'password' OR surname IS NULL",
    ]
)
PREDICATES = (
    said("{a} {o} {b}", a=SUMS, b=SUMS, o=COMPARISONS)
    | said("{a} {o} {b}", a=WORDS, b=WORDS, o=COMPARISONS)
    | said("{a} {o} {b}", a=MOMENTS, b=MOMENTS, o=COMPARISONS)
    | said("{a} {o} {b}", a=FLAGS, b=FLAGS, o=COMPARISONS)
    | said("{a} {o} {b} AND {c}", a=SUMS, b=SUMS, c=SUMS, o=st.sampled_from(["BETWEEN", "NOT BETWEEN"]))
    | said("{a} {o} {b} AND {c}", a=WORDS, b=WORDS, c=WORDS, o=st.sampled_from(["BETWEEN", "NOT BETWEEN"]))
    | said("{a} {o} ({b}, {c})", a=SUMS, b=SUMS, c=SUMS, o=st.sampled_from(["IN", "NOT IN"]))
    | said("{a} {o} ({b}, {c}, {d})", a=WORDS, b=TEXTS, c=TEXTS, d=WORDS, o=st.sampled_from(["IN", "NOT IN"]))
    | said("{a} {o} ({b})", a=NUMBERS, b=SUBSELECTS, o=st.sampled_from(["IN", "NOT IN"]))
    | said("{a} {o} {b}", a=WORDS, b=PATTERNS, o=st.sampled_from(["LIKE", "NOT LIKE", "ILIKE"]))
    | said("{a} IS {b}", a=SUMS | WORDS | MOMENTS, b=st.sampled_from(["NULL", "NOT NULL"]))
    | said("{a} IS {b}", a=FLAGS, b=st.sampled_from(["NULL", "NOT NULL", "TRUE", "NOT TRUE", "FALSE", "NOT FALSE"]))
    | said("{n}EXISTS ({b})", n=maybe(st.just("NOT ")), b=SUBSELECTS)
    | said("{a} = ({b})", a=NUMBERS, b=st.just("SELECT max(subscriber_id) FROM terminal WHERE active"))
    | FLAGS
)
CONDITIONS = st.recursive(
    PREDICATES,
    lambda inner: (
        said("{a} {o} {b}", a=inner, b=inner, o=st.sampled_from(["AND", "OR"]))
        | said("NOT {a}", a=inner)
        | said("({a}) IS TRUE", a=inner)
        | said("({a})", a=inner)
    ),
    max_leaves=4,
)
WHERE = maybe(said(" WHERE {a}", a=CONDITIONS))
ORDER = maybe(
    said(
        " ORDER BY {a}{d}, s.id{l}",
        a=NUMBERS.filter(str.isidentifier)
        | SUMS.filter(lambda one: "id" in one)
        | st.sampled_from(["email", "surname"]),
        d=st.sampled_from(["", " DESC", " NULLS FIRST", " DESC NULLS LAST"]),
        l=maybe(st.sampled_from([" LIMIT 7", " LIMIT 5 OFFSET 3"])),
    )
)
FROM = st.sampled_from(
    [
        "subscriber s",
        "subscriber s",
        "(SELECT * FROM subscriber WHERE id < 40) s",
        "subscriber s JOIN (SELECT subscriber_id AS of, count(*) AS n FROM terminal GROUP BY 1) q ON q.of = s.id",
    ]
)
TOTALS = st.sampled_from(["count(*)", "count(email)", "sum(balance)", "max(s.id)", "avg(s.id)"])
AGGREGATES = st.sampled_from(
    ["count(*)", "count(email)", "count(DISTINCT surname)", "sum(balance)", "max(s.id)", "min(username)", "avg(s.id)"]
)
KEYS = st.sampled_from(["surname", "disabled", "max_terminal % 2", "coalesce(surname, 'surname')", "disabled IS TRUE"])

PLAIN = said(
    "SELECT s.id, {a} AS a, {b} FROM {f}{w}{o}", a=SUMS | WORDS, b=CONDITIONS | MOMENTS, f=FROM, w=WHERE, o=ORDER
)
GROUPED = said(
    "SELECT {k}, {a}, {b} AS b FROM {f}{w} GROUP BY {k}{h}",
    k=KEYS,
    a=AGGREGATES,
    b=AGGREGATES,
    f=FROM,
    w=WHERE,
    h=maybe(said(" HAVING {a} > {n}", a=TOTALS, n=st.sampled_from("0129"))),
)
INSIDE = said("WITH q AS ({q}) SELECT count(*) FROM q", q=PLAIN) | said(
    "SELECT x.id FROM ({q}) x WHERE x.id > 10", q=PLAIN
)
SELECTS = PLAIN | GROUPED | INSIDE
