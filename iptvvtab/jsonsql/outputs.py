"""The columns that a select of SQL answers, and what refers to them by place or name."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from iptvvtab.jsonsql.sources import Context, Part, Scope, Source, word
from iptvvtab.jsonsql.statement import unwrapped
from iptvvtab.jsonsql.terms import term


@dataclass(frozen=True, slots=True)
class Output:
    """A column that a select answers: PostgreSQL's name for it, what it is, what a document calls it from outside."""

    name: str
    part: Part
    label: str
    is_named: bool


def outputs(items: list[exp.Expr], scope: Scope, context: Context) -> list[Output]:
    """Return the columns of a select list; no two have the same label. Raises NoForm, StatementRefused."""
    found: list[tuple[str, Part, bool]] = []
    for item in items:
        if isinstance(item, exp.Alias):
            inner, alias = context.take(item, "this", "alias")
            found.append((word(alias, context)[0], term(inner, scope, context), True))
        elif (expanded := _expanded(item, scope, context)) is not None:
            found += [(name, part, False) for name, part in expanded]
        else:
            found.append((_called(item, context), term(item, scope, context), False))
    answered: list[Output] = []
    taken: set[str] = set()
    for name, part, is_named in found:
        stem = "column" if name == "?column?" else name
        label, number = stem, 1
        while label in taken:
            label, number = f"{stem}_{number}", number + 1
        taken.add(label)
        answered.append(Output(name, part, label, is_named))
    return answered


def _expanded(item: exp.Expr, scope: Scope, context: Context) -> list[tuple[str, Part]] | None:
    """Return the columns of `*` or `t.*`, or None for anything else."""
    if isinstance(item, exp.Star):
        context.take(item)
        merged = [
            (name, source.part(source.named(name, is_quoted=False)[0]))
            for name, owner in scope.merged.items()
            for source in scope.sources
            if source.name == owner
        ]
        rest = [
            one for source in scope.sources for one in _columns(item, source, context) if one[0] not in scope.merged
        ]
        return [*merged, *rest]
    if isinstance(item, exp.Column) and isinstance(item.args["this"], exp.Star):
        star, table = context.take(item, "this", "table")
        context.take(star)
        name = word(table, context)[0]
        source = next((one for one in scope.sources if one.name == name), None)
        if source is None:
            raise context.unknown(item, f"no table {name!r} here")
        return _columns(item, source, context)
    return None


def _columns(item: exp.Expr, source: Source, context: Context) -> list[tuple[str, Part]]:
    unnamed = [one.name for one in source.columns if one.remote is None]
    if unnamed:
        raise context.refused(
            item,
            "*",
            f"only the position is known of {', '.join(unnamed)} in {source.name!r}, and a document names columns",
            "name the columns that you want",
        )
    return [(one.name, source.part(one)) for one in source.columns]


def _called(item: exp.Expr, context: Context) -> str:
    """Return PostgreSQL's name for a column without AS."""
    item = unwrapped(item)
    if isinstance(item, exp.Column):
        return word(item.args["this"], context)[0]
    if isinstance(item, exp.Cast):
        inner = _called(item.args["this"], context)
        return item.args["to"].sql("postgres").lower() if inner == "?column?" else inner
    if isinstance(item, exp.Anonymous):
        return str(item.args["this"]).lower()
    names: dict[type[exp.Expr], str] = {
        exp.Boolean: "bool",
        exp.Exists: "exists",
        exp.CurrentTimestamp: "now",
        exp.CurrentDate: "current_date",
    }
    if type(item) in names:
        return names[type(item)]
    is_call = isinstance(item, exp.Func) and not isinstance(item, (exp.Binary, exp.Connector, exp.Not))
    return item.sql_name().lower() if is_call and isinstance(item, exp.Func) else "?column?"


def number_of(node: exp.Expr) -> int | None:
    """Return the place that `ORDER BY 2` means."""
    is_place = isinstance(node, exp.Literal) and not node.args["is_string"] and node.args["this"].isdigit()
    return int(node.args["this"]) if is_place else None


def output_at(node: exp.Expr, place: int, outputs: list[Output], context: Context) -> Part:
    """Return the output of a place, counted from 1. Raises StatementRefused."""
    if not 1 <= place <= len(outputs):
        raise context.unknown(node, f"there is no column {place} in the select")
    return outputs[place - 1].part


def by_label(node: exp.Expr, outputs: list[Output], context: Context) -> Part | None:
    """Return the output that a bare name means, or None."""
    if not isinstance(node, exp.Column) or node.args.get("table") is not None:
        return None
    context.take(node, "this")
    name = word(node.args["this"], context)[0]
    found = [one.part for one in outputs if one.name == name]
    if any(one.json != found[0].json for one in found):
        raise context.unknown(node, f"{name!r} is the name of several columns of the select")
    return found[0] if found else None
