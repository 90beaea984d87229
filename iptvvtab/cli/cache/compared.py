"""What people are told of tables that were compared with the portal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iptvvtab.cli.words import count, duration, size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iptvvtab.mirror import Compared

COLUMNS = ("table", "result", "rung", "changed", "new", "gone", "requests", "bytes", "error")

DIFFERENT = 7
"""Exit code when something differs."""


def result(done: Compared) -> str:
    """Return equal, different, alike (nothing was seen to differ, but values were not compared) or failed."""
    if done.found is None:
        return "failed"
    if done.found.number:
        return "different"
    return "equal" if done.found.rung.sees_values else "alike"


def facts(done: Compared) -> tuple[Any, ...]:
    """Return a row of the report, by COLUMNS."""
    found = done.found
    numbers = (None,) * 4 if found is None else (str(found.rung), found.changed, found.new, found.gone)
    return (done.table, result(done), *numbers, done.requests, done.bytes, str(done.error) if done.error else None)


def line(done: Compared) -> str:
    """Return one line for people: what differs, and what was not looked at."""
    if done.found is None:
        return f"{done.table}: failed: {done.error}"
    found, cost = done.found, f"{count(done.requests, 'request')}, {size(done.bytes)}, {duration(done.seconds)}"
    kinds = (("changed", found.changed), ("new", found.new), ("gone", found.gone))
    told = ", ".join(f"{number:,} {kind}" for kind, number in kinds if number) or "nothing differs"
    unseen = "" if found.rung.sees_values else "; values were not compared, `--full` reads and compares them"
    return f"{done.table}: {told} by {found.rung} in {cost}{unseen}"


def code(done: Sequence[Compared]) -> int:
    """Return the exit code."""
    errors = [one.error.exit_code for one in done if one.error is not None]
    return errors[0] if errors else DIFFERENT * any(result(one) == "different" for one in done)
