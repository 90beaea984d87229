"""`config set`: one value changes, the rest of the file stays as people wrote it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from iptvvtab import errors
from iptvvtab.config import load, set_value

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "set.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", [pytest.param(case, id=rule) for rule, case in CASES.items()])
def test_set(tmp_path: Path, case: dict[str, Any]) -> None:
    """The file says what the case says, to the letter."""
    file = tmp_path / "iptvvtab.yaml"
    if "before" in case:
        file.write_text(case["before"], encoding="utf-8")
    set_value(file, case["name"], case["value"], profile=case.get("profile"))
    assert file.read_text(encoding="utf-8") == case["after"]
    load(environment={}, folder=tmp_path)


def test_a_new_file_is_the_users_alone(tmp_path: Path) -> None:
    """A settings file that is made has mode 0600; one that was there keeps its mode; nothing is left beside it."""
    file = tmp_path / "deep" / "config.yaml"
    set_value(file, "timeout", "5")
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o640)
    set_value(file, "timeout", "6")
    assert file.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in file.parent.iterdir()] == ["config.yaml"]


@pytest.mark.parametrize(
    ("name", "value", "error", "message"),
    [
        ("password", "x", errors.UsageError, "password is a secret"),
        ("timeot", "3", errors.UnknownSetting, "did you mean 'timeout'"),
        ("tables.media.maxage", "3", errors.UnknownSetting, "did you mean 'tables.media.max_age'"),
        ("timeout", "soon", errors.InvalidSetting, "not a duration"),
        ("tables.media.source", "x", errors.InvalidSetting, "must be 'auto', 'live' or 'mirror'"),
    ],
)
def test_refused(tmp_path: Path, name: str, value: str, error: type[Exception], message: str) -> None:
    """What `load` would refuse is not written, nor is a secret."""
    file = tmp_path / "iptvvtab.yaml"
    with pytest.raises(error, match=message):
        set_value(file, name, value)
    assert not file.exists()


def test_a_file_that_cannot_be_edited_stays(tmp_path: Path) -> None:
    """A malformed file is told with its line and left alone."""
    file = tmp_path / "iptvvtab.yaml"
    file.write_text("timeout: 3\ntimeout: 4\n", encoding="utf-8")
    with pytest.raises(errors.SettingsFileError, match=r"iptvvtab\.yaml:2: stands twice"):
        set_value(file, "rate", "5")
    assert file.read_text(encoding="utf-8") == "timeout: 3\ntimeout: 4\n"
