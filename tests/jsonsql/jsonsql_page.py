"""The tables of docs/jsonsql.md, made from the cases that the tests run."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from iptvvtab.demo.tables import demo_catalog
from iptvvtab.jsonsql import ColumnName, Features, Names, TableName, encode
from iptvvtab.types import Json

CASES = Path(__file__).parent / "cases"
SHOWN = (
    "SELECT id FROM subscriber WHERE username = 'password'",
    "SELECT id FROM subscriber WHERE id BETWEEN 3 AND 7",
    "SELECT id FROM subscriber WHERE email IS DISTINCT FROM address",
    "SELECT id FROM subscriber s WHERE EXISTS (SELECT 1 FROM terminal t WHERE t.subscriber_id = s.id)",
    "SELECT id FROM subscriber WHERE balance > (SELECT avg(balance) FROM subscriber)",
    "SELECT surname, count(*) AS n FROM subscriber GROUP BY surname HAVING count(*) > 1",
    "SELECT id FROM subscriber ORDER BY email DESC NULLS LAST LIMIT 3",
    "WITH q AS (SELECT id FROM subscriber WHERE disabled) SELECT count(*) FROM q",
)
"""Forms that are not plain to see."""


def forms() -> str:
    """Return statements beside their documents."""
    names = Names(
        TableName(one.name, one.name, tuple(ColumnName(c.name, c.name, c.type) for c in one.columns), one.key, True)
        for one in demo_catalog().values()
    )
    features = Features(order_direction="list")
    return "\n".join(_block(sql, encode(sql, names, features).params) for sql in SHOWN)


def _block(sql: str, params: dict[str, Json]) -> str:
    """A statement and its document, one line for each clause."""
    lines = [f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in params.items()]
    return f"```text\n{sql}\n```\n\n```json\n{{\n" + ",\n".join(lines) + "\n}\n```\n"


def refusals(*files: str) -> str:
    """Return every refusal with a statement that meets it."""
    groups = [one for file in files for one in yaml.safe_load((CASES / file).read_text(encoding="utf-8")).values()]
    lines = ["| statement | error |", "|---|---|"]
    for listed in groups:
        lines += [f"| {_code(sql)} | {message.replace('|', chr(92) + '|')} |" for sql, message, *_ in listed]
    return "\n".join(lines)


def document_refusals() -> str:
    """Return what is wrong with documents, each with one that has it."""
    lines = ["| document | error |", "|---|---|"]
    for case in yaml.safe_load((CASES / "refusals.yaml").read_text(encoding="utf-8")):
        document = case["document"] if "document" in case else {case["method"]: case["params"]}
        shown = json.dumps(document, ensure_ascii=False)
        lines.append(f"| {_code(shown)} | {case['reason'].replace('|', chr(92) + '|')} (at {case['path']}) |")
    return "\n".join(lines)


def _code(sql: str) -> str:
    mark = "``" if "`" in sql else "`"
    return mark + sql.replace("|", "\\|") + mark
