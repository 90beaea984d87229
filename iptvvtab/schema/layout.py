"""Where a file's entries belong once positions were observed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from iptvvtab.schema.arrange import GUESSED, UNNAMED, Placed
from iptvvtab.schema.observe import Observation, Placement, place_columns

_MACHINE_KEYS = {"name", "type", "description", "remote_mapping"}


@dataclass(frozen=True, slots=True)
class Layout:
    """What becomes of a file's entries, by their old positions, and which positions are still without one.

    `moves`: to a new position; `names`: gets the portal's name of what stands there; `dropped`: made by a
    machine and in the way; `new`: positions to describe, with the portal's name or None.
    """

    moves: Mapping[int, int]
    names: Mapping[int, str]
    dropped: frozenset[int]
    new: Mapping[int, str | None]
    placement: Placement


def is_machine_made(entry: Placed) -> bool:
    """Tell whether an entry holds nothing that a person wrote: `Field_N`, or a guess of the community client."""
    written = entry.written
    if not written.model_fields_set <= _MACHINE_KEYS or written.remote_mapping:
        return False
    is_unnamed = written.name is None or UNNAMED.fullmatch(written.name) is not None
    return written.description in GUESSED or (is_unnamed and not written.description)


def lay_out(entries: Sequence[Placed], observed: Observation, known: set[str]) -> Layout:
    """Settle the positions of a file's entries. `known`: folded names that the catalog has without this file's help."""
    placement = place_columns(observed)
    if observed.width is None:
        return _without_positions(entries, observed, known, placement)
    return _Settling(entries, observed, placement, observed.width).layout()


def _without_positions(
    entries: Sequence[Placed], observed: Observation, known: set[str], placement: Placement
) -> Layout:
    """Nothing is known of positions: columns that nobody described yet follow."""
    described = known | {name for entry in entries for name in entry.names}
    after = max((entry.position for entry in entries), default=-1) + 1
    unknown = [name for name in observed.named if name.casefold() not in described]
    return Layout({}, {}, frozenset(), dict(enumerate(unknown, start=after)), placement)


class _Settling:
    def __init__(self, entries: Sequence[Placed], observed: Observation, placement: Placement, width: int) -> None:
        self._observed, self._placement, self._width = observed, placement, width
        self._found = {name.casefold(): position for name, position in placement.positions.items()}
        self._fits = {name.casefold(): places for name, places in placement.candidates.items()}
        self._read = {name.casefold() for name in observed.named}
        self._named = [entry for entry in entries if self._has_column(entry)]
        self._bound = [entry for entry in entries if not self._has_column(entry)]

    def _has_column(self, entry: Placed) -> bool:
        """Tell whether an entry speaks of a column by a name that the portal has, or may have."""
        if entry.remote_name is None:
            return False
        name = entry.remote_name.casefold()
        return name in self._read or name not in {absent.casefold() for absent in self._observed.absent}

    def layout(self) -> Layout:
        own = {(entry.remote_name or "").casefold() for entry in self._named}
        at = {position: name for name, position in self._placement.positions.items()}
        kept = [entry for entry in self._bound if not is_machine_made(entry)]
        targets = self._targets({entry.position for entry in kept}, set(at))
        dropped, names = set(), {}
        for entry in self._bound:
            name = at.get(entry.position)
            if is_machine_made(entry) and (entry.position in targets.values() or entry.position >= self._width):
                dropped.add(entry.position)
            elif name is not None and name.casefold() not in own:
                names[entry.position] = name
        staying = {entry.position for entry in self._bound} - dropped
        described = staying | set(targets.values())
        new = {position: at.get(position) for position in range(self._width) if position not in described}
        new = {position: name if name and name.casefold() not in own else None for position, name in new.items()}
        moves = {old: position for old, position in targets.items() if old != position}
        return Layout(moves, names, frozenset(dropped), new, self._placement)

    def _targets(self, reserved: set[int], claimed: set[int]) -> dict[int, int]:
        """Give each named entry its place in the row; those without one follow the row in their order, read by name."""
        targets: dict[int, int] = {}
        adrift = []
        for entry in self._named:
            wanted = self._wanted(entry, claimed)
            if wanted is None or wanted in reserved or wanted in targets.values():
                adrift.append(entry)
            else:
                targets[entry.position] = wanted
        after = max([self._width - 1, *reserved]) + 1
        return targets | {entry.position: place for place, entry in enumerate(adrift, start=after)}

    def _wanted(self, entry: Placed, claimed: set[int]) -> int | None:
        """Return the place in the row that an entry has or may have. Beyond the row a position is only an order."""
        name = (entry.remote_name or "").casefold()
        if name in self._found:
            return self._found[name]
        is_possible = name not in self._read or entry.position in self._fits.get(name, ())
        is_free = entry.position < self._width and entry.position not in claimed
        return entry.position if is_possible and is_free else None
