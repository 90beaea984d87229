"""A Read as JSONSQL documents, pages and canonical rows; the journal of what travelled.

Read, Term, Op      what is asked of one table
Digest, Slice       what a sync asks beside: a hash of each row, rows by their key divided by a number
Digests             how many rows there are, and sums of their hashes
Remote, Pager, Page pages of canonical rows, by key, the next one under way
Journal, Receipt    what it cost; entry_of, noted: of whole documents, rows_of: their rows
convert, sent       one value in canonical form, and as the portal compares with it
names_of            what a statement of SQL may name, for the language; features_of: what a document may say;
                    proven_features: what an exact one may
Whole               a SELECT that is one document, of an exact statement: `whole`
answer              rows of a whole statement as SQLite would have answered them
Look                what a table of the portal has, where it is not known
implies, excludes   whether the rows of one question are among those of another, or have none in common
"""

from __future__ import annotations

from iptvvtab.remote.answers import answer
from iptvvtab.remote.canonical import convert, held
from iptvvtab.remote.digest import Digests, Group, Totals
from iptvvtab.remote.encode import sent
from iptvvtab.remote.entry import Came, entry_of, noted, rows_of
from iptvvtab.remote.implied import excludes, implies
from iptvvtab.remote.journal import Journal, Meter, Receipt, Request, TableReceipt
from iptvvtab.remote.look import Look, Subject, subject_of, unknown_subject
from iptvvtab.remote.names import features_of, names_of, proven_features
from iptvvtab.remote.ordered import in_order
from iptvvtab.remote.pager import Page, Pager
from iptvvtab.remote.read import Digest, Op, Order, Read, Slice, Term
from iptvvtab.remote.remote import Remote
from iptvvtab.remote.sizes import Sizes
from iptvvtab.remote.whole import Whole, whole
from iptvvtab.remote.wire import Wire

__all__ = [
    "Came",
    "Digest",
    "Digests",
    "Group",
    "Journal",
    "Look",
    "Meter",
    "Op",
    "Order",
    "Page",
    "Pager",
    "Read",
    "Receipt",
    "Remote",
    "Request",
    "Sizes",
    "Slice",
    "Subject",
    "TableReceipt",
    "Term",
    "Totals",
    "Whole",
    "Wire",
    "answer",
    "convert",
    "entry_of",
    "excludes",
    "features_of",
    "held",
    "implies",
    "in_order",
    "names_of",
    "noted",
    "proven_features",
    "rows_of",
    "sent",
    "subject_of",
    "unknown_subject",
    "whole",
]
