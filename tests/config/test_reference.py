"""docs/settings.md: the example loads, and the table is the one of the code."""

from __future__ import annotations

import re
from pathlib import Path

from iptvvtab.config import SETTINGS, load, reference

PAGE = (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")


def test_the_example_loads(tmp_path: Path) -> None:
    """The file that the page shows is a settings file with a profile in force."""
    example = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)[0]
    (tmp_path / "iptvvtab.yaml").write_text(example.replace("password_file", "# password_file"), encoding="utf-8")
    settings = load(environment={}, folder=tmp_path)
    assert settings.portal_id == "one.example"
    found = {name: settings.for_table(name) for name in ("tv_program", "subscriber")}
    assert {name: (own.source, own.ttl, own.sie) for name, own in found.items()} == {
        "tv_program": ("auto", 86400.0, 7 * 86400.0),
        "subscriber": ("live", 1800.0, None),
    }


def test_the_table_is_generated() -> None:
    """Every setting stands in the page as the code describes it."""
    assert reference() in PAGE
    assert len({setting.variable for setting in SETTINGS}) == len(SETTINGS)
    assert all(setting.description.endswith(".") for setting in SETTINGS)
