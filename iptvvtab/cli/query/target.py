"""Where rows go: stdout, or a file that is there as a whole or not at all."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

_BOM = "\ufeff"
_MODE = 0o666
"""Before the umask."""


@contextmanager
def target(path: Path | None, *, has_bom: bool) -> Iterator[TextIO]:
    """Open where to write. A file appears under its name when everything is written; after an error it is as before.

    Text is UTF-8, line ends are those that were written. Raises OSError.
    """
    if path is None:
        yield _begun(_stdout(), has_bom=has_bom)
    elif path.exists() and not path.is_file():  # a device or a pipe cannot be replaced
        with path.open("w", encoding="utf-8", newline="") as stream:
            yield _begun(stream, has_bom=has_bom)
    else:
        with _replaced(path.resolve()) as stream:
            yield _begun(stream, has_bom=has_bom)


def _begun(stream: TextIO, *, has_bom: bool) -> TextIO:
    if has_bom:
        stream.write(_BOM)
    return stream


def _stdout() -> TextIO:
    if isinstance(sys.stdout, TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    return sys.stdout


@contextmanager
def _replaced(path: Path) -> Iterator[TextIO]:
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
    except OSError as error:  # of a name that nobody gave
        raise OSError(error.errno, error.strerror, str(path)) from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            yield stream
        if path.exists():
            beside.chmod(path.stat().st_mode)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
