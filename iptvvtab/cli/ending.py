"""How a command ends: an exit code, and a sentence on stderr that says what, where and what to do."""

from __future__ import annotations

import errno
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress

import click

from iptvvtab.cli.root import COMPLETION_VARIABLE, PROGRAM, root
from iptvvtab.cli.words import say, warn
from iptvvtab.errors import Error, Interrupted

BUG = 1
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""Ends of a disk: whoever runs us can do something, we cannot."""
_REPORT = "this is a bug in iptvvtab; please report it with the lines above"


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code (docs/cli.md lists them). Raises nothing."""
    instruction = os.environ.get(COMPLETION_VARIABLE)
    if instruction:
        from click.shell_completion import shell_complete

        return shell_complete(root, {}, PROGRAM, COMPLETION_VARIABLE, instruction)
    try:
        return _run(list(arguments))
    except BrokenPipeError:
        return _quiet_pipe()
    except BaseException as error:  # noqa: BLE001 - the last door: whatever comes here becomes an exit code
        return _ended(error, is_verbose="-v" in arguments or "--verbose" in arguments)


def _run(arguments: list[str]) -> int:
    _tell_warnings()
    with root.make_context(PROGRAM, arguments) as context:
        result = root.invoke(context)
    sys.stdout.flush()
    return result if isinstance(result, int) else 0


class _Warnings(logging.Handler):
    """Tells people what code below warns of; a test or a host may have replaced stderr since."""

    def emit(self, record: logging.LogRecord) -> None:
        warn(record.getMessage())


def _tell_warnings() -> None:
    ours = logging.getLogger("iptvvtab")
    if not any(isinstance(one, _Warnings) for one in ours.handlers):
        ours.addHandler(_Warnings(logging.WARNING))


def _quiet_pipe() -> int:
    """The reader of our output has enough (`| head`): that is no failure, and nobody wants to hear of it."""
    _drop_output()
    return 0


def _drop_output() -> None:
    """Let what is still buffered for stdout go nowhere: the interpreter flushes it once more at its end."""
    with suppress(OSError):  # a stream of a test or a host has no descriptor
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _ended(error: BaseException, *, is_verbose: bool) -> int:
    """Tell of an error and return its exit code."""
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else BUG
    if _is_interruption(error):
        say("interrupted")
        return Interrupted.exit_code
    if isinstance(error, click.ClickException):
        return _click_error(error)
    if isinstance(error, Error):
        if is_verbose:
            traceback.print_exception(error)
        say(f"error: {error}")
        for note in getattr(error, "__notes__", ()):
            say(f"note: {note}")
        return error.exit_code
    if isinstance(error, OSError) and (error.filename is not None or error.errno in _NO_ROOM):
        say(f"error: {error.filename or 'output'}: {error.strerror}")
        _drop_output()
        return click.UsageError.exit_code
    traceback.print_exception(error)
    say(_REPORT)
    return BUG


def _click_error(error: click.ClickException) -> int:
    message = error.format_message()
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        say(message)
        return error.exit_code
    context = getattr(error, "ctx", None)
    hint = f" (`{context.command_path} --help` tells more)" if context is not None else ""
    say(f"error: {message}{hint}")
    return error.exit_code


def _is_interruption(error: BaseException) -> bool:
    """Also where the signal came inside SQLite's test for the end of a scan: APSW goes on, and CPython complains."""
    if isinstance(error, SystemError) and isinstance(error.__cause__, KeyboardInterrupt):
        return True
    return isinstance(error, KeyboardInterrupt | Interrupted | click.Abort) or _is_apsw(error, "InterruptError")


def _is_apsw(error: BaseException, name: str) -> bool:
    apsw = sys.modules.get("apsw")
    return apsw is not None and isinstance(error, getattr(apsw, name))
