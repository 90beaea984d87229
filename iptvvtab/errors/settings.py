"""Settings that cannot be used, and who we are."""

from __future__ import annotations

from collections.abc import Iterable

from iptvvtab.errors.root import Error, did_you_mean


class ConfigError(Error, ValueError):
    """A setting cannot be used."""

    exit_code = 2


class UnknownSetting(ConfigError):
    """There is no setting of that name."""

    def __init__(self, name: str, known: Iterable[str], origin: str) -> None:
        self.name, self.origin = name, origin
        super().__init__(
            f"unknown setting {name!r} in {origin}{did_you_mean(name, known)}; `iptvvtab config show` lists all of them"
        )


class InvalidSetting(ConfigError):
    """A setting's value is not one that it can have. The value is never shown: it may be a secret."""

    def __init__(self, name: str, origin: str, reason: str) -> None:
        self.name, self.origin, self.reason = name, origin, reason
        super().__init__(f"setting {name!r} in {origin}: {reason}")


class MissingSetting(ConfigError):
    """Something that nobody can guess is not set. `names`: the settings that would do."""

    def __init__(self, what: str, names: Iterable[str]) -> None:
        self.what, self.names = what, tuple(names)
        variables = " or ".join(f"IPTVPORTAL_{name.upper()}" for name in self.names)
        super().__init__(
            f"no {what} is set; set {variables}, or {' or '.join(map(repr, self.names))} in iptvvtab.yaml "
            "(`iptvvtab demo` needs none)"
        )


class SettingsFileError(ConfigError):
    """A settings file cannot be read: where and why."""

    def __init__(self, file: str, line: int | None, reason: str) -> None:
        self.file, self.line, self.reason = file, line, reason
        super().__init__(f"{file}:{line}: {reason}" if line else f"{file}: {reason}")


class CredentialsError(Error):
    """The portal does not know who we are."""

    exit_code = 4


class NoCredentials(CredentialsError):
    """No user name or password is set, and there is no terminal to ask at."""

    def __init__(self, missing: str) -> None:
        self.missing = missing
        super().__init__(
            f"no {missing} is set; set IPTVPORTAL_USERNAME and IPTVPORTAL_PASSWORD "
            "(or IPTVPORTAL_PASSWORD_FILE), or run `iptvvtab auth login` at a terminal"
        )


class LoginRefused(CredentialsError):
    """The portal refused the user name and password."""

    def __init__(self, portal: str, username: str, reason: str) -> None:
        self.portal, self.username, self.reason = portal, username, reason
        super().__init__(f"{portal} refused to log in {username!r}: {reason}; check the user name and its password")


class SessionRefused(CredentialsError):
    """The portal refuses a session that it has just given: logging in again does not help."""

    def __init__(self, portal: str) -> None:
        self.portal = portal
        super().__init__(
            f"{portal} refuses the session that it has just given; do IPTVPORTAL_API_URL and IPTVPORTAL_AUTH_URL "
            "belong to the same portal?"
        )
