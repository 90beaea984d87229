"""What a statement cost, as words or as JSON, on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import click

from iptvvtab.cli.words import count, duration, is_terminal, say, size
from iptvvtab.types import Json

if TYPE_CHECKING:
    from iptvvtab.remote import Receipt, TableReceipt


@dataclass(frozen=True, slots=True)
class Bill:
    """A receipt, and what only the reader of the rows knows: how many it got, in how many seconds."""

    receipt: Receipt
    returned: int
    seconds: float


def as_text(bill: Bill, *, with_documents: bool = False) -> str:
    """Return a line for the statement, one for each table, and the documents that travelled if wanted."""
    receipt = bill.receipt
    facts = [
        count(bill.returned, "row"),
        duration(bill.seconds),
        count(receipt.requests, "request"),
        f"{count(receipt.rows, 'row')} fetched",
        size(receipt.bytes),
    ]
    if receipt.retries:
        facts.append(f"sent again {count(receipt.retries, 'time')}")
    if receipt.requests:
        facts.append(f"portal {duration(receipt.portal_seconds)}")
    lines = ["-- " + ", ".join(facts)]
    if receipt.tables:
        width = max(len(one.table) for one in receipt.tables)
        lines += [f"--   {one.table:<{width}}  {_table(one)}" for one in receipt.tables]
    if with_documents:
        lines += [f"--   {line}" for document in receipt.documents for line in _shown(document)]
        unshown = receipt.requests - len(receipt.documents)
        lines += [f"--   and {count(unshown, 'more request')}"] if unshown > 0 else []
    return "\n".join(lines)


def _table(one: TableReceipt) -> str:
    age = f", {duration(one.age)} old" if one.age else ""
    facts = [f"{one.source}{age}", count(one.requests, "request"), f"{count(one.rows, 'row')} fetched"]
    if one.reads > one.requests:
        facts.append(count(one.reads, "read"))
    if one.batches:
        facts.append(f"{count(one.hits, 'look-up')} answered by {count(one.batches, 'batch', 'batches')}")
    if one.excuse:
        facts.append("older than they may be: the portal failed")
    return ", ".join(facts)


def as_json(bill: Bill, *, with_documents: bool = False) -> str:
    """Return one line of JSON."""
    receipt = bill.receipt
    document: dict[str, Json] = {
        "returned": bill.returned,
        "seconds": round(bill.seconds, 6),
        "requests": receipt.requests,
        "rows": receipt.rows,
        "bytes": receipt.bytes,
        "retries": receipt.retries,
        "portal_seconds": round(receipt.portal_seconds, 6),
        "tables": [asdict(one) for one in receipt.tables],
    }
    if with_documents:
        document["documents"] = [json.loads(one) for one in receipt.documents]
    return json.dumps(document, ensure_ascii=False)


receipt_option = click.option(
    "--receipt",
    type=click.Choice(["none", "text", "json"]),
    help="What the statement cost, to stderr; default: text at a terminal.",
)


def tell_of(bill: Bill, kind: str | None, *, with_documents: bool) -> None:
    """Tell people of a bill. `kind`: what `--receipt` says, if anything; documents are shown even where it is none."""
    kind = kind or ("text" if is_terminal(sys.stderr) else "none")
    if kind == "json":
        say(as_json(bill, with_documents=with_documents))
    elif kind == "text" or with_documents:
        say(as_text(bill, with_documents=with_documents))


def _shown(request: str) -> Iterator[str]:
    """Yield a document, or those of one request."""
    if not request.startswith("["):
        yield request
        return
    documents = json.loads(request)
    yield f"{len(documents)} documents in one request:"
    yield from (f"  {json.dumps(one, ensure_ascii=False, separators=(',', ':'))}" for one in documents)
