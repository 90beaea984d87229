"""What a portal can say of its rows in a few numbers: asked when a sync first wants to know, two requests in all.

An answer counts only if its rows prove it: sums must be those of the hashes that came with the rows themselves.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from iptvvtab import jsonsql
from iptvvtab.portal.capabilities import Capabilities, store_capabilities
from iptvvtab.portal.probe import MOST_CANDIDATES, Examination, candidates
from iptvvtab.portal.questions import Rows, Sample
from iptvvtab.types import Json

if TYPE_CHECKING:
    from iptvvtab.jsonsql import Grouping, HashFunction
    from iptvvtab.portal.client import Client
    from iptvvtab.schema import Catalog

DIVISOR = 7
"""Of the groups that are asked for: rows of a small sample share some, and are in several."""

_FUNCTIONS: tuple[HashFunction, ...] = ("hashtext", "md5")
_GROUPINGS: tuple[Grouping, ...] = ("derived", "direct")


def digesting(client: Client, catalog: Catalog, known: Capabilities) -> Capabilities:
    """Return what is known of a portal, and how it hashes rows and adds up hashes, which it is asked now.

    Only the best is kept for other processes: what failed may have failed for a moment. Raises what the way to the
    portal raises.
    """
    examination = Examination(client)
    sample = examination.sample(candidates(catalog)[:MOST_CANDIDATES])
    if sample is None:
        return known
    documents = _Questions(sample).documents()
    answers = examination.together(list(documents.values())) if known.batch else None
    if answers is None:
        answers = [examination.rows(document) for document in documents.values()]
    seen = _judged(sample.keys, dict(zip(documents, answers, strict=True)), known)
    is_best = seen.digest_groups in _GROUPINGS
    with contextlib.suppress(OSError):  # a folder that cannot be written costs these questions per process
        store_capabilities(client.settings, seen if is_best else replace(known, digest=None))
    return seen


@dataclass(frozen=True, slots=True)
class _Questions:
    """What is asked about the rows of a sample."""

    sample: Sample

    def documents(self) -> dict[str, dict[str, Json]]:
        """Return the selects by name."""
        table, key = self.sample.candidate.table, self.sample.candidate.key
        group, hashed = jsonsql.quotient(key, DIVISOR), self._hash("hashtext")
        most = len(self.sample.rows) + 1
        rows: dict[str, dict[str, Json]] = {
            one: jsonsql.select(table, [key, self._hash(one)], where=self._where, order_by=[key], limit=most)
            for one in _FUNCTIONS
        }
        groups: dict[str, dict[str, Json]] = {
            one: jsonsql.groups(one, table, group, hashed, self._where, most) for one in _GROUPINGS
        }
        sums = {
            "ranges": jsonsql.totals(table, [jsonsql.total(hashed)], self._where),
            "totals": jsonsql.totals(
                table, [jsonsql.total(jsonsql.column(key)), jsonsql.total(jsonsql.column(key), "max")], self._where
            ),
        }
        return {**rows, **groups, **sums}

    def _hash(self, function: HashFunction) -> Json:
        candidate = self.sample.candidate
        return jsonsql.row_hash(function, [candidate.key], [candidate.text, candidate.optional])

    @property
    def _where(self) -> Json:
        key, keys = self.sample.candidate.key, self.sample.keys
        return {"and": [jsonsql.compare("gte", key, keys[0]), jsonsql.compare("lt", key, keys[-1] + 1)]}


def _judged(keys: list[int], answers: dict[str, Rows | None], known: Capabilities) -> Capabilities:
    """Return what answers prove; all else is absent."""
    hashes = _hashes(answers["hashtext"], keys, int)
    sums = _sums_by_group(keys, hashes) if hashes else None
    return replace(
        known,
        digest="hashtext" if hashes else "md5" if _hashes(answers["md5"], keys, str) else "none",
        digest_groups=next((one for one in _GROUPINGS if sums and answers[one] == sums), "none"),
        digest_ranges=bool(hashes) and answers["ranges"] == [[len(keys), sum(hashes or ())]],
        key_totals=answers["totals"] == [[len(keys), sum(keys), keys[-1]]],
    )


def _hashes(rows: Rows | None, keys: list[int], kind: type) -> list[int] | None:
    """Return the hashes of a sample's rows; None unless each row has its own, and there are several."""
    if not rows or any(len(row) != 2 or type(row[1]) is not kind for row in rows) or [row[0] for row in rows] != keys:
        return None
    hashes = [row[1] for row in rows]
    return hashes if len(set(hashes)) == len(hashes) > 1 else None


def _sums_by_group(keys: Sequence[int], hashes: Sequence[int]) -> Rows:
    sums: dict[int, list[int]] = {}
    for key, value in zip(keys, hashes, strict=True):
        group = sums.setdefault(jsonsql.cut(key, DIVISOR), [0, 0])
        group[0], group[1] = group[0] + 1, group[1] + value
    return [[group, *sums[group]] for group in sorted(sums)]
