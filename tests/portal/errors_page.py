"""The tables of docs/errors.md, made from the cases that the tests run (cog puts them there)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

CASES = Path(__file__).parent / "cases"


def faults_table() -> str:
    """What comes back: outcomes of reads and writes."""
    rows = [
        (
            case["what"],
            _outcome(case["once"]["outcome"]),
            _outcome(case["always"]["outcome"]) if "always" in case else "as above",
            _outcome(case["write"]["outcome"], "done, once"),
        )
        for case in _cases("faults")
    ]
    return _table(("what comes back", "a read, if it happens once", "a read, if it does not stop", "a write"), rows)


def ways_table() -> str:
    """What goes wrong before anything could be sent."""
    rows = [(case["what"], _outcome(case["outcome"], "goes on")) for case in _cases("ways")]
    return _table(("on the way", "reads and writes"), rows)


def batches_table() -> str:
    """What comes back to batches of three."""
    rows = [(case["what"], _outcomes(case["read"]), _outcomes(case["write"])) for case in _cases("batches")]
    return _table(("what comes back to a batch", "three reads", "calls that may not be repeated"), rows)


def _cases(name: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))
    return cases


def _outcome(name: str, success: str = "the right rows") -> str:
    return success if name == "success" else f"`{name}`"


def _outcomes(names: str | list[str]) -> str:
    return _outcome(names) if isinstance(names, str) else ", ".join(_outcome(one, "answer") for one in names)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ("---",) * len(head), *rows))
