"""What the race came to, as Markdown: what asks the portal, and what has the rows at hand."""

from __future__ import annotations

from tests.bench.neighbours.engines import BY_HAND, NATIVE, ONE_REQUEST, OURS, REDIRECTED, SHILLELAGH
from tests.bench.neighbours.race import Times, Turn
from tests.bench.neighbours.workloads import REPEAT, STATEMENTS
from tests.bench.report import MANY_TIMES, table

BESIDE = (SHILLELAGH, BY_HAND, ONE_REQUEST)


def neighbours_tables(found: Times) -> str:
    """Each workload that asks the portal, what each took of the processor, and what has the rows at hand."""
    return "\n\n".join([_asking(found), _working(found), _at_hand(found)])


def _asking(found: Times) -> str:
    """Seconds and requests; the ratio is ours to theirs: below 1 we are ahead."""
    head = [f"{OURS} s", "requests"]
    for name in BESIDE:
        head += [f"{name} s", "requests", f"{OURS} / {name}"]
    lines = []
    for workload in STATEMENTS:
        if workload != REPEAT:
            ours = found[workload, OURS]
            beside = [_beside(ours, found.get((workload, name))) for name in BESIDE]
            lines.append((workload, *_cells(ours), *(cell for cells in beside for cell in cells)))
    return table(("asking the portal", *head), lines)


def _beside(ours: Turn, theirs: Turn | None) -> tuple[str, ...]:
    return ("", "", "") if theirs is None else (*_cells(theirs), _ratio(ours.seconds / theirs.seconds))


def _cells(turn: Turn) -> tuple[str, str]:
    return f"{turn.seconds:.3f}", f"{turn.requests:,.0f}"


def _working(found: Times) -> str:
    """Milliseconds of the processor, without the portal's."""
    names = (OURS, *BESIDE)
    lines = [
        (
            workload,
            *(f"{found[workload, name].processor * 1000:,.0f}" if (workload, name) in found else "" for name in names),
        )
        for workload in STATEMENTS
        if workload != REPEAT
    ]
    return table(("processor ms", *names), lines)


def _at_hand(found: Times) -> str:
    """The processor's time beside plain SQLite over the same file: nothing is waited for, so that no more is needed.

    A repetition also of those who remember what they asked.
    """
    lines = []
    for workload in STATEMENTS:
        native = found.get((workload, NATIVE))
        for name, read_by in _AS.items():
            turn = found.get((workload, name))
            if native and turn and (name == REDIRECTED or workload == REPEAT):
                times = (native.processor, turn.processor)
                cells = (f"{1000 * one:.3f}" for one in times)
                lines.append((workload, read_by, *cells, _ratio(turn.processor / native.processor)))
    return table(("rows at hand", "read by", f"{NATIVE} ms", "ms", f"/ {NATIVE}"), lines)


_AS = {
    REDIRECTED: f"{OURS}, {REDIRECTED}",
    OURS: f"{OURS}, from memory",
    BY_HAND: "by hand, kept in sqlite3",
    SHILLELAGH: "Shillelagh, answers kept by requests-cache",
}


def _ratio(ratio: float) -> str:
    """As many digits as matter, also far below 1."""
    return f"x {ratio:,.0f}" if ratio >= MANY_TIMES else f"x {ratio:.2f}" if ratio >= 0.1 else f"x {ratio:.2g}"
