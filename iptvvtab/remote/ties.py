"""Whether the sources of a document are tied to each other: a portal is not asked to make every pair of rows. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from iptvvtab.types import Json


def are_tied(params: Json) -> bool:
    """Return whether in each select of a document all sources of FROM are joined by equal columns."""
    return all(_is_tied(one) for one in _selects(params))


def _selects(value: Json) -> Iterator[dict[str, Json]]:
    """Yield each object that has sources, also within others."""
    if isinstance(value, dict):
        if isinstance(value.get("from"), list):
            yield value
        for one in value.values():
            yield from _selects(one)
    elif isinstance(value, list):
        for one in value:
            yield from _selects(one)


def _is_tied(select: dict[str, Json]) -> bool:
    sources = [one for one in select["from"] if isinstance(one, dict)]
    names = {str(one.get("as") or one.get("join") or one.get("table")) for one in sources}
    pairs = [pair for test in (select.get("where"), *(one.get("on") for one in sources)) for pair in _equal(test)]
    tied = {next(iter(names), "")}
    for _ in names:
        tied |= {name for pair in pairs if not tied.isdisjoint(pair) for name in pair}
    return len(sources) < 2 or names <= tied


def _equal(test: Json) -> Iterator[set[str]]:
    """Yield the sources of two columns that a condition wants to be equal, in all cases."""
    if not isinstance(test, dict):
        return
    for one in test.get("and", ()):
        yield from _equal(one)
    match test.get("eq"):
        case [dict() as left, dict() as right] if len(left) == len(right) == 1:
            yield {*left, *right}
