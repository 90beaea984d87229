"""The rows of the demo portal: invented, deterministic by seed, of any size, with awkward values on purpose.

A column is made at once (`random.choices`), then awkward values overwrite some rows: a million rows take seconds.
Values are canonical: timestamps, dates, addresses and jsonb are text, numerics are floats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from random import Random
from typing import TypeAlias

from iptvvtab.demo import awkward
from iptvvtab.demo.tables import DemoColumn, DemoTable
from iptvvtab.jsonsql import PgType

Column: TypeAlias = Sequence[object]

_FIRST_NAMES = ("Анна", "Борис", "Вера", "Глеб", "Дарья", "Егор", "Жанна", "Олег", "Anna", "Boris")
_SURNAMES = ("Берёзкин", "Васнецкий", "Громов", "Дубков", "Ельников", "Zimin", "Ключев", "Лугов", "Мостов")
_STREETS = ("ул. Северная", "пр. Мира", "Речной пер.", "Main st.", "наб. Озёрная")
_TITLES = (
    "Новости",
    "Погода",
    "Кино: «Река»",
    "Sport live",
    "Мультфильмы",
    "Док. цикл 100%",
    "Late_Night",
    "Профилактика",
)
_GENRES = ("news", "movie", "sport", "kids", "кино", "music", "docs")
_PACKAGES = (
    "movie",
    "sports",
    "Базовый",
    "Детский",
    "Premium",
    "Спорт+",
    "HD 100%",
    "name",
    "base",
    "BASE",
    "O'Hara",
    "",
)
_START = datetime(2024, 1, 1)  # noqa: DTZ001  a portal's timestamps have no zone
_SLOT = timedelta(minutes=30)


def counts(subscribers: int) -> dict[str, int]:
    """Return the number of rows by table for a portal of that many subscribers."""
    channels = max(20, min(7_308, subscribers // 30))
    return {
        "subscriber": subscribers,
        "terminal": subscribers * 3 // 2,
        "media": max(74, subscribers // 10),
        "package": len(_PACKAGES),
        "domain": 5,
        "subscriber_package": subscribers * 2,
        "subscriber_inetaddr": subscribers // 2,
        "tv_channel": channels,
        "tv_program": subscribers * 5,
        "tv_category": 12,
        "tv_program_category": subscribers * 5,
        "terminal_playlog": subscribers * 3,
        "service": 8,
        "user": 8,
    }


_DEFAULT_COUNT = 60


def rows_of(table: DemoTable, subscribers: int, seed: int) -> Iterator[tuple[object, ...]]:
    """Return the rows of a table, in the order of its columns."""
    maker = _Maker(table, subscribers, Random(f"{seed}/{table.name}"))  # noqa: S311  data, not secrets
    return zip(*(maker.column(column) for column in table.columns), strict=True)


class _Maker:
    """Makes the columns of one table."""

    def __init__(self, table: DemoTable, subscribers: int, random: Random) -> None:
        self._table, self._random, self._counts = table, random, counts(subscribers)
        self._size = self._counts.get(table.name, _DEFAULT_COUNT)

    def column(self, column: DemoColumn) -> Column:
        special = _SPECIAL.get((self._table.name, column.name))
        if special is not None:
            return special(self)
        if column.name == "id":
            return ids(self._size)
        if column.name == "subscriber_id":
            return self._reference("subscriber")
        if column.name == "channel_id":
            return self._reference("tv_channel")
        pool = _POOLS.get(column.name) or _plain(column.type)
        return self._awkward(self._random.choices(pool, k=self._size), column)

    def _awkward(self, values: list[object], column: DemoColumn) -> list[object]:
        """Overwrite some rows with awkward values, spread over the table, and NULLs where they may be."""
        if not values:
            return values
        chosen = awkward.VALUES[column.type] + (() if column.is_required else (None,) * 5)
        start = self._random.randrange(len(values))
        for n, value in enumerate(chosen[: len(values)]):
            values[(start + n * max(1, len(values) // len(chosen))) % len(values)] = value
        return values

    def _reference(self, table: str) -> list[object]:
        """Return foreign keys: mostly there, some NULL, some orphans; every tenth parent has no child."""
        parents = [one for one in ids(self._counts[table]) if one % 10] or [1]
        values: list[object] = list(self._random.choices(parents, k=self._size))
        for n in range(3, self._size, 97):
            values[n] = None
        for n in range(5, self._size, 101):
            values[n] = 10_000_000 + n
        return values

    def usernames(self) -> Column:
        """Unique names; the awkward ones come first, so that a small portal has them too."""
        plain = [f"user{n:06d}" if n % 3 else f"Абонент_{n}" for n in range(self._size)]
        plain[: len(awkward.TEXTS)] = awkward.TEXTS[: self._size]
        return plain

    def program_ids(self) -> Column:
        """The last two need more than the 53 bits of a double."""
        numbers = list(range(1, self._size + 1))
        return [*numbers[:-2], 2**53 + 1, 2**53 + 3] if self._size > 2 else numbers

    def program_channels(self) -> Column:
        channels = ids(self._counts["tv_channel"])
        values: list[object] = [channels[n % len(channels)] for n in range(self._size)]
        values[1::499] = [None] * len(values[1::499])
        return values

    def program_starts(self) -> Column:
        return self._slots(0)

    def program_stops(self) -> Column:
        """Every 40th programme ends a slot late and overlaps, every 55th early and leaves a hole."""
        stops, late, early = self._slots(1), self._slots(2), self._slots(0)
        stops[7::40], stops[3::55] = late[7::40], early[3::55]
        stops[11::211] = [None] * len(stops[11::211])
        return stops

    def _slots(self, shift: int) -> list[object]:
        channels = self._counts["tv_channel"]
        texts = [_text(_START + _SLOT * (slot + shift)) for slot in range(self._size // channels + 1)]
        values: list[object] = [texts[n // channels] for n in range(self._size)]
        return values

    def pairs_of_packages(self) -> list[tuple[int, int]]:
        """Return distinct (subscriber_id, package_id): two for each subscriber, some of subscribers that are gone."""
        packages = len(_PACKAGES)
        owners = ids(self._size // 2)
        pairs = [(owner, 1 + (owner * 5 + turn * 7) % packages) for owner in owners for turn in (0, 1)]
        pairs[-1:] = [(20_000_000, 1)] if pairs else []
        return pairs

    def playlog_domains(self) -> Column:
        return self._random.choices((1, 2, 3, None, 99), k=self._size)

    def macs(self) -> Column:
        """Return MAC addresses in the spellings that clients meet; one in 20 is shared, some are none."""
        spell: list[Callable[[str], object]] = [
            lambda mac: mac,
            lambda mac: mac.upper().replace(":", "-"),
            lambda mac: mac.replace(":", ""),
        ]
        pool = [_mac(self._random.randrange(2**24)) for _ in range(max(20, self._size // 2))]
        values = [spell[n % 7 % 3](pool[n % len(pool)]) for n in range(self._size)]
        values[2::41], values[4::43] = [None] * len(values[2::41]), [""] * len(values[4::43])
        values[6::47] = ["password"] * len(values[6::47])
        return values

    def program_references(self) -> Column:
        programs = self._counts["tv_program"]
        return [n % programs + 1 if n % 89 else None for n in range(self._size)]

    def categories(self) -> Column:
        return [n * 7 % 13 if n % 83 else None for n in range(self._size)]

    def category_ids(self) -> Column:
        return range(self._size)


def ids(size: int) -> list[int]:
    """Return keys from 1 with a gap after every ninth."""
    return [n + 1 + n // 9 for n in range(size)]


def _mac(number: int) -> str:
    text = f"02005e{number:06x}"
    return ":".join(text[at : at + 2] for at in range(0, 12, 2))


def _text(moment: datetime) -> str:
    return moment.isoformat(sep=" ")


_POOLS: dict[str, tuple[object, ...]] = {
    "first_name": (*_FIRST_NAMES, None),
    "middle_name": (None, "", "Олегович", "Олеговна"),
    "surname": _SURNAMES,
    "address": tuple(f"{street}, {house}" for street in _STREETS for house in range(1, 40)),
    "email": (*(f"box{n}@example.com" for n in range(500)), None, ""),
    "phone": (*(f"+7000{n:07d}" for n in range(0, 5_000_000, 9_973)), None, ""),
    "max_terminal": (1, 2, 3, 5, None),
    "billing": ("prepaid", "postpaid", "", None),
    "type": ("person", "company", "test", None),
    "protocol": ("udp", "http", "rtsp", "hls"),
    "port": (1234, 5000, 8080, 554, None),
    "genre": _GENRES,
    "title": _TITLES,
}


@lru_cache(maxsize=16)
def _plain(kind: PgType) -> tuple[object, ...]:
    """Return ordinary values of a type."""
    moments = [_START + timedelta(hours=7 * n, seconds=n) for n in range(2_000)]
    pools: dict[PgType, tuple[object, ...]] = {
        PgType.TEXT: tuple(f"text {n}" for n in range(200)),
        PgType.INTEGER: tuple(range(-5, 500)),
        PgType.BIGINT: tuple(10**10 + n for n in range(200)),
        PgType.NUMERIC: tuple(n * 12.5 for n in range(-4, 200)),
        PgType.DOUBLE: tuple(n / 4 for n in range(200)),
        PgType.BOOLEAN: (True, False, False, None),
        PgType.INET: tuple(f"10.{n % 7}.{n % 200}.{n % 251}" for n in range(1_000)),
        PgType.TIMESTAMP: tuple(_text(moment) for moment in moments),
        PgType.DATE: tuple(_text(moment)[:10] for moment in moments),
        PgType.JSONB: tuple(f'{{"n":{n}}}' for n in range(50)),
    }
    return pools[kind]


_SPECIAL: dict[tuple[str, str], Callable[[_Maker], Column]] = {
    ("subscriber", "username"): _Maker.usernames,
    ("terminal", "mac_addr"): _Maker.macs,
    ("terminal_playlog", "mac_addr"): _Maker.macs,
    ("terminal_playlog", "domain_id"): _Maker.playlog_domains,
    ("package", "name"): lambda _: _PACKAGES,
    ("subscriber_package", "subscriber_id"): lambda maker: [one for one, _ in maker.pairs_of_packages()],
    ("subscriber_package", "package_id"): lambda maker: [one for _, one in maker.pairs_of_packages()],
    ("tv_category", "id"): _Maker.category_ids,
    ("tv_program", "id"): _Maker.program_ids,
    ("tv_program", "channel_id"): _Maker.program_channels,
    ("tv_program", "start"): _Maker.program_starts,
    ("tv_program", "stop"): _Maker.program_stops,
    ("tv_program_category", "program_id"): _Maker.program_references,
    ("tv_program_category", "category_id"): _Maker.categories,
}
"""Columns that are not just a choice from a pool."""
