"""Joins and groups whose columns nobody thought of: expressions of SQLite's over what a portal answers."""

from __future__ import annotations

from random import Random

_FROM = (
    "FROM portal.terminal t JOIN portal.subscriber s ON s.id = t.subscriber_id"
    " LEFT JOIN portal.package p ON p.id = t.id"
)
_COLUMNS = (
    *("s.id", "s.username", "s.surname", "s.phone", "s.balance", "s.disabled", "s.created_at", "s.max_terminal"),
    *("t.id", "t.mac_addr", "t.inet_addr", "t.last_seen", "t.active", "p.cost", "p.name"),
)
_GROUPED = (
    *("s.disabled", "count(*)", "count(s.id)", "max(s.id)", "min(t.last_seen)", "sum(s.max_terminal)", "avg(t.id)"),
    *("total(s.id)", "count(DISTINCT s.id)", "max(p.cost)"),
)
_VALUES = (
    *("7", "'7'", "1.5", "NULL", "'a'", "'2024'", "'2024-03-01'", "-1", "0", "x'31'", "TRUE", "'%a%'", "9e18"),
    *("'1e1'", "' 7'", "9223372036854775807"),
)
_OF_ONE = (
    *("abs", "hex", "length", "lower", "upper", "trim", "typeof", "quote", "date", "time", "datetime", "julianday"),
    *("unixepoch", "sign", "unicode", "round", "json_quote", "ltrim", "octet_length", "ceil", "trunc", "sqrt"),
)
_OF_TWO = (
    *("coalesce", "ifnull", "nullif", "instr", "max", "min", "like", "glob", "round", "substr", "concat"),
    *("json_array", "pow", "mod"),
)
_FORMATTED = ("printf('%s', {})", "printf('%5.2f', {})", "format('%d', {})", "strftime('%Y-%m', {})")
_BETWEEN = (
    *("+", "-", "*", "/", "%", "||", "<", "<=", ">", ">=", "=", "==", "<>", "!=", "IS", "IS NOT", "AND", "OR"),
    *("<<", ">>", "&", "|", "LIKE", "GLOB", "IS DISTINCT FROM"),
)
_SHAPES = (
    *("({} BETWEEN {} AND {})", "({} IN ({}, {}))", "({} NOT IN ({}, {}))", "CASE {} WHEN {} THEN {} ELSE 'x' END"),
    *("CASE WHEN {} THEN {} END", "CAST({} AS TEXT)", "CAST({} AS INTEGER)", "CAST({} AS REAL)", "CAST({} AS NUMERIC)"),
    *("({} COLLATE NOCASE)", "({} COLLATE RTRIM)", "(NOT {})", *_FORMATTED),
)
_WAYS = ("", "ASC", "DESC", "DESC NULLS LAST", "NULLS FIRST")
_CUTS = ("", " LIMIT 9", " LIMIT 5 OFFSET 2")


def worked_out(seed: int) -> str:
    """Return a statement, the same for the same number."""
    random = Random(seed)
    leaves, first, groups = random.choice([(_COLUMNS, "t.id", ""), (_GROUPED, "s.disabled", " GROUP BY s.disabled")])
    items = [_expression(random, random.randint(1, 3), leaves) for _ in range(random.randint(1, 3))]
    named = [f"{one} AS k{at}" if random.random() < 0.3 else one for at, one in enumerate(items)]
    if random.random() < 0.2:
        order = f" ORDER BY {', '.join(map(str, range(1, len(items) + 1)))}{random.choice(_CUTS)}"
        quoted = [f"quote({one})" for one in items]  # of 0 and 0.0, which are equal, any may stay
        return f"SELECT DISTINCT {', '.join(quoted)} {_FROM}{groups}{random.choice(['', order])}"
    sql = f"SELECT {', '.join([first, *named])} {_FROM}{groups}"
    if random.random() < 0.4:
        key = _expression(random, 2, leaves)
        sql += f" ORDER BY {key} {random.choice(_WAYS)}, {first}{random.choice(_CUTS)}"
    return sql


def _expression(random: Random, depth: int, leaves: tuple[str, ...]) -> str:
    if depth == 0 or random.random() < 0.15:
        return random.choice(leaves if random.random() < 0.65 else _VALUES)
    shape = random.choice(
        (
            f"({{}} {random.choice(_BETWEEN)} {{}})",
            f"{random.choice(_OF_ONE)}({{}})",
            f"{random.choice(_OF_TWO)}({{}}, {{}})",
            random.choice(_SHAPES),
        )
    )
    return shape.format(*(_expression(random, depth - 1, leaves) for _ in range(shape.count("{}"))))
