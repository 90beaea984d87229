"""Where settings files are, and what they say: sections of values, each with the line that gave it.

domain: acme
tables: {subscriber: {max_age: 60}}
profiles: {spare: {api_url: https://spare.example/api/jsonsql/}}
default_profile: spare
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import platformdirs

from iptvvtab.config.settings import APPLICATION, SETTINGS, TableSettings
from iptvvtab.errors import SettingsFileError, UnknownSetting, did_you_mean
from iptvvtab.yamltext import Document, Malformed, parse

PROJECT_FILE = "iptvvtab.yaml"
USER_FILE = "config.yaml"

_IN_FILES = tuple(setting.name for setting in SETTINGS if setting.name != "profile")
_PATHS = frozenset(setting.name for setting in SETTINGS if setting.kind == "path")
_SECRETS = frozenset(setting.name for setting in SETTINGS if setting.secret)
_OTHERS_MAY_READ = 0o044


@dataclass(frozen=True, slots=True)
class Given:
    """A value as it was written, and where."""

    value: Any
    origin: str


@dataclass(frozen=True, slots=True)
class Section:
    """Values that stand together: a file's top level, one of its profiles, the environment, the flags."""

    values: Mapping[str, Given] = field(default_factory=dict)
    tables: Mapping[str, Mapping[str, Given]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """What one file says. `default_profile` is None when the file names none."""

    path: Path
    top: Section
    profiles: Mapping[str, Section]
    profile_origins: Mapping[str, str]
    default_profile: Given | None
    warnings: tuple[str, ...] = ()


def user_file() -> Path:
    """Return where the user's own file is or would be (XDG on Linux)."""
    return platformdirs.user_config_path(APPLICATION) / USER_FILE


def project_file(folder: Path) -> Path | None:
    """Return the nearest `iptvvtab.yaml`, from the folder upward to the home folder or the root."""
    home = Path.home()
    for place in (folder, *folder.parents):
        if (place / PROJECT_FILE).is_file():
            return place / PROJECT_FILE
        if place == home:
            break
    return None


def read_files(folder: Path) -> tuple[SettingsFile, ...]:
    """Read the project file, then the user's file, as far as they exist. Raises SettingsFileError, UnknownSetting."""
    found = (project_file(folder), user_file())
    return tuple(read_file(path) for path in found if path is not None and path.is_file())


def read_file(path: Path) -> SettingsFile:
    """Read one settings file. Raises SettingsFileError, UnknownSetting."""
    try:
        document = parse(path.read_text(encoding="utf-8"))
    except Malformed as error:
        raise SettingsFileError(str(path), error.line, f"{error.path}: {error.reason}".removeprefix(": ")) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsFileError(str(path), None, f"cannot be read: {error}") from None
    return _Reader(path, document).file()


class _Reader:
    """Turns a parsed file into sections."""

    def __init__(self, path: Path, document: Document) -> None:
        self._path, self._document = path, document

    def file(self) -> SettingsFile:
        top = self._mapping((), self._document.value)
        written = self._mapping(("profiles",), top.get("profiles"))
        default = top.get("default_profile")
        return SettingsFile(
            path=self._path,
            top=self._section((), top, ("profiles", "default_profile")),
            profiles={name: self._profile(name, values) for name, values in written.items()},
            profile_origins={name: self._origin("profiles", name) for name in written},
            default_profile=None if default is None else Given(default, self._origin("default_profile")),
            warnings=tuple(self._warnings()),
        )

    def _profile(self, name: str, values: Any) -> Section:
        return self._section(("profiles", name), self._mapping(("profiles", name), values))

    def _section(self, at: tuple[str, ...], written: Mapping[str, Any], others: tuple[str, ...] = ()) -> Section:
        values = {}
        for name, value in written.items():
            if name in ("tables", *others):
                continue
            self._known((*at, name), (*_IN_FILES, "tables", *others))
            if value is not None:
                values[name] = Given(self._placed(name, value), self._origin(*at, name))
        return Section(values, self._tables((*at, "tables"), written.get("tables")))

    def _tables(self, at: tuple[str, ...], written: Any) -> Mapping[str, Mapping[str, Given]]:
        tables = {}
        for table, values in self._mapping(at, written).items():
            below = self._mapping((*at, table), values)
            for name in below:
                self._known((*at, table, name), TableSettings.model_fields)
            tables[table] = {name: Given(value, self._origin(*at, table, name)) for name, value in below.items()}
        return tables

    def _placed(self, name: str, value: Any) -> Any:
        """A relative path in a file starts at the file's own folder."""
        return self._path.parent / Path(value).expanduser() if name in _PATHS and isinstance(value, str) else value

    def _known(self, at: tuple[str, ...], known: Mapping[str, Any] | tuple[str, ...]) -> None:
        if at[-1] not in known:
            raise UnknownSetting(".".join(at), known, self._origin(*at))

    def _mapping(self, at: tuple[str, ...], value: Any) -> Mapping[str, Any]:
        if value is None:
            return {}
        if isinstance(value, dict) and all(isinstance(key, str) for key in value):
            return value
        what = ".".join(at) or "the file"
        raise SettingsFileError(str(self._path), self._document.line(at), f"{what} must hold names and values")

    def _origin(self, *at: str) -> str:
        return f"{self._path}:{self._document.line(at)}"

    def _warnings(self) -> Iterator[str]:
        has_secret = any(path[-1] in _SECRETS for path in self._document.lines if path)
        if has_secret and self._path.stat().st_mode & _OTHERS_MAY_READ:
            yield f"{self._path} holds a password and others may read it: chmod 600, or use password_file"


def choose_profile(files: tuple[SettingsFile, ...], asked: Given | None) -> Given | None:
    """Return the profile that is in force, or None. Raises SettingsFileError when no file has it."""
    defaults = (file.default_profile for file in files if file.default_profile is not None)
    chosen = asked or next(defaults, None)
    known = sorted({name for file in files for name in file.profiles})
    if chosen is not None and chosen.value not in known:
        names = ", ".join(known) or "none"
        hint = did_you_mean(str(chosen.value), known)
        reason = f"no settings file has a profile {chosen.value!r}{hint}; known: {names}"
        raise SettingsFileError(chosen.origin, None, reason)
    return chosen
