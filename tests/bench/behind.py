"""The cases of queries.yaml, and the rows behind an answer, counted over plain tables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import apsw
import yaml

from iptvvtab.mirror import quoted

FOLDER = Path(__file__).parent
STATEMENTS = FOLDER.parent.parent / "sql" / "demo"


@dataclass(frozen=True)
class Case:
    """A query of sql/demo, what it may cost on the small demo portal, and the rows behind its answer by table."""

    query: str
    requests: int
    rows: int
    behind: dict[str, str | int]
    is_whole: bool = False

    @property
    def sql(self) -> str:
        """The statement."""
        return (STATEMENTS / f"{self.query}.sql").read_text(encoding="utf-8").strip().removesuffix(";")


CASES = [Case(**case) for case in yaml.safe_load((FOLDER / "queries.yaml").read_text(encoding="utf-8"))]


def keep_answer(plain: apsw.Connection, case: Case) -> None:
    """Fill the table `answer` of a connection of plain tables with what the query gives."""
    plain.execute(f"DROP TABLE IF EXISTS temp.answer; CREATE TEMP TABLE answer AS {case.sql}")


def rows_behind(plain: apsw.Connection, case: Case) -> int:
    """Count the rows behind the answer; `answer` must hold it."""
    return sum(
        condition
        if isinstance(condition, int)
        else int(plain.execute(f"SELECT count(*) FROM portal.{quoted(table)} WHERE {condition}").get)
        for table, condition in case.behind.items()
    )


def keep_rows_behind(plain: apsw.Connection, case: Case, schema: str) -> None:
    """Copy the rows behind the answer to tables of the same names in a schema of their own."""
    for table, condition in case.behind.items():
        where = "" if isinstance(condition, int) else f"WHERE {condition}"
        name = quoted(table)
        plain.execute(f"CREATE TABLE {quoted(schema)}.{name} AS SELECT * FROM portal.{name} {where}")
