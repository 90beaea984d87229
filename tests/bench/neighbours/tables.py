"""What the race came to, as Markdown: what travels, and what is at hand."""

from __future__ import annotations

from tests.bench.neighbours.engines import BY_HAND, NATIVE, ONE_REQUEST, OURS, REDIRECTED, SHILLELAGH
from tests.bench.neighbours.race import Times, Turn
from tests.bench.neighbours.workloads import REPEAT, STATEMENTS
from tests.bench.report import table, times

NONE = ""
BESIDE = (SHILLELAGH, BY_HAND, ONE_REQUEST)


def neighbours_tables(found: Times) -> str:
    """Seconds with requests of what asks the portal, then milliseconds of what is at hand."""
    return f"{_asked(found)}\n\n{_at_hand(found)}"


def _asked(found: Times) -> str:
    """Ours, and how many times as long the others take: more than 1 is where we are ahead."""
    head = [f"{OURS} s", "processor s", "requests"]
    for name in BESIDE:
        head += [f"{name} s", f"/ {OURS}", "processor s", "requests"]
    workloads = [one for one in STATEMENTS if one != REPEAT]
    return table(("asking the portal", *head), [(one, *_asked_line(found, one)) for one in workloads])


def _asked_line(found: Times, workload: str) -> list[str]:
    ours = found[workload, OURS]
    line = _cells(ours)
    for name in BESIDE:
        turn = found.get((workload, name))
        cells = [NONE] * 3 if turn is None else _cells(turn)
        ratio = NONE if turn is None else times(turn.seconds / ours.seconds)
        line += [cells[0], ratio, *cells[1:]]
    return line


def _cells(turn: Turn) -> list[str]:
    return [f"{turn.seconds:.3f}", f"{turn.processor:.3f}", f"{turn.requests:,.0f}"]


def _at_hand(found: Times) -> str:
    """How many times as long as plain SQLite over the same file."""
    others = (REDIRECTED, OURS, BY_HAND, SHILLELAGH)
    head = [f"{NATIVE} ms"]
    for name in others:
        head += [f"{name} ms" if name == REDIRECTED else f"{name}, from memory ms", "/ native"]
    lines = []
    for workload in STATEMENTS:
        native = found.get((workload, NATIVE))
        if native is None:
            continue
        line = [workload, f"{native.seconds * 1000:.3f}"]
        for name in others:
            turn = found.get((workload, name)) if name == REDIRECTED or workload == REPEAT else None
            line += (
                [NONE, NONE] if turn is None else [f"{turn.seconds * 1000:.3f}", _near(turn.seconds / native.seconds)]
            )
        lines.append(line)
    return table(("rows at hand", *head), lines)


def _near(ratio: float) -> str:
    """A ratio that matters to a tenth of what it is above 1."""
    return f"x {ratio:.2f}" if ratio < 10 else times(ratio)
