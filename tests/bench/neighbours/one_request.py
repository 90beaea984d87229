"""The workloads as one request each, where JSONSQL has a form for the whole of it: what the portal can do by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from tests.bench.neighbours.by_hand import COUNT, FOUND, NEWEST
from tests.bench.neighbours.workloads import Given, Task
from tests.bench.scans import COLUMNS, TABLE
from tests.bench.wire import Wire


def _of_one(table: str, *columns: str, **more: Any) -> dict[str, Any]:
    return {"data": [{"t": name} for name in columns], "from": [{"table": table, "as": "t"}], **more}


def _joined(table: str, alias: str, left: dict[str, str], right: dict[str, str]) -> dict[str, Any]:
    return {"join": table, "join_type": "inner", "as": alias, "on": {"eq": [left, right]}}


def _join(given: Given) -> dict[str, Any]:
    return {
        "data": [{"s": "username"}, {"t": "mac_addr"}, {"t": "active"}],
        "from": [{"table": "subscriber", "as": "s"}, _joined("terminal", "t", {"t": "subscriber_id"}, {"s": "id"})],
        "where": {"lte": [{"s": "id"}, given.many]},
    }


def _three(given: Given) -> dict[str, Any]:
    return {
        "data": [{"s": "username"}, {"p": "name"}, {"sp": "enabled"}],
        "from": [
            {"table": "subscriber", "as": "s"},
            _joined("subscriber_package", "sp", {"sp": "subscriber_id"}, {"s": "id"}),
            _joined("package", "p", {"p": "id"}, {"sp": "package_id"}),
        ],
        "where": {"lte": [{"s": "id"}, given.few]},
    }


def _group(_: Given) -> dict[str, Any]:
    return {**_of_one(TABLE, "channel_id"), "data": [{"t": "channel_id"}, COUNT], "group_by": [{"t": "channel_id"}]}


def _point(_: Given) -> dict[str, Any]:
    columns = ("id", "username", "surname", "phone", "balance")
    return _of_one("subscriber", *columns, where={"eq": [{"t": "id"}, 77]})


DOCUMENTS: dict[str, Callable[[Given], dict[str, Any]]] = {
    "point look-up": _point,
    "selective filter": lambda _: _of_one("subscriber", "id", "username", "phone", where=FOUND),
    "10k-key join": _join,
    "count(*)": lambda _: {"data": [COUNT], "from": TABLE},
    "group by": _group,
    "top-20": lambda _: _of_one(
        TABLE, "id", "channel_id", "title", "start", where={"is_not": [{"t": "start"}, None]}, **NEWEST
    ),
    "three-table join": _three,
    "full scan": lambda _: _of_one(TABLE, *COLUMNS),
}


@contextmanager
def one_request(given: Given) -> Iterator[Task]:
    """Prepare the document, and log in."""
    document = DOCUMENTS[given.workload](given)
    with closing(Wire(given.environment)) as wire:
        yield Task(lambda: wire.select(**document))
