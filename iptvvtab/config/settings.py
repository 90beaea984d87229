"""The settings: one table that feeds code, `config show` and docs/settings.md.

A setting is a field of `Settings`; what people are told about it stands beside it, and `SETTINGS` is read from there.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, SecretStr

from iptvvtab.config.kinds import (
    Count,
    Domain,
    Duration,
    File,
    Kind,
    Mebibytes,
    Names,
    Proxy,
    Rate,
    Secret,
    Switch,
    Text,
    Urls,
)
from iptvvtab.errors import MissingSetting

Source: TypeAlias = Literal["auto", "live", "mirror"]
APPLICATION = "iptvvtab"
HIDDEN = "********"


@dataclass(frozen=True, slots=True)
class _About:
    """What people are told of a setting beside its type."""

    description: str
    unit: str = ""
    secret: bool = False
    default_in_words: str = ""


class TableSettings(BaseModel):
    """What may differ for one table; None: as for all tables, or as its schema says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Source | None = None
    max_age: Annotated[Duration | None, Field(ge=0)] = None
    ttl: Annotated[Duration | None, Field(ge=0)] = None
    swr: Annotated[Duration | None, Field(ge=0)] = None
    sie: Annotated[Duration | None, Field(ge=0)] = None


def _state_folder() -> Path:
    return platformdirs.user_state_path(APPLICATION)


class Settings(BaseModel):
    """Typed settings, each with its origin. Made by `load`; frozen; its repr shows no secret."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=True)

    profile: Annotated[Text | None, _About("Name of the profile that was chosen.")] = None
    domain: Annotated[
        Domain | None,
        _About("Short cut for a hosted portal: `acme` is `https://acme.admin.iptvportal.ru`; with a dot it is a host."),
    ] = None
    api_url: Annotated[
        Urls,
        _About(
            "JSONSQL endpoints, tried in turn.",
            default_in_words="from `domain`: `https://{domain}.admin.iptvportal.ru/api/jsonsql/`",
        ),
    ] = ()
    auth_url: Annotated[
        Urls,
        _About(
            "JSON-RPC endpoints that log in, tried in turn.",
            default_in_words="from `api_url`, with `jsonrpc` in place of `jsonsql`",
        ),
    ] = ()
    username: Annotated[Text | None, _About("The account that reads the portal.")] = None
    password: Annotated[Secret | None, _About("Its password.", secret=True)] = None
    password_file: Annotated[File | None, _About("A file whose first line is the password.")] = None
    verify_ssl: Annotated[Switch, _About("Check the portal's certificate.")] = True
    ca_file: Annotated[File | None, _About("Certificates (PEM) to trust in place of the system's.")] = None
    proxy: Annotated[Proxy | None, _About("Proxy for all requests; its credentials are never shown.")] = Field(
        default=None, repr=False
    )
    timeout: Annotated[Duration, Field(gt=0), _About("Longest wait for one attempt.", "s")] = 30.0
    deadline: Annotated[Duration, Field(gt=0), _About("Longest wait for one call, retries included.", "s")] = 120.0
    max_retries: Annotated[Count, Field(ge=0), _About("Attempts after the first.")] = 3
    rate: Annotated[Rate, Field(ge=0), _About("Requests a second to one portal; 0 is unlimited.", "requests/s")] = 10.0
    concurrency: Annotated[Count, Field(ge=1), _About("Requests under way at once to one portal.")] = 4
    breaker_failures: Annotated[
        Count, Field(ge=0), _About("Failures in a row after which a portal is left alone; 0 is never.")
    ] = 8
    breaker_reset: Annotated[Duration, Field(gt=0), _About("How long it is left alone.", "s")] = 30.0
    source: Annotated[
        Source,
        _About("Where rows come from: `live` asks the portal, `mirror` the shadow file, `auto` whichever is fresh."),
    ] = "auto"
    max_age: Annotated[
        Duration | None,
        Field(ge=0),
        _About(
            "Rows must be younger than this, wherever they come from; `ttl`, `swr` and `sie` do not count then.",
            "s",
            default_in_words="30 s for reads in memory, `ttl` for synced tables",
        ),
    ] = None
    memory_limit: Annotated[Mebibytes, Field(ge=0), _About("Memory for remembered reads.", "MiB")] = 64.0
    mirror: Annotated[
        File | None,
        _About(
            "The shadow file: rows of synced tables, for reads that need no fresher ones.",
            default_in_words="per portal and user, under `state_folder`",
        ),
    ] = None
    mirror_key_file: Annotated[
        File | None,
        _About("A file whose first line is the key that encrypts the shadow file (docs/mirror.md: what it needs)."),
    ] = None
    redirect: Annotated[
        Switch,
        _About("Let SQLite read fresh tables in the shadow file itself, without virtual tables (docs/mirror.md)."),
    ] = True
    whole_statements: Annotated[
        Switch,
        _About("Ask the portal a whole SELECT in one request where it answers as SQLite would (docs/sql.md)."),
    ] = True
    ttl: Annotated[
        Duration | None,
        Field(ge=0),
        _About("How old a synced table may be.", "s", default_in_words="what its schema says, else 1 hour"),
    ] = None
    swr: Annotated[
        Duration | None,
        Field(ge=0),
        _About(
            "For how long after `ttl` old rows are given while a sync in the background brings new ones.",
            "s",
            default_in_words="what its schema says, else 0",
        ),
    ] = None
    sie: Annotated[
        Duration | None,
        Field(ge=0),
        _About(
            "For how long after `ttl` old rows stand in, with a warning, for those of a portal that fails.",
            "s",
            default_in_words="what its schema says, else 0",
        ),
    ] = None
    schemas: Annotated[File | None, _About("A folder of YAML tables (or one file) that overrides and adds.")] = None
    page_rows: Annotated[Count, Field(ge=1), _About("Largest page asked for.", "rows")] = 20000
    first_page_rows: Annotated[Count, Field(ge=1), _About("First page of a scan; later ones grow.", "rows")] = 1000
    rules_off: Annotated[
        Names,
        _About("Rules of docs/sql.md to do without, for diagnosis; `all` is every one."),
    ] = ()
    trace: Annotated[File | None, _About("Write what happens on the wire to this file, as JSON lines.")] = None
    session_file: Annotated[
        File | None,
        _About(
            "Where the session is kept (mode 0600).",
            default_in_words="per portal and user, under `state_folder`",
        ),
    ] = None
    state_folder: Annotated[
        File,
        _About("Sessions and what portals were seen to do.", default_in_words="the user's state folder (XDG)"),
    ] = Field(default_factory=_state_folder)
    tables: Mapping[str, TableSettings] = Field(default_factory=dict)

    _origins: Mapping[str, str] = PrivateAttr(default_factory=dict)
    _warnings: tuple[str, ...] = PrivateAttr(default=())

    @property
    def portal_id(self) -> str:
        """Short printable name of the portal: the host of the first `api_url`, or an empty string."""
        return urlsplit(self.api_url[0]).netloc if self.api_url else ""

    @property
    def client_key(self) -> str:
        """Equal for settings that may share one HTTP client; means nothing in another process."""
        facts = [f"{name}={self._plain(name)!r}" for name in _OF_THE_CLIENT]
        return hashlib.blake2b("\n".join(facts).encode(), key=_KEY_OF_THIS_PROCESS).hexdigest()

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences for people: what was accepted but looks like a mistake."""
        return self._warnings

    def with_facts(self, origins: Mapping[str, str], warnings: tuple[str, ...]) -> Settings:
        """Return the same settings that know where they came from."""
        told = self.model_copy()
        told._origins, told._warnings = origins, warnings  # noqa: SLF001 - of the same class
        return told

    def origin(self, name: str) -> str:
        """Tell where a value came from: `flag`, `environment X`, `file:line`, `default`, `derived from ...`."""
        return self._origins.get(name, "default")

    def shown(self, name: str) -> str:
        """Return a value as people may see it: secrets and a proxy's credentials masked, empty when unset."""
        value = getattr(self, name)
        if value is None:
            return ""
        if name == "proxy":
            parts = urlsplit(value)
            return str(parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl())
        return _SHOWN.get(type(value), str)(value)

    def for_table(self, table: str) -> TableSettings:
        """Return what holds for one table, its name in any case; None where nothing was set."""
        own = self._of_table(table)
        return TableSettings(
            **{name: _first(getattr(own, name, None), getattr(self, name)) for name in TableSettings.model_fields}
        )

    def require_portal(self) -> None:
        """Raise MissingSetting when no portal is set."""
        if not self.api_url:
            raise MissingSetting("portal", ("domain", "api_url"))

    def handed_over(self) -> str:
        """Return all of them as text, secrets too: for the standard input of a process of ours, and nothing else."""
        facts = {name: self._plain(name) for name in type(self).model_fields if name != "tables"}
        tables = {name: own.model_dump(exclude_none=True) for name, own in self.tables.items()}
        return json.dumps({**facts, "tables": tables}, default=str)

    @classmethod
    def taken_over(cls, text: str) -> Settings:
        """Return the settings that another process of ours handed over."""
        return cls.model_validate(json.loads(text))

    def _of_table(self, table: str) -> TableSettings | None:
        return {name.casefold(): settings for name, settings in self.tables.items()}.get(table.casefold())

    def _plain(self, name: str) -> Any:
        value = getattr(self, name)
        return value.get_secret_value() if isinstance(value, SecretStr) else value

    def __repr__(self) -> str:
        return f"Settings(profile={self.profile!r}, portal_id={self.portal_id!r})"

    __str__ = __repr__


def _first(own: Any, general: Any) -> Any:
    return general if own is None else own


_SHOWN: Mapping[type, Callable[[Any], str]] = {
    SecretStr: lambda _: HIDDEN,
    bool: lambda value: "yes" if value else "no",
    float: lambda value: f"{value:g}",
    tuple: ", ".join,
}

_OF_THE_CLIENT = (
    "api_url", "auth_url", "username", "password", "password_file", "verify_ssl", "ca_file", "proxy", "timeout",
    "deadline", "max_retries", "rate", "concurrency", "breaker_failures", "breaker_reset", "trace", "session_file",
    "state_folder",
)  # fmt: skip
_KEY_OF_THIS_PROCESS = secrets.token_bytes(32)


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the table of settings. `allowed`: the only values it can have, or empty; `default` in words."""

    name: str
    kind: str
    default: str
    description: str
    unit: str = ""
    secret: bool = False
    allowed: tuple[str, ...] = ()

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return f"IPTVPORTAL_{self.name.upper()}"


def _parts(hint: object) -> Iterator[object]:
    """Everything a type hint is made of, itself included: unions and annotations opened."""
    yield hint
    for part in get_args(hint):
        yield from _parts(part)


def _described(name: str, hint: object) -> Setting | None:
    parts = list(_parts(hint))
    about = next((part for part in parts if isinstance(part, _About)), None)
    if about is None:
        return None
    allowed = next((get_args(part) for part in parts if get_origin(part) is Literal), ())
    kind = "one of" if allowed else next(part.name for part in parts if isinstance(part, Kind))
    field = Settings.model_fields[name]
    default = _SHOWN.get(type(field.default), str)(field.default) if field.default_factory is None else ""
    default = "" if field.default is None else default
    return Setting(name, kind, about.default_in_words or default, about.description, about.unit, about.secret, allowed)


def _settings() -> tuple[Setting, ...]:
    hints = get_type_hints(Settings, include_extras=True)
    described = (_described(name, hints[name]) for name in Settings.model_fields)
    return tuple(setting for setting in described if setting)


SETTINGS = _settings()
