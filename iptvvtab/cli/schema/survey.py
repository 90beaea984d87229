"""Looks at one table after another, and goes on where one is closed or not there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iptvvtab.errors import Forbidden, Refused, UnknownTable
from iptvvtab.remote import Journal, Look, Subject, Wire, subject_of, unknown_subject
from iptvvtab.trace import ignore

if TYPE_CHECKING:
    from iptvvtab.portal import Client
    from iptvvtab.schema import Catalog, Observation, Table


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of looking at a table: an observation, or why there is none. `known`: as the catalog has it."""

    name: str
    known: Table | None
    observation: Observation | None
    reason: str = ""


def survey(client: Client, catalog: Catalog, names: Sequence[str]) -> Iterator[Seen]:
    """Look at tables, all of the catalog if none is named. Raises what the way to the portal raises."""
    look = Look(Wire(client, Journal(), ignore))
    for name in names or catalog:
        known = catalog.get(name)
        subject = subject_of(known) if known else unknown_subject(name)
        yield _seen(look, subject, known, catalog)


def _seen(look: Look, subject: Subject, known: Table | None, catalog: Catalog) -> Seen:
    try:
        return Seen(subject.name, known, look.at(subject))
    except Forbidden:
        return Seen(subject.name, known, None, "this account may not read it")
    except Refused as error:
        hint = "" if known else f"; {UnknownTable(subject.name, catalog)}"
        return Seen(subject.name, known, None, error.message + hint)
