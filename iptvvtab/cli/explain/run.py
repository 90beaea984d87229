"""Explains the statements of a text, one after another."""

from __future__ import annotations

from collections.abc import Iterator

import apsw
import apsw.ext

from iptvvtab.cli.query.parameters import Parameters
from iptvvtab.cli.refusals import refusal
from iptvvtab.connection import Explanation, explain


def explain_all(
    connection: apsw.Connection, text: str, parameters: Parameters, *, analyze: bool
) -> Iterator[Explanation]:
    """Yield the explanation of each statement. Raises StatementRefused and what reading raises."""
    before = 0
    while text[before:].strip():
        try:
            details = apsw.ext.query_info(connection, text[before:])
            if details.has_vdbe:
                names = details.bindings_names
                bindings = parameters.bindings(names) if analyze or parameters.has(names) else None
                yield explain(connection, details.first_query, bindings, analyze=analyze)
        except apsw.Error as error:
            raise refusal(connection, text, before, error) from error
        before = len(text) - len(details.query_remaining or "")
