"""What a run came to, for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.sqllogictest.run import Failure, Tally

LONGEST = 12
"""Values of a result that are shown."""


def report(tally: Tally) -> Iterator[str]:
    """Yield the lines of a report: failures and what is outdated first, the sums last."""
    for heading, failures in (("FAILED", tally.failures), ("outdated", tally.outdated)):
        for failure in failures:
            yield from _told(heading, failure)
    yield f"{tally.files} files, {tally.records} records"
    yield f"  passed    {tally.passed}"
    yield f"  failed    {len(tally.failures)}"
    apart = sum(failure.plain is not None for failure in tally.outdated)
    yield f"  outdated  {len(tally.outdated)}: plain SQLite does not give it either; {apart} where the two differ"
    yield f"  skipped   {tally.skipped.total()}"
    for reason, count in tally.skipped.most_common():
        yield f"    {count} {reason}"
    if tally.queries:
        yield f"{tally.requests} requests for {tally.queries} queries: {tally.requests / tally.queries:.2f} a query"


def _told(heading: str, failure: Failure) -> Iterator[str]:
    yield f"{heading} {failure.file}:{failure.line}"
    yield from (f"    {line}" for line in failure.sql.splitlines())
    yield f"  expected: {_listed(failure.expected)}"
    yield f"  got:      {_listed(failure.got)}"
    if failure.plain is not None:
        yield f"  plain:    {_listed(failure.plain)}"
    yield ""


def _listed(values: Sequence[str]) -> str:
    more = f" … ({len(values)} values)" if len(values) > LONGEST else ""
    return " | ".join(values[:LONGEST]) + more if values else "nothing"
