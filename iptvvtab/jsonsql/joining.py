"""FROM of SQL as `from` of a document: tables, joins, selects, common table expressions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp

from iptvvtab.errors import did_you_mean
from iptvvtab.jsonsql.names import ColumnName
from iptvvtab.jsonsql.sources import Context, Scope, Source, word
from iptvvtab.jsonsql.terms import clause, keys_in
from iptvvtab.types import Json

_SIMPLE = re.compile(r"[a-z_]\w*", re.ASCII)


@dataclass(slots=True)
class _Item:
    """A source with how it is joined: `kind` is empty where a comma stands. `item`: what the document says of it."""

    node: exp.Expr
    source: Source
    item: dict[str, Json]
    kind: str
    on: exp.Expr | None = None
    using: Sequence[exp.Expr] = ()


@dataclass(frozen=True, slots=True)
class From:
    """`from` of a document, what names mean in the select, and conditions that belong into its WHERE."""

    items: list[Json]
    scope: Scope
    conditions: list[Json]


def from_clause(first: exp.Expr, joins: Sequence[exp.Expr], outer: Scope | None, context: Context) -> From:
    """Return FROM. Raises NoForm, StatementRefused for a name that is not there."""
    items = [_item(first, None, context), *(_item(None, join, context) for join in joins)]
    seen: set[str] = set()
    for one in items:
        if one.source.name in seen:
            raise context.unknown(one.node, f"two sources are called {one.source.name!r}; give one another name")
        seen.add(one.source.name)
    groups: list[list[_Item]] = []
    for one in items:
        if one.kind == "":
            groups.append([one])
        else:
            groups[-1].append(one)
    for group in groups:
        _mark_optional(group)
    every = [one.source for one in items]
    merged: dict[str, str] = {}
    found: list[tuple[list[Json], list[Json]]] = [_group(one, every, outer, merged, context) for one in groups]
    order = _order(groups, context)
    scope = Scope(every, outer, merged, scalars=[])
    return From([one for at in order for one in found[at][0]], scope, [one for at in order for one in found[at][1]])


def _order(groups: list[list[_Item]], context: Context) -> list[int]:
    """A comma binds looser than a join; in a document everything follows one after another."""
    wide = [at for at, group in enumerate(groups) if any(one.kind in ("right", "full") for one in group)]
    if len(wide) > 1:
        raise context.refused(
            groups[wide[1]][0].node,
            "RIGHT or FULL joins on both sides of a comma",
            "a document joins one after another",
            "write them as LEFT joins",
        )
    return [*wide, *(at for at in range(len(groups)) if at not in wide)]


def _mark_optional(group: list[_Item]) -> None:
    for at, one in enumerate(group):
        if one.kind in ("left", "full"):
            one.source = one.source.as_optional()
        if one.kind in ("right", "full"):
            for before in group[:at]:
                before.source = before.source.as_optional()


def _group(
    group: list[_Item], every: list[Source], outer: Scope | None, merged: dict[str, str], context: Context
) -> tuple[list[Json], list[Json]]:
    """Return the items of what is joined, and conditions that its WHERE takes over."""
    first, *others = group
    if len(others) == 1 and others[0].kind == "left" and "select" in others[0].item and "table" in first.item:
        return _turned(first, others[0], every, outer, merged, context), []
    found: list[Json] = [first.item]
    conditions: list[Json] = []
    for at, one in enumerate(others, start=1):
        sources = [before.source for before in group[: at + 1]]
        on = _on(one, sources, every, outer, merged, context)
        if "select" not in one.item:
            joined = {"join": one.item["table"], "join_type": one.kind, "as": one.item["as"]}
            found.append(joined if one.kind == "cross" else {**joined, "on": on})
            continue
        is_kept = all(later.kind not in ("right", "full") for later in group[at + 1 :])
        if one.kind not in ("inner", "cross") or not is_kept:
            raise context.refused(
                one.node,
                "an outer join with a select",
                "a document joins tables, and takes a select only as a cross product",
                "put the table first: FROM table LEFT JOIN (SELECT ...) alone, or join the table itself",
                near="JOIN",
            )
        found.append(one.item)
        conditions += [] if on is None else [on]
    return [_without_cross(one, at, found) for at, one in enumerate(found)], conditions


def _without_cross(item: Json, at: int, items: list[Json]) -> Json:
    """A cross join is an item of its own [V], unless a later join needs what stands before it."""
    if item.get("join_type") != "cross":
        return item
    before, after = {one["as"] for one in items[:at]}, items[at + 1 :]
    is_needed = any(one.get("join_type") in ("right", "full") or before & keys_in(one.get("on")) for one in after)
    return item if is_needed else {"table": item["join"], "as": item["as"]}


def _turned(
    first: _Item, second: _Item, every: list[Source], outer: Scope | None, merged: dict[str, str], context: Context
) -> list[Json]:
    """`t LEFT JOIN (SELECT ...) q` is `(SELECT ...) q RIGHT JOIN t`, which a document can say."""
    on = _on(second, [first.source, second.source], every, outer, merged, context)
    return [second.item, {"join": first.item["table"], "join_type": "right", "as": first.item["as"], "on": on}]


def _on(
    one: _Item,
    sources: list[Source],
    every: list[Source],
    outer: Scope | None,
    merged: dict[str, str],
    context: Context,
) -> Json:
    beside = [source for source in every if source not in sources]
    if one.using:
        equal = [_merge(one, name, sources, merged, context) for name in one.using]
        return equal[0] if len(equal) == 1 else {"and": equal}
    if one.on is None:
        return None
    return clause(one.on, Scope(sources, outer, merged, beside=beside), context)


def _merge(one: _Item, name: exp.Expr, sources: list[Source], merged: dict[str, str], context: Context) -> Json:
    """A column of USING: equal on both sides, and one column from there on."""
    if one.kind not in ("inner", "left"):
        raise context.refused(
            name, "USING in this join", "the column it makes has no form in JSONSQL", "write ON a.x = b.x"
        )
    text, is_quoted = word(name, context)
    *before, new = sources
    owners = [source for source in before if source.named(text, is_quoted=is_quoted)]
    if text in merged:
        owners = [source for source in owners if source.name == merged[text]]
    if len(owners) != 1 or not new.named(text, is_quoted=is_quoted):
        raise context.unknown(name, f"column {text!r} of USING is not in exactly one table on each side")
    merged[text] = owners[0].name
    sides = [source.part(source.named(text, is_quoted=is_quoted)[0]).json for source in (owners[0], new)]
    return {"eq": sides}


def _item(first: exp.Expr | None, join: exp.Expr | None, context: Context) -> _Item:
    if join is None:
        assert first is not None
        return _source(first, "", context)
    by = "using" if join.args.get("using") else "on"
    node, side, kind, test = context.take(join, "this", "side", "kind", by)
    if kind not in (None, "", "INNER", "CROSS", "OUTER"):
        raise context.refused(join, f"{kind} JOIN", "has no form in JSONSQL", "write a join with ON", near=str(kind))
    word_of_join = (side or kind or ("INNER" if test is not None else "")).lower()
    item = _source(node, word_of_join, context)
    is_bare = not word_of_join and context.statement.follows(node, ",", "JOIN") == "JOIN"
    if is_bare or (word_of_join in ("inner", "left", "right", "full") and test is None):
        raise context.refused(
            join, "a join without ON", "has no form in JSONSQL", "write ON, or CROSS JOIN", near="JOIN"
        )
    item.on, item.using = (None, test) if by == "using" else (test, ())
    return item


def _source(node: exp.Expr, kind: str, context: Context) -> _Item:
    if isinstance(node, exp.Table):
        return _table(node, kind, context)
    if not isinstance(node, exp.Subquery) or isinstance(node.args["this"], exp.Table):
        raise context.refused(
            node, f"{context.statement.called(node)} in FROM", "has no form in JSONSQL", "name a table or a select"
        )
    query, alias = context.take(node, "this", "alias")
    name, columns = _alias(alias, context)
    if name is None:
        raise context.refused(node, "a select in FROM", "a document needs a name for it", "write (SELECT ...) AS q")
    return _derived(node, query, name, columns, kind, context)


def _table(node: exp.Expr, kind: str, context: Context) -> _Item:
    this, alias, schema = context.take(node, "this", "alias", "db")
    if not isinstance(this, exp.Identifier):
        raise context.refused(node, "a function in FROM", "has no form in JSONSQL", "name a table or a select")
    name, columns = _alias(alias, context)
    text, _ = word(this, context)
    if schema is None and text in context.ctes:
        cte = context.ctes[text]
        cte.uses += 1
        query, own_alias = cte.context.take(cte.node, "this", "alias", "materialized")[:2]
        _, own_columns = _alias(own_alias, context)
        return _derived(node, query, name or text, columns or own_columns, kind, cte.context, uses=cte.uses)
    if schema is not None and word(schema, context)[0] != context.names.schema:
        raise context.unknown(node, f"there is no schema {word(schema, context)[0]!r}")
    table = context.names.get(text)
    if table is None:
        raise context.unknown(node, f"no table {text!r}", did_you_mean(text, [*context.names, *context.ctes]))
    if columns:
        raise context.refused(
            node, "names for a table's columns", "a document has none", "name them with AS in the select"
        )
    written = _document_alias(name or table.name, context)
    source = Source(name or text, written, table.columns, table.is_whole)
    return _Item(node, source, {"table": table.remote, "as": written}, kind)


def _alias(alias: exp.Expr | None, context: Context) -> tuple[str | None, list[str]]:
    if alias is None:
        return None, []
    name, columns = context.take(alias, "this", "columns")
    return word(name, context)[0], [word(one, context)[0] for one in columns or ()]


def _document_alias(name: str, context: Context) -> str:
    return context.alias(name if _SIMPLE.fullmatch(name) else "t")


def _derived(
    node: exp.Expr, query: Any, name: str, columns: list[str], kind: str, context: Context, *, uses: int = 1
) -> _Item:
    selected = context.query(query, None, context)
    if "values" in selected.json:
        raise context.refused(
            node, "VALUES in FROM", "a document takes tables and selects there", "compare with IN (VALUES ...)"
        )
    if uses > 1 and {"limit", "offset"} & set(selected.json):
        raise context.refused(
            node, f"WITH {name} AS (... LIMIT ...), used twice", "each use would be cut for itself", "use it once"
        )
    if len(columns) > len(selected.outputs):
        raise context.unknown(node, f"{name!r} has {len(selected.outputs)} columns and {len(columns)} names")
    named = [*columns, *(one.name for one in selected.outputs[len(columns) :])]
    known = tuple(
        ColumnName(label, one.label, one.part.type, one.part.can_be_null)
        for label, one in zip(named, selected.outputs, strict=True)
    )
    alias = _document_alias(name, context)
    source = replace(Source(name, alias, known))
    return _Item(node, source, {"select": selected.labelled(), "as": alias}, kind)
