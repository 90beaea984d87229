"""A select over a select, on documents: what the inner one computes, the outer one names.

HAVING is WHERE of such an outer select, and a portal that groups by columns alone groups an inner select's columns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from iptvvtab.jsonsql.calls import is_aggregate
from iptvvtab.types import Json


class Lift:
    """Collects what the inner select must give, as `alias`, while expressions of the outer one are rewritten.

    `own`: the aliases of the inner select's sources; `wholes`: expressions that become a column as they are.
    """

    def __init__(
        self,
        alias: str,
        own: Collection[str],
        wholes: Sequence[Json],
        *,
        takes_aggregates: bool,
        texts: Collection[str],
    ) -> None:
        self._alias, self._own, self._wholes = alias, own, wholes
        self._takes_aggregates, self._texts = takes_aggregates, texts
        self._lifted: list[tuple[Json, str]] = []

    @property
    def data(self) -> list[Json]:
        """The output columns of the inner select."""
        return [labelled(json, label) for json, label in self._lifted]

    def lift(self, json: Json, *, is_within: bool = False) -> Json:
        """Return an expression of the inner select as one of the outer; `is_within` a select of its own."""
        if isinstance(json, list):
            return [self.lift(one, is_within=is_within) for one in json]
        if not isinstance(json, dict):
            return json
        if not is_within and (json in self._wholes or (self._takes_aggregates and is_aggregate(json))):
            return self._column(json)
        if len(json) == 1:
            [(key, name)] = json.items()
            if isinstance(name, str) and key in self._own:
                return self._column(json)
            if key == "values":
                return json
        return {
            key: one if key == "function" else self.lift(one, is_within=is_within or key == "select")
            for key, one in json.items()
        }

    def _column(self, json: Json) -> Json:
        label = next((label for known, label in self._lifted if known == json), None)
        if label is None:
            number = len(self._lifted) + 1
            label = f"c{number}"
            while label in self._texts:
                label += "_"
            self._lifted.append((json, label))
        return {self._alias: label}


def labelled(json: Json, label: str) -> Json:
    """Return an output column under a name; a bare value, which cannot carry one, through coalesce."""
    if not isinstance(json, dict):
        json = {"coalesce": [json]}
    return {**json, "as": label}


def texts_in(json: Json) -> Iterator[str]:
    """Yield all strings of a part of a document."""
    if isinstance(json, str):
        yield json
    elif isinstance(json, list):
        for one in json:
            yield from texts_in(one)
    elif isinstance(json, dict):
        for one in json.values():
            yield from texts_in(one)
