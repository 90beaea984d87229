"""The kinds of value a setting can have, read from what people write.

Texts come from the environment and from flags, YAML scalars from files, Python values from callers: each kind
reads all three. A refused value is never repeated in the message: it may be a secret in the wrong place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, TypeAlias
from urllib.parse import urlsplit

from pydantic import BeforeValidator, SecretStr

_SECONDS = {"ms": 0.001, "": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_BYTES_TO_MIB = {"k": 1 / 1024, "": 1.0, "m": 1.0, "g": 1024.0, "t": 1024.0 * 1024}
_WORDS = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}
_NUMBER_AND_SUFFIX = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)", re.IGNORECASE)


def _scaled(value: Any, scales: dict[str, float], kind: str) -> Any:
    if not isinstance(value, str):
        return value
    found = _NUMBER_AND_SUFFIX.fullmatch(value.strip())
    if not found or found[2].lower() not in scales:
        raise ValueError(kind)
    return float(found[1]) * scales[found[2].lower()]


def _seconds(value: Any) -> Any:
    """`30`, `30s`, `5m`, `2h`, `1d`, `200ms`, a timedelta -> seconds."""
    if isinstance(value, timedelta):
        return value.total_seconds()
    return _not_a_switch(_scaled(value, _SECONDS, "not a duration such as 30, 30s, 5m or 2h"))


def _mebibytes(value: Any) -> Any:
    """`64`, `64M`, `64MiB`, `1G` -> MiB."""
    if isinstance(value, str):
        value = re.sub(r"(?i)(?<=[kmgt])i?b$", "", value.strip())
    return _not_a_switch(_scaled(value, _BYTES_TO_MIB, "not a size such as 64, 64M or 1G (MiB when bare)"))


def _number(value: Any) -> Any:
    return _not_a_switch(value)


def _not_a_switch(value: Any) -> Any:
    """Refuse true and false where a number belongs: Python would count them as 1 and 0."""
    if isinstance(value, bool):
        raise ValueError("not a number")  # noqa: TRY004 - pydantic collects ValueErrors
    return value


def _switch(value: Any) -> Any:
    if isinstance(value, str):
        value = _WORDS.get(value.strip().lower())
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    raise ValueError("neither yes nor no (also true, false, on, off, 1, 0)")


def _path(value: Any) -> Any:
    return Path(value).expanduser() if isinstance(value, str | Path) else value


def read_urls(value: Any) -> tuple[str, ...]:
    """Text with commas or a list -> URLs, tried in turn. Raises ValueError."""
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts):
        raise ValueError("neither a URL nor a list of URLs")
    return tuple(_url(part.strip()) for part in parts if part.strip())


def _names(value: Any) -> Any:
    """Text with commas or a list -> names."""
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple | set | frozenset) or not all(isinstance(part, str) for part in parts):
        raise ValueError("neither a name nor a list of names")
    return tuple(part.strip() for part in parts if part.strip())


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_url = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port)
    except ValueError:
        is_url = False
    if not is_url:
        raise ValueError("not a URL such as https://portal.example/api/jsonsql/")
    if parts.username or parts.password:
        raise ValueError("a URL must not carry credentials: set IPTVPORTAL_USERNAME and IPTVPORTAL_PASSWORD")
    return text


def _domain(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(r"[A-Za-z0-9.-]+(:\d+)?", value):
        raise ValueError("not a portal's name or host (a whole URL goes to api_url)")
    return value


def _proxy(value: Any) -> Any:
    schemes = ("http", "https", "socks5", "socks5h")
    if isinstance(value, str) and urlsplit(value).scheme not in schemes:
        raise ValueError("not a proxy's URL such as http://proxy.example:3128")
    return value


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind is called in docs and `config show`."""

    name: str


Duration: TypeAlias = Annotated[float, BeforeValidator(_seconds), Kind("duration")]
Mebibytes: TypeAlias = Annotated[float, BeforeValidator(_mebibytes), Kind("size")]
Count: TypeAlias = Annotated[int, BeforeValidator(_number), Kind("integer")]
Rate: TypeAlias = Annotated[float, BeforeValidator(_number), Kind("number")]
Switch: TypeAlias = Annotated[bool, BeforeValidator(_switch), Kind("yes or no")]
File: TypeAlias = Annotated[Path, BeforeValidator(_path), Kind("path")]
Urls: TypeAlias = Annotated[tuple[str, ...], BeforeValidator(read_urls), Kind("URLs")]
Names: TypeAlias = Annotated[tuple[str, ...], BeforeValidator(_names), Kind("names")]
Domain: TypeAlias = Annotated[str, BeforeValidator(_domain), Kind("name")]
Proxy: TypeAlias = Annotated[str, BeforeValidator(_proxy), Kind("URL")]
Secret: TypeAlias = Annotated[SecretStr, Kind("secret")]
Text: TypeAlias = Annotated[str, Kind("text")]
