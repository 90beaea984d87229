"""Results as Markdown tables: what the terminal shows is what docs/benchmarks.md keeps."""

from __future__ import annotations

from collections.abc import Sequence

from tests.bench.queries import Query
from tests.bench.scans import Scan

MIB = 1024 * 1024


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


def scans_table(scans: Sequence[Scan]) -> str:
    """Rows a second of each scan, beside the first one."""
    by_hand = scans[0]
    return table(
        ("full scan", "rows", "seconds", "rows/s", "of the loop", "processor s", "memory above idle"),
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


def queries_table(queries: Sequence[Query]) -> str:
    """Requests of each query."""
    return table(
        ("query of sql/demo", "subscribers", "requests", "rows fetched", "rows returned", "seconds"),
        [
            (
                one.name,
                f"{one.subscribers:,}",
                f"{one.requests}",
                f"{one.fetched:,}",
                f"{one.returned:,}",
                f"{one.seconds:.2f}",
            )
            for one in queries
        ],
    )
