"""YAML with lines: what it says, where it says it, and edits that leave the rest alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from iptvvtab.yamltext import REMOVED, Malformed, NotEditable, dump, edit, parse, rewrite

CASES = Path(__file__).parent / "cases"


def cases(name: str) -> list[Any]:
    """The cases of one file, each named after its rule."""
    held = yaml.safe_load((CASES / name).read_text(encoding="utf-8"))
    return [pytest.param(case, id=rule) for rule, case in held.items()]


def marked(changes: Any) -> Any:
    """Put the sentinel where a case says REMOVED."""
    if isinstance(changes, dict):
        return {key: marked(value) for key, value in changes.items()}
    return REMOVED if changes == "REMOVED" else changes


@pytest.mark.parametrize("case", cases("edit.yaml"))
def test_edit(case: dict[str, Any]) -> None:
    """The text after is the case's to the letter, or the reason why not is."""
    changes = marked(case.get("changes", {}))
    renames = {tuple(path): new for path, new in case.get("renames", [])}
    if "refused" in case:
        with pytest.raises(NotEditable) as caught:
            edit(case["before"], changes, renames)
        assert str(caught.value) == case["refused"]
    else:
        assert edit(case["before"], changes, renames) == case["after"]
        assert parse(rewrite(case["before"], changes, renames)).value == parse(case["after"]).value


@pytest.mark.parametrize("case", cases("malformed.yaml"))
def test_malformed(case: dict[str, Any]) -> None:
    """A text that cannot be used is refused with line, path and reason."""
    with pytest.raises(Malformed) as caught:
        parse(case["text"])
    assert (caught.value.line, caught.value.path) == (case["line"], case["path"])
    assert caught.value.reason.startswith(case["reason"])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 007", 7),
        ("a: 0x1F", 31),
        ("a: 1_000", "1_000"),
        ("a: 1e3", 1000.0),
        ("a: .5", 0.5),
        ("a: on", "on"),
        ("a: no", "no"),
        ("a: True", True),
        ("a: 12:30", "12:30"),
        ("a: 2024-01-01", "2024-01-01"),
        ("a: 2024-01-01T00:00:00", "2024-01-01T00:00:00"),
        ("a: ~", None),
        ("a:", None),
        ("a: 'on'", "on"),
        ("a: 00:11:22:33:44:55", "00:11:22:33:44:55"),
        ("a: 1.2.3.4", "1.2.3.4"),
    ],
)
def test_scalars_are_those_of_yaml_1_2(text: str, value: object) -> None:
    """Words, times and dates stay texts."""
    assert parse(text).value == {"a": value}


def test_lines_of_keys_and_of_what_is_missing() -> None:
    """Every key has its line; what is not there has that of the nearest thing around it."""
    document = parse("\na:\n  b: 1\n  c:\n  - x\n  - y\n")
    assert document.line(("a",)) == 2
    assert document.line(("a", "b")) == 3
    assert document.line(("a", "c", 1)) == 6
    assert document.line(("a", "d", "e")) == 2


def test_deep_nesting_is_refused() -> None:
    """A text nested beyond any use ends in the typed refusal, not in a crash."""
    with pytest.raises(Malformed, match="nested too deeply"):
        parse("[" * 5000)


_scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
_keys = st.integers(0, 20) | st.text(max_size=4)
_values = st.recursive(
    _scalars,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(_keys, below, max_size=3),
    max_leaves=12,
)
_mappings = st.dictionaries(_keys, _values, max_size=4)


def _has_printable_texts(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_has_printable_texts(key) and _has_printable_texts(below) for key, below in value.items())
    if isinstance(value, list):
        return all(map(_has_printable_texts, value))
    return not isinstance(value, str) or value.isprintable()


@given(_mappings.filter(_has_printable_texts))
def test_what_is_dumped_reads_back(value: Any) -> None:
    """Any mapping survives being written and read."""
    assert (parse(dump(value)).value or {}) == value


@given(_mappings.filter(_has_printable_texts), _mappings.filter(_has_printable_texts))
def test_an_edit_says_what_was_wanted_or_refuses(before: Any, changes: Any) -> None:
    """An edited text says what a rewritten one says: places in the text never decide the meaning."""
    text = dump(before)
    try:
        edited = edit(text, changes)
    except NotEditable:
        return
    assert (parse(edited).value or {}) == (parse(rewrite(text, changes)).value or {})
