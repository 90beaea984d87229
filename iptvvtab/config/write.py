"""`config set`: one value into a settings file, whose comments and order stay."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from iptvvtab.config.load import check_value
from iptvvtab.config.settings import SETTINGS, TableSettings
from iptvvtab.errors import SettingsFileError, UnknownSetting, UsageError
from iptvvtab.yamltext import Malformed, NotEditable, edit

_ORIGIN = "config set"
_TABLES = "tables"
_TEXTS = {"default_profile", *(setting.name for setting in SETTINGS if setting.kind in ("text", "name", "path", "URL"))}
_NEW_FILE_MODE = 0o600


def set_value(file: Path, name: str, value: str, *, profile: str | None = None) -> None:
    """Set one setting in a file, in a profile of it if one is named; `tables.NAME.max_age` sets that of one table.

    The file is replaced as a whole or not at all, and made (mode 0600) when there is none.
    Raises UnknownSetting, InvalidSetting, SettingsFileError, UsageError (a secret, which belongs into password_file).
    """
    path = _path(name)
    check_value(path, value, _ORIGIN)
    at = ("profiles", profile, *path) if profile else path
    changes: Any = value if path[0] in _TEXTS else _plain(value)
    for step in reversed(at):
        changes = {step: changes}
    try:
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        edited = edit(text, changes)
    except Malformed as error:
        raise SettingsFileError(str(file), error.line, error.reason) from None
    except NotEditable as error:
        raise SettingsFileError(str(file), None, f"{error}: set {'.'.join(at)} by hand") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsFileError(str(file), None, f"cannot be read: {error}") from None
    _replace(file, edited)


def _path(name: str) -> tuple[str, ...]:
    """Split and check the name of a setting."""
    known = {setting.name: setting for setting in SETTINGS if setting.name != "profile"}
    first, *rest = name.split(".")
    if first == _TABLES and len(rest) == 2:
        if rest[1] not in TableSettings.model_fields:
            raise UnknownSetting(name, [f"{_TABLES}.{rest[0]}.{one}" for one in TableSettings.model_fields], _ORIGIN)
        return (_TABLES, *rest)
    if name == "default_profile":
        return (name,)
    if name not in known:
        raise UnknownSetting(name, known, _ORIGIN)
    if known[name].secret:
        raise UsageError(f"{name} is a secret: put it into a file that only you may read and set password_file")
    return (name,)


def _plain(value: str) -> bool | int | float | str:
    """Return the scalar that people would write without quotes."""
    words = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
    if value.lower() in words:
        return words[value.lower()]
    for kind in (int, float):
        try:
            number = kind(value)
        except ValueError:
            continue
        if str(number) == value:
            return number
    return value


def _replace(file: Path, text: str) -> None:
    """Write beside the file, then take its place: a reader sees the old text or the new one."""
    mode = file.stat().st_mode & 0o777 if file.exists() else _NEW_FILE_MODE
    temporary = None
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(mode)
        Path(temporary).replace(file)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise SettingsFileError(str(file), None, f"cannot be written: {error.strerror}") from None
