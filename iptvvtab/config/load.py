"""Settings from flags, environment, files and defaults: the nearest wins, and everything knows where it came from.

    flag or keyword > environment > profile (project, then user file) > project file > user file > default

A profile that was chosen is nearer than what a file says for all portals.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from iptvvtab.config.files import Given, Section, SettingsFile, choose_profile, read_files
from iptvvtab.config.kinds import read_urls
from iptvvtab.config.settings import SETTINGS, Settings
from iptvvtab.errors import InvalidSetting, UnknownSetting, nearest

FLAG = "flag"
_PREFIX = "IPTVPORTAL_"
_HOSTED = "admin.iptvportal.ru"
_BY_NAME = {setting.name: setting for setting in SETTINGS}
_OTHERS_MAY_READ = 0o044


@dataclass(frozen=True, slots=True)
class Profile:
    """A named set of settings in a file."""

    name: str
    origin: str
    is_default: bool


def profiles(folder: Path | None = None) -> tuple[Profile, ...]:
    """Return the profiles of the settings files, nearest first. Raises SettingsFileError, UnknownSetting."""
    files = read_files((folder or Path.cwd()).absolute())
    default = next((file.default_profile.value for file in files if file.default_profile is not None), None)
    found: dict[str, Profile] = {}
    for file in files:
        for name, origin in file.profile_origins.items():
            found.setdefault(name, Profile(name, origin, name == default))
    return tuple(found.values())


def load(
    profile: str | None = None,
    overrides: Mapping[str, object] | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Settings:
    """Return the settings in force. `overrides`: flags and keywords by name; None means not given.

    `environment` and `folder` (where the search for `iptvvtab.yaml` starts) default to those of the process.
    Raises UnknownSetting, InvalidSetting, SettingsFileError.
    """
    environment = os.environ if environment is None else environment
    folder = (folder or Path.cwd()).absolute()
    flags = _flags(overrides or {})
    variables = _variables(environment)
    files = read_files(folder)
    asked = Given(profile, FLAG) if profile else flags.values.get("profile") or variables.values.get("profile")
    chosen = choose_profile(files, asked)
    sections = [flags, variables, *_of_files(files, chosen)]
    notes = [note for file in files for note in file.warnings] + list(_misspelt(environment))
    return _settled(_Resolved(sections, chosen, folder, notes))


def check_value(path: tuple[str, ...], value: object, origin: str) -> None:
    """Refuse a value that the setting at a path (`timeout`, `tables.subscriber.max_age`) cannot have.

    Raises InvalidSetting.
    """
    written: Any = value
    for step in reversed(path):
        written = {step: written}
    if path[0] not in Settings.model_fields:
        return
    try:
        Settings.model_validate(written)
    except ValidationError as error:
        raise _refusal(error, {".".join(path): origin}) from None


def _flags(overrides: Mapping[str, object]) -> Section:
    values = {}
    for name, value in overrides.items():
        if name not in _BY_NAME:
            raise UnknownSetting(name, _BY_NAME, FLAG)
        if value is not None:
            values[name] = Given(value, FLAG)
    return Section(values)


def _variables(environment: Mapping[str, str]) -> Section:
    named = ((setting.name, setting.variable) for setting in SETTINGS)
    return Section(
        {
            name: Given(environment[variable], f"environment {variable}")
            for name, variable in named
            if environment.get(variable)
        }
    )


def _of_files(files: Sequence[SettingsFile], chosen: Given | None) -> list[Section]:
    of_profile = [file.profiles[chosen.value] for file in files if chosen and chosen.value in file.profiles]
    return of_profile + [file.top for file in files]


def _misspelt(environment: Mapping[str, str]) -> Iterator[str]:
    """Variables that look like ours and are not: other programs have their own, so only near misses are told."""
    for variable in sorted(environment):
        name = variable.removeprefix(_PREFIX).lower()
        close = nearest(name, _BY_NAME) if variable.startswith(_PREFIX) and name not in _BY_NAME else None
        if close:
            yield f"environment variable {variable} is not read (did you mean {_BY_NAME[close].variable}?)"


class _Resolved:
    """Values settled by rank: the place of a section in the order of nearness, 0 nearest."""

    def __init__(self, sections: Sequence[Section], chosen: Given | None, folder: Path, notes: list[str]) -> None:
        self.folder, self.notes = folder, notes
        self.values: dict[str, Given] = {}
        self._rank: dict[str, int] = {}
        for rank, section in enumerate(sections):
            for name, given in section.values.items():
                self._rank.setdefault(name, rank)
                self.values.setdefault(name, given)
        if chosen is not None:
            self.values["profile"] = chosen
        self.tables: dict[str, dict[str, Given]] = {}
        for section in sections:
            for table, values in section.tables.items():
                own = self.tables.setdefault(table.casefold(), {})
                for name, given in values.items():
                    own.setdefault(name, given)

    def is_nearer(self, name: str, than: str) -> bool:
        """Tell whether a setting was given, and by something nearer than the other."""
        return name in self._rank and (than not in self._rank or self._rank[name] < self._rank[than])

    def derive(self, name: str, value: object, of: str) -> None:
        """Settle a setting by another, with that one's rank."""
        self.values[name] = Given(value, f"derived from {of} ({self.values[of].origin})")
        self._rank[name] = self._rank[of]


def _settled(resolved: _Resolved) -> Settings:
    _anchor_paths(resolved)
    _read_password(resolved)
    _derive_urls(resolved)
    written = {name: given.value for name, given in resolved.values.items()}
    written["tables"] = {
        table: {name: given.value for name, given in values.items()} for table, values in resolved.tables.items()
    }
    origins = {name: given.origin for name, given in resolved.values.items()}
    for table, values in resolved.tables.items():
        origins.update({f"tables.{table}.{name}": given.origin for name, given in values.items()})
    try:
        settings = Settings.model_validate(written)
    except ValidationError as error:
        raise _refusal(error, origins) from None
    return settings.with_facts(origins, tuple(resolved.notes))


def _anchor_paths(resolved: _Resolved) -> None:
    """A relative path of a flag or the environment starts at the folder (that of a file at the file's)."""
    for name, given in resolved.values.items():
        if _BY_NAME[name].kind == "path" and isinstance(given.value, str | Path):
            resolved.values[name] = Given(resolved.folder / Path(given.value).expanduser(), given.origin)


def _read_password(resolved: _Resolved) -> None:
    """Take the password from its file where that was given nearer than the password itself."""
    if not resolved.is_nearer("password_file", "password"):
        return
    given = resolved.values["password_file"]
    path = Path(given.value)
    try:
        text = path.read_text(encoding="utf-8")
        open_to_others = path.stat().st_mode & _OTHERS_MAY_READ
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text in UTF-8"
        raise InvalidSetting("password_file", given.origin, f"{path} cannot be read: {reason}") from None
    password = text.splitlines()[0] if text else ""
    if not password:
        raise InvalidSetting("password_file", given.origin, f"the first line of {path} is empty")
    if open_to_others:
        resolved.notes.append(f"others may read {path}, which holds a password: chmod 600")
    resolved.derive("password", password, "password_file")


def _derive_urls(resolved: _Resolved) -> None:
    """A domain stands for both URLs, and `api_url` for `auth_url`, unless the other was given as near or nearer."""
    domain = resolved.values.get("domain")
    if domain is not None and isinstance(domain.value, str):
        host = domain.value if set(domain.value) & {".", ":"} else f"{domain.value}.{_HOSTED}"
        for name, ending in (("auth_url", "jsonrpc"), ("api_url", "jsonsql")):
            if resolved.is_nearer("domain", name):
                resolved.derive(name, f"https://{host}/api/{ending}/", "domain")
    if resolved.is_nearer("api_url", "auth_url"):
        given = resolved.values["api_url"]
        resolved.derive("auth_url", _login_urls(given), "api_url")


def _login_urls(given: Given) -> object:
    try:
        urls = read_urls(given.value)
    except ValueError:
        return ()  # `api_url` itself is about to be refused
    return [_login_url(url, given.origin) for url in urls]


def _login_url(url: str, origin: str) -> str:
    parts = urlsplit(url)
    head, found, tail = parts.path.rpartition("/jsonsql")
    if not found or tail.strip("/"):
        reason = "cannot be told from api_url, whose path does not end in jsonsql: set it too"
        raise InvalidSetting("auth_url", origin, reason)
    return parts._replace(path=f"{head}/jsonrpc{tail}").geturl()


def _refusal(error: ValidationError, origins: Mapping[str, str]) -> InvalidSetting:
    """Tell of the first value that pydantic refused, without the value."""
    first = error.errors(include_url=False, include_input=False)[0]
    name = ".".join(str(step) for step in first["loc"][:3]) if first["loc"][0] == "tables" else str(first["loc"][0])
    reason = str(first["msg"]).removeprefix("Value error, ").replace("Input should be", "must be")
    if first["type"] == "string_type":
        reason = "must be text: put it in quotes"
    return InvalidSetting(name, origins.get(name, "default"), reason)
