"""Results as Markdown tables: what the terminal shows is what docs/benchmarks.md keeps."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from tests.bench.answers import Answer
from tests.bench.cells import Cell
from tests.bench.locks import Lock
from tests.bench.queries import Cost, Measured
from tests.bench.scans import Scan

MIB = 1024 * 1024
KB = 1000
MANY_TIMES = 10


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; every column but the first is a number."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = [head, ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])], *rows]
    return "\n".join(
        "| "
        + " | ".join(
            one.rjust(width) if n else one.ljust(width) for n, (one, width) in enumerate(zip(line, widths, strict=True))
        )
        + " |"
        for line in lines
    )


def scans_table(what: str, scans: Sequence[Scan]) -> str:
    """Rows a second of each scan, beside the first one."""
    by_hand = scans[0]
    return table(
        (what, "rows", "seconds", "rows/s", "of the loop", "processor s", "memory above idle"),
        [
            (
                one.name,
                f"{one.rows:,}",
                f"{one.seconds:.2f}",
                f"{one.rate:,.0f}",
                f"{one.rate / by_hand.rate:.0%}",
                f"{one.processor:.2f}",
                f"{one.memory / MIB:.0f} MiB",
            )
            for one in scans
        ],
    )


def queries_table(queries: Sequence[Measured]) -> str:
    """The cost of each query, and how many times as much it is with nothing travelling."""
    return table(
        (
            "query of sql/demo",
            "rows behind",
            "rows fetched",
            "fetched / behind",
            "requests",
            "kB",
            "seconds",
            "without: rows",
            "requests",
            "kB",
            "seconds",
        ),
        [_query_line(one) for one in [*queries, _sum(queries)]],
    )


def _query_line(one: Measured) -> tuple[str, ...]:
    cost, without = one.cost, one.without
    return (
        one.query,
        f"{one.behind:,}",
        f"{cost.rows:,}",
        times(cost.rows / one.behind),
        f"{cost.requests}",
        f"{cost.bytes / KB:,.1f}",
        f"{cost.seconds:.2f}",
        times(without.rows / cost.rows),
        times(without.requests / cost.requests),
        times(without.bytes / cost.bytes),
        times(without.seconds / cost.seconds),
    )


def locks_table(lock: Lock) -> str:
    """The longest waits of a writer in each of some syncs, the shortest, the median and the longest of them."""
    lines = {"the swap": lock.swaps, "a page, an index": lock.others}
    return table(
        (f"{lock.rows:,} rows: a writer waits for", "least ms", "median ms", "most ms", "reads meanwhile", "failed"),
        [
            (
                name,
                f"{min(waits):.0f}",
                f"{median(waits):.0f}",
                f"{max(waits):.0f}",
                f"{lock.reads:,}",
                f"{lock.failed}",
            )
            for name, waits in lines.items()
        ],
    )


def answers_table(answers: Sequence[Answer]) -> str:
    """Milliseconds of each statement, and how many times as long as plain SQLite it takes."""
    return table(
        (
            "statement",
            "plain SQLite ms",
            "redirected ms",
            "/ plain",
            "shadow file ms",
            "/ plain",
            "memory ms",
            "/ plain",
            "requests",
        ),
        [
            (
                one.statement,
                f"{one.plain * 1000:.3f}",
                f"{one.redirected * 1000:.3f}",
                times(one.redirected / one.plain),
                f"{one.mirror * 1000:.3f}",
                times(one.mirror / one.plain),
                f"{one.memory * 1000:.3f}",
                times(one.memory / one.plain),
                f"{one.asked}",
            )
            for one in answers
        ],
    )


def cells_table(cells: Sequence[Cell]) -> str:
    """Nanoseconds of a row, beside the least that a virtual table in Python takes, and a plain table."""
    return table(
        ("inside SQLite", "virtual table ns", "floor ns", "/ floor", "plain table ns", "/ plain"),
        [
            (
                one.what,
                f"{one.ours:,.0f}",
                "" if one.floor is None else f"{one.floor:,.0f}",
                "" if one.floor is None else times(one.ours / one.floor),
                f"{one.plain:,.0f}",
                times(one.ours / one.plain) if one.plain >= 1 else "",
            )
            for one in cells
        ],
    )


def times(ratio: float) -> str:
    """A ratio with as many digits as matter."""
    return f"x {ratio:,.0f}" if ratio >= MANY_TIMES else f"x {ratio:.1f}"


def _sum(queries: Sequence[Measured]) -> Measured:
    """All queries as one."""
    return Measured(
        "in all",
        sum(one.behind for one in queries),
        _sum_of_costs([one.cost for one in queries]),
        _sum_of_costs([one.without for one in queries]),
    )


def _sum_of_costs(costs: Sequence[Cost]) -> Cost:
    return Cost(
        sum(one.requests for one in costs),
        sum(one.rows for one in costs),
        sum(one.bytes for one in costs),
        sum(one.seconds for one in costs),
    )
