"""Trace events as lines of JSON in a file (setting `trace`)."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import asdict
from pathlib import Path

from iptvvtab.errors import InvalidSetting
from iptvvtab.trace import Event, Sink, ignore


def sink_for(path: Path | None) -> Sink:
    """Return a sink that appends to a file, made readable for its owner only; without a path, one that does nothing.

    Raises InvalidSetting when the file cannot be written.
    """
    if path is None:
        return ignore
    try:
        path.touch(mode=0o600)
    except OSError as error:
        raise InvalidSetting("trace", str(path), f"cannot be written: {error.strerror}") from None
    lock = threading.RLock()

    def write(event: Event) -> None:
        line = json.dumps({"event": type(event).__name__, "time": round(time.time(), 3)} | asdict(event))
        with lock, path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    return write
