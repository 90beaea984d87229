"""Settings: the nearest wins, everything knows where it came from, wrong ones are told with their place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from iptvvtab import errors
from iptvvtab.config import SETTINGS, Settings, load, profiles, project_file, user_file

CASES = Path(__file__).parent / "cases"


def cases(name: str) -> list[Any]:
    """The cases of one file, each named after its rule."""
    held = yaml.safe_load((CASES / name).read_text(encoding="utf-8"))
    return [pytest.param(case, id=rule) for rule, case in held.items()]


@dataclass(frozen=True)
class Place:
    """A project folder with a folder below it, and a home, where cases put their files."""

    folder: Path
    home: Path
    user: Path

    @property
    def project(self) -> Path:
        return self.folder / "iptvvtab.yaml"

    def load(self, case: Mapping[str, Any]) -> Settings:
        for path, text in ((self.project, case.get("project")), (self.user, case.get("user"))):
            if text is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        return load(
            case.get("profile"),
            case.get("overrides"),
            environment=case.get("environment", {}),
            folder=self.folder / "below",
        )

    def filled(self, text: str) -> str:
        known = {"project": self.project, "user": self.user, "folder": self.folder, "home": self.home}
        for name, path in known.items():
            text = text.replace(f"{{{name}}}", str(path))
        return text


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    home = tmp_path / "home"
    folder = home / "project"
    (folder / "below").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    return Place(folder, home, user_file())


@pytest.mark.parametrize("case", cases("load.yaml"))
def test_in_force(place: Place, case: Mapping[str, Any]) -> None:
    """What is in force, and where it came from, is what the case says."""
    settings = place.load(case)
    shown = {name: settings.shown(name) for name in case.get("expect", {})}
    assert shown == {name: place.filled(text) for name, text in case.get("expect", {}).items()}
    origins = {name: settings.origin(name) for name in case.get("origins", {})}
    assert origins == {name: place.filled(text) for name, text in case.get("origins", {}).items()}
    of_tables = {table: settings.for_table(table) for table in case.get("tables", {})}
    assert {table: [own.source, own.max_age] for table, own in of_tables.items()} == case.get("tables", {})
    assert list(settings.warnings) == case.get("warnings", [])
    if "portal_id" in case:
        assert settings.portal_id == case["portal_id"]


@pytest.mark.parametrize("case", cases("refused.yaml"))
def test_refused(place: Place, case: Mapping[str, Any]) -> None:
    """A wrong setting is refused by the error of its kind, in a sentence that names the place."""
    with pytest.raises(getattr(errors, case["error"])) as caught:
        place.load(case)
    assert str(caught.value).startswith(place.filled(case["message"]))
    assert caught.value.exit_code == 2  # type: ignore[attr-defined]


SECRET = "hunter2-äöü"


@pytest.mark.parametrize(
    "case",
    [
        {"environment": {"IPTVPORTAL_PASSWORD": SECRET}},
        {"overrides": {"password": SECRET}},
        {"user": f"password: {SECRET}"},
    ],
    ids=["environment", "keyword", "file"],
)
def test_a_password_is_in_no_text(place: Place, case: Mapping[str, Any]) -> None:
    """A password reaches code that asks for it, and no repr, text, dump or shown value."""
    settings = place.load(case)
    assert settings.password is not None
    assert settings.password.get_secret_value() == SECRET
    told = [repr(settings), str(settings), f"{settings}", str(settings.model_dump()), settings.model_dump_json()]
    told += [settings.shown(setting.name) for setting in SETTINGS]
    told += [settings.client_key, *settings.warnings, *map(settings.origin, Settings.model_fields)]
    assert not [text for text in told if SECRET in text]


@pytest.mark.parametrize("name", ["timeout", "source", "verify_ssl", "api_url", "max_retries", "domain", "proxy"])
def test_a_refused_value_is_not_repeated(name: str) -> None:
    """A secret in the wrong place is not shown by the refusal."""
    with pytest.raises(errors.InvalidSetting) as caught:
        load(environment={f"IPTVPORTAL_{name.upper()}": f"{SECRET} {SECRET}"})
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_password_comes_from_its_file(place: Place) -> None:
    """The first line of password_file is the password; one that others may read is told."""
    secret = place.folder / "secret"
    secret.write_text(f"{SECRET}\nsecond\n", encoding="utf-8")
    secret.chmod(0o600)
    settings = place.load({"project": "password_file: secret", "user": "password: other"})
    place.user.chmod(0o600)
    assert settings.password is not None
    assert settings.password.get_secret_value() == SECRET
    assert settings.origin("password") == f"derived from password_file ({place.project}:1)"
    secret.chmod(0o644)
    assert place.load({}).warnings[0] == f"others may read {secret}, which holds a password: chmod 600"


def test_a_nearer_password_beats_a_file(place: Place) -> None:
    """A password in the environment is taken, and the file of a settings file is not even read."""
    settings = place.load({"project": "password_file: nowhere", "environment": {"IPTVPORTAL_PASSWORD": SECRET}})
    assert settings.origin("password") == "environment IPTVPORTAL_PASSWORD"


def test_a_file_with_a_password_that_others_may_read_is_told(place: Place) -> None:
    """Settings files may hold a password; the mode of the file is looked at."""
    place.project.write_text(f"profiles: {{a: {{password: {SECRET}}}}}", encoding="utf-8")
    place.project.chmod(0o644)
    assert place.load({}).warnings == (
        f"{place.project} holds a password and others may read it: chmod 600, or use password_file",
    )
    place.project.chmod(0o600)
    assert place.load({}).warnings == ()


def test_the_search_ends_at_home(place: Place) -> None:
    """A project file above the home folder is not read; one in it is."""
    (place.home.parent / "iptvvtab.yaml").write_text("timeout: 1", encoding="utf-8")
    assert project_file(place.folder) is None
    (place.home / "iptvvtab.yaml").write_text("timeout: 2", encoding="utf-8")
    assert project_file(place.folder) == place.home / "iptvvtab.yaml"


def test_clients_are_shared_by_what_makes_them(place: Place) -> None:
    """Settings share an HTTP client when portal, account and manners are equal; what concerns rows does not count."""
    base = {"api_url": "https://a.example/jsonsql/", "username": "u", "password": "p"}
    key = load(overrides=base, environment={}, folder=place.folder).client_key

    def key_with(**other: object) -> str:
        return load(overrides={**base, **other}, environment={}, folder=place.folder).client_key

    assert key_with(max_age=5, source="live", page_rows=7) == key
    assert (
        len({key, key_with(password="q"), key_with(username="v"), key_with(timeout=5), key_with(proxy="http://x")}) == 5
    )


def test_profiles_are_listed(place: Place) -> None:
    """Profiles of both files, with the line of each and the default marked."""
    place.load({"project": "profiles:\n  a: {}\n  b: {}", "user": "profiles: {b: {}, c: {}}\ndefault_profile: c"})
    found = [(one.name, one.origin, one.is_default) for one in profiles(place.folder)]
    project, user = place.project, place.user
    assert found == [("a", f"{project}:2", False), ("b", f"{project}:3", False), ("c", f"{user}:1", True)]


def test_no_portal_is_told_when_one_is_needed(place: Place) -> None:
    """Settings load without a portal; asking for it names the ways to set one."""
    settings = place.load({})
    assert settings.portal_id == ""
    with pytest.raises(errors.MissingSetting, match="set IPTVPORTAL_DOMAIN or IPTVPORTAL_API_URL"):
        settings.require_portal()


def test_settings_are_frozen(place: Place) -> None:
    """Nobody changes settings that others share."""
    with pytest.raises(ValueError, match="frozen"):
        place.load({}).timeout = 3  # type: ignore[misc]
