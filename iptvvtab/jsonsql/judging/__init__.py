"""Whole statements of SQLite as one document of the portal, where both make exactly the same of them. Pure.

    exact("SELECT disabled, count(*) FROM portal.subscriber GROUP BY 1", names, features)

The same rows, values, types and names of columns that SQLite would answer over plain tables of the portal's rows, or a
refusal. Judged from below: each kind of expression needs a rule that proves it (values, conditions, comparing), as do
sources and selects; judge puts it together, bindings are values that come late. written is the text of columns, by
which SQLite names them; finishing leaves to SQLite what the portal lacks, where an answer has all that it is made of.
What comes out of it is read as PostgreSQL's (encoding.py).
"""

from __future__ import annotations

from iptvvtab.jsonsql.judging.bindings import Bindings
from iptvvtab.jsonsql.judging.judge import judge
from iptvvtab.jsonsql.judging.written import spelled

__all__ = ["Bindings", "judge", "spelled"]
