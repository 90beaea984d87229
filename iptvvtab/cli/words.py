"""Words for people, on stderr: never data."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from typing import TextIO

from iptvvtab.trace import Event


def say(text: str = "") -> None:
    """Write a line for people."""
    print(text, file=sys.stderr)


def warn(text: str) -> None:
    """Write a line about something that looks like a mistake."""
    say(f"warning: {text}")


def is_terminal(stream: TextIO | None) -> bool:
    """Tell whether somebody looks at a stream."""
    return stream is not None and stream.isatty()


def can_redraw(stream: TextIO | None) -> bool:
    """Tell whether a line on a stream may be written over: a terminal that is none of the dumb ones."""
    return is_terminal(stream) and os.environ.get("TERM", "") not in ("", "dumb")


def count(number: int, noun: str, plural: str = "") -> str:
    """Return `1 row`, `2,345 rows`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def size(bytes_: int) -> str:
    """Return a size as people read it: `512 B`, `34.5 kB`, `1.2 MB`."""
    number = float(bytes_)
    for unit in ("B", "kB", "MB"):
        if number < 1000:
            return f"{number:.0f} B" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} GB"


def duration(seconds: float) -> str:
    """Return a duration as people read it: `12 ms`, `3.4 s`, `5 min 2 s`, `3 h 10 min`."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def tell(event: Event) -> None:
    """Write an event of the wire: a sink of `iptvvtab.trace`. Events hold no body, header or credential."""
    facts = ", ".join(f"{name} {_fact(value)}" for name, value in asdict(event).items() if value not in (None, ""))
    say(f"{type(event).__name__.lower()}: {facts}")


def _fact(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)
