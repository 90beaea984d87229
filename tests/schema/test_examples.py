"""The YAML in the documentation is what it says: files that load."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from iptvvtab.schema import load_catalog
from iptvvtab.schema.written import WrittenColumn, WrittenPolicy, WrittenTable

PAGE = Path(__file__).parents[2] / "docs" / "schemas.md"
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("text", BLOCKS)
def test_examples_load(text: str, tmp_path: Path) -> None:
    """Every example is a file of tables that can be used as it stands."""
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    load_catalog(tmp_path)


def test_the_override_does_what_is_said(tmp_path: Path) -> None:
    """The override example keeps what it does not name."""
    (tmp_path / "own.yaml").write_text(BLOCKS[1], encoding="utf-8")
    catalog = load_catalog(tmp_path)
    subscriber = catalog["subscriber"]
    assert subscriber.label == "surname"
    assert not subscriber.has("billing")
    assert subscriber.column("phone").sensitive
    assert subscriber.column("saldo").remote_name == "balance"
    assert subscriber.columns[-1].name == "contract"
    assert catalog["loyalty"].key == ("id",)


@pytest.mark.parametrize("model", [WrittenTable, WrittenColumn, WrittenPolicy])
def test_every_key_is_documented(model: type[WrittenTable | WrittenColumn | WrittenPolicy]) -> None:
    """Every key of the format stands in docs/schemas.md."""
    text = PAGE.read_text(encoding="utf-8")
    assert [key for key in model.model_fields if f"`{key}" not in text] == []
