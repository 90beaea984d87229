"""What the demo's queries cost in requests."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import iptvvtab
from iptvvtab.demo import start_demo

QUERIES = Path(__file__).parent.parent.parent / "sql" / "demo"
SUBSCRIBERS = (50, 2_000)


@dataclass(frozen=True)
class Query:
    """What one query cost on a portal of that many subscribers."""

    name: str
    subscribers: int
    requests: int
    fetched: int
    returned: int
    seconds: float


def requests_of_queries() -> list[Query]:
    """Run each query of sql/demo on portals of several sizes, live."""
    found = []
    for subscribers in SUBSCRIBERS:
        with start_demo(rows=subscribers) as demo, tempfile.TemporaryDirectory() as state:
            environment = demo.environment
            connection = iptvvtab.connect(
                api_url=environment["IPTVPORTAL_API_URL"],
                auth_url=environment["IPTVPORTAL_AUTH_URL"],
                username=environment["IPTVPORTAL_USERNAME"],
                password=environment["IPTVPORTAL_PASSWORD"],
                state_folder=Path(state),
                source="live",
                rate=0,
            )
            connection.execute("SELECT id FROM portal.package WHERE id = 1").fetchall()
            for file in sorted(QUERIES.glob("*.sql")):
                with iptvvtab.meter(connection) as meter:
                    started = time.perf_counter()
                    rows = connection.execute(file.read_text(encoding="utf-8")).fetchall()
                    seconds = time.perf_counter() - started
                receipt = meter.receipt()
                found.append(Query(file.stem, subscribers, receipt.requests, receipt.rows, len(rows), seconds))
            connection.close()
    return found
