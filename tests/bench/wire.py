"""A portal by hand: httpx, orjson and a loop over pages, as anybody would write it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx
import orjson

PAGE = 20_000
"""Rows of a page, here and wherever something is measured beside it."""

Expression = dict[str, Any] | list[Any] | str
Rows = list[list[Any]]


class Wire:
    """A session with a portal; takes its addresses and account from the variables that a demo portal exports."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._client, self._url = httpx.Client(timeout=60, trust_env=False), environment["IPTVPORTAL_API_URL"]
        who = {name: environment[f"IPTVPORTAL_{name.upper()}"] for name in ("username", "password")}
        session = self._call(environment["IPTVPORTAL_AUTH_URL"], "authorize_user", who)["session_id"]
        self.headers = {"Iptvportal-Authorization": f"sessionid={session}"}
        self._client.headers.update(self.headers)

    def select(self, **params: Any) -> Rows:
        """One request."""
        rows: Rows = self._call(self._url, "select", params)
        return rows

    def read(self, table: str, columns: Sequence[str], where: Expression | None = None, **more: Any) -> Rows:
        """One request for columns of one table; `t` is the table where a condition or an order names it."""
        data = [{"t": name} for name in columns]
        narrowed = more if where is None else {**more, "where": where}
        return self.select(data=data, **{"from": [{"table": table, "as": "t"}]}, **narrowed)

    def pages(self, table: str, columns: Sequence[str]) -> Iterator[Rows]:
        """A table by pages of its key, the first column."""
        where, key = None, {"t": columns[0]}
        while True:
            rows = self.read(table, columns, where, order_by=[key], limit=PAGE)
            yield rows
            if len(rows) < PAGE:
                return
            where = {"gt": [key, rows[-1][0]]}

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _call(self, url: str, method: str, params: Mapping[str, Any]) -> Any:
        body = orjson.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        return orjson.loads(self._client.post(url, content=body).content)["result"]
