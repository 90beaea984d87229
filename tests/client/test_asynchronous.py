"""The client for programs that await: one conversation with the portal for all calls, which are cancelled cleanly."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest

from iptvvtab import AsyncClient, Client
from iptvvtab.client import F, delete, insert, select, update
from iptvvtab.demo import DemoColumn, DemoProcess, DemoTable, Fault, Kind, start_demo
from iptvvtab.errors import (
    EveryRow,
    Interrupted,
    Refused,
    StatementRefused,
    UnknownOutcome,
    UsageError,
    WriteNotAllowed,
)
from iptvvtab.jsonsql import PgType

CALLS = 200
QUESTION = "SELECT id, name FROM service WHERE id = ?"
SERVICE = DemoTable(
    "service", (DemoColumn("id", PgType.INTEGER, is_required=True), DemoColumn("name", PgType.TEXT)), ("id",)
)

Options = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def served_slow() -> Iterator[DemoProcess]:
    """A portal that takes 20 ms for each request, and has a service for each call to ask for."""
    with start_demo(rows=CALLS, latency_ms=20) as demo:
        demo.put_tables([(SERVICE, [[number + 1, f"service {number}"] for number in range(CALLS)])])
        yield demo


@pytest.fixture
def slow(served_slow: DemoProcess) -> DemoProcess:
    """The same, with an empty log."""
    served_slow.reset()
    return served_slow


def exchanges(trace: Path) -> list[tuple[float, float]]:
    """When each request was under way, by the client's own trace; logins are left out."""
    events = [json.loads(line) for line in trace.read_text(encoding="utf-8").splitlines()]
    ours = [one for one in events if one["event"] == "Exchanged" and one["method"] != "authorize_user"]
    return sorted((one["time"] - one["seconds"], one["time"]) for one in ours)


def most_at_once(spans: list[tuple[float, float]], rounding: float = 0.002) -> int:
    """How many were under way together, told from times that were rounded."""
    moments = [(start + rounding, 1) for start, _ in spans] + [(end - rounding, -1) for _, end in spans]
    now = most = 0
    for _, change in sorted(moments):
        now += change
        most = max(most, now)
    return most


def sockets(demo: DemoProcess) -> int:
    port = int(demo.url.rsplit(":", 1)[1])
    found = psutil.Process().net_connections("tcp")
    return sum(1 for one in found if one.raddr and one.raddr.port == port and one.status == "ESTABLISHED")


def under_way(client: AsyncClient) -> int:
    """Tasks of the portal's own loop."""
    running = client._opened.portal.client._thread._running
    return 0 if running is None else len(asyncio.all_tasks(running.loop))


async def comes_true(condition: Callable[[], bool], seconds: float = 10) -> bool:
    ends = time.monotonic() + seconds
    while not condition() and time.monotonic() < ends:  # noqa: ASYNC110 - the other loop has no event for us
        await asyncio.sleep(0.01)
    return condition()


def asked_for(demo: DemoProcess) -> list[int]:
    """The services that the portal was asked for, in the order they came."""
    return [one["params"]["where"]["eq"][1] for one in demo.log().documents]


async def ask(client: AsyncClient, number: int) -> Any:
    return await client.execute(QUESTION, [number])


# 200 at once


def test_200_calls_keep_to_the_concurrency_and_log_in_once(slow: DemoProcess, options: Options, tmp_path: Path) -> None:
    """Never more are under way than the settings say; each is asked once and answered with its own row."""
    trace = tmp_path / "trace.jsonl"

    async def run() -> list[Any]:
        async with AsyncClient(**options(slow, concurrency=5, trace=trace)) as client:
            return await asyncio.gather(*(ask(client, number + 1) for number in range(CALLS)))

    found = asyncio.run(run())
    assert [rows[0][0] for rows in found] == list(range(1, CALLS + 1))
    assert sorted(asked_for(slow)) == list(range(1, CALLS + 1))
    assert slow.log().logins == 1
    assert most_at_once(exchanges(trace)) == 5
    assert sockets(slow) == 0


def test_200_calls_keep_to_the_rate(slow: DemoProcess, options: Options, tmp_path: Path) -> None:
    """Also beside a client that waits, in the same process: the portal sees no more of both together."""
    trace, rate = tmp_path / "trace.jsonl", 100
    settings = options(slow, concurrency=10, rate=rate, trace=trace)

    async def run() -> None:
        async with AsyncClient(**settings) as client:
            with Client(**settings) as other:
                waiting = asyncio.to_thread(lambda: [other.execute(QUESTION, [1]) for _ in range(10)])
                await asyncio.gather(waiting, *(ask(client, number + 1) for number in range(CALLS - 10)))

    asyncio.run(run())
    starts = [start for start, _ in exchanges(trace)]
    assert len(starts) == CALLS
    assert slow.log().logins == 1
    burst = rate  # a second's worth may go at once
    assert starts[-1] - starts[0] >= (CALLS - burst - 1) / rate - 0.05


@pytest.mark.parametrize("after", [0.0, 0.05, 0.3])
def test_200_calls_are_cancelled_cleanly(after: float, slow: DemoProcess, options: Options) -> None:
    """No task and no socket beyond the pool stays, nothing is asked twice, and the client goes on as before."""

    async def run() -> None:
        async with AsyncClient(**options(slow, concurrency=5)) as client:
            calls = [asyncio.create_task(ask(client, number + 1)) for number in range(CALLS)]
            await asyncio.sleep(after)
            for one in calls:
                one.cancel()
            ended = await asyncio.gather(*calls, return_exceptions=True)
            assert any(isinstance(one, asyncio.CancelledError) for one in ended)
            assert asyncio.all_tasks() == {asyncio.current_task()}
            assert await comes_true(lambda: under_way(client) == 0)
            assert sockets(slow) <= 5
            again = await asyncio.gather(*(ask(client, number + 1) for number in range(20)))
            assert [rows[0][0] for rows in again] == list(range(1, 21))

    before = threads()
    asyncio.run(run())
    assert sockets(slow) == 0
    assert threads() <= before
    asked = asked_for(slow)
    assert len(asked) < CALLS + 20
    assert max(map(asked.count, asked)) <= 2  # once when cancelled, once again
    assert slow.log().logins == 1  # it goes on when the call that began it is cancelled


def test_a_login_is_not_dropped_with_the_call_that_began_it(slow: DemoProcess, options: Options) -> None:
    """Those who wait for it, and those who come later, have its session."""
    slow.faults(Fault(Kind.HANG, method="authorize_user", seconds=0.3, times=1))

    async def run() -> None:
        async with AsyncClient(**options(slow)) as client:
            first, second = (asyncio.create_task(ask(client, number)) for number in (1, 2))
            assert await comes_true(lambda: slow.log().logins == 1)
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            third = asyncio.create_task(ask(client, 3))
            assert [(await one)[0][0] for one in (second, third)] == [2, 3]

    asyncio.run(run())
    assert slow.log().logins == 1
    assert sorted(asked_for(slow)) == [2, 3]


def threads() -> set[str]:
    import threading

    return {one.name for one in threading.enumerate() if "client of" in one.name or "iptvvtab" in one.name}


def test_a_timeout_drops_one_call_alone(slow: DemoProcess, options: Options) -> None:
    """Whoever waits no longer frees the place for others."""
    slow.faults(Fault(Kind.HANG, method="select", seconds=5, times=1))

    async def run() -> None:
        async with AsyncClient(**options(slow, concurrency=1)) as client:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await ask(client, 1)
            rows = await ask(client, 2)
            assert rows[0][0] == 2

    began = time.monotonic()
    asyncio.run(run())
    assert time.monotonic() - began < 5


def test_a_cancelled_write_is_not_sent_again(own_demo: DemoProcess, options: Options) -> None:
    """It may have happened; it did not happen twice."""
    own_demo.faults(Fault(Kind.HANG, method="insert", seconds=0.5, times=None))

    async def run() -> None:
        async with AsyncClient(**options(own_demo, writes=True)) as client:
            call = asyncio.create_task(client.execute(insert("service").values(name="cancelled")))
            assert await comes_true(lambda: any(one["method"] == "insert" for one in own_demo.log().documents))
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            assert await comes_true(lambda: under_way(client) == 0)
            own_demo.faults()
            await client.execute(delete("service").where(name="cancelled"))

    asyncio.run(run())
    assert [one["method"] for one in own_demo.log().documents].count("insert") == 1


# Everything else, as Client does


def test_statements_writes_and_several(own_demo: DemoProcess, options: Options) -> None:
    """The same questions, guards and rows."""

    async def run() -> None:
        async with AsyncClient(**options(own_demo)) as reader, AsyncClient(**options(own_demo), writes=True) as writer:
            with pytest.raises(WriteNotAllowed):
                await reader.execute(insert("service").values(name="a"))
            with pytest.raises(EveryRow):
                await writer.execute(delete("service"))
            with pytest.raises(StatementRefused, match="did you mean 'name'"):
                await reader.execute(select("service", "nme"))
            made = await writer.execute(insert("service").values(name="async").returning("id", "name"))
            assert made.dicts()[0]["name"] == "async"
            assert len(await writer.execute(delete("service").where(name="async").returning("id"))) == 1
            found = await reader.execute(select("package", "name").where(name__icontains="A"))
            assert found.columns == ("name",)
            rows = ["SELECT id FROM package WHERE id = 1", "SELECT 1 / (id - id) FROM package"]
            with pytest.raises(Refused):
                await reader.execute_many(rows)
            first, second = await reader.execute_many(rows, return_errors=True)
            assert (list(first), type(second)) == ([(1,)], Refused)  # type: ignore[call-overload]
            assert reader.document("SELECT 1").method == "select"
            own_demo.faults(Fault(Kind.RESET_BEFORE, method="update"))
            with pytest.raises(UnknownOutcome):
                await writer.execute(update("package").set(paid=F("paid")).where(id=1))

    asyncio.run(run())


def test_a_meter_counts_what_is_awaited(demo: DemoProcess, options: Options) -> None:
    """As of a client that waits; what was dropped was a request, too."""

    async def run() -> None:
        async with AsyncClient(**options(demo)) as client:
            await ask(client, 1)
            with client.meter() as meter:
                await asyncio.gather(*(ask(client, number) for number in (1, 2, 3)))
                await client.execute_many([(QUESTION, [1]), (QUESTION, [2])])
                demo.faults(Fault(Kind.HANG, method="select", seconds=5, times=1))
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.1):
                        await ask(client, 1)
            receipt = meter.receipt()
            assert receipt.rows == 5
            assert receipt.requests >= 5  # with what a batch first asks for: whether there are any
            [service] = [one for one in receipt.tables if one.table == "service"]
            assert service.requests == 5

    asyncio.run(run())


def test_those_who_wait_to_know_what_a_portal_can_do_look_once(demo: DemoProcess, options: Options) -> None:
    """However many statements want ILIKE at once."""
    asked = select("service", "id").where(name__icontains="x")

    async def run(calls: int, **more: Any) -> int:
        demo.reset()
        async with AsyncClient(**options(demo, **more)) as client:
            await asyncio.gather(*(client.execute(asked) for _ in range(calls)))
        return len(demo.log().documents) - calls

    folder = options(demo)["state_folder"]
    alone = asyncio.run(run(1, state_folder=folder / "alone"))
    assert asyncio.run(run(20, state_folder=folder / "together")) == alone
    assert asyncio.run(run(20, state_folder=folder / "together")) == 0


def test_one_after_another_where_there_are_no_batches(demo: DemoProcess, options: Options) -> None:
    """In their order."""
    demo.set_switches("default", batch=False)

    async def run() -> None:
        async with AsyncClient(**options(demo)) as client:
            await client.execute_many(["SELECT 1", "SELECT 2"])
            demo.reset()
            found = await client.execute_many([(QUESTION, [number]) for number in (3, 1, 2)])
            assert [rows[0][0] for rows in found] == [3, 1, 2]
            assert asked_for(demo) == [3, 1, 2]

    asyncio.run(run())


def test_tables(demo: DemoProcess, options: Options) -> None:
    """`get`, `query` and `sync`, awaited."""

    async def run() -> None:
        async with AsyncClient(**options(demo)) as client:
            table = client.table("package", "id", "name")
            numbers = [number for (number,) in await client.execute(select("package", "id").order_by("id"))]
            found = await asyncio.gather(*(table.get(id=number) for number in (*numbers, -1)))
            assert [one and one["id"] for one in found] == [*numbers, None]
            assert (await table.query().where(id=2).rows())[0][0] == 2
            assert (await table.sync()).outcome == "published"
            demo.reset()
            assert await table.get(id=numbers[-1]) == found[-2]
            assert demo.log().requests == 0

    asyncio.run(run())


def test_a_get_that_is_cancelled_ends(demo: DemoProcess, options: Options) -> None:
    """Its thread does not wait for the portal."""

    async def run() -> None:
        async with AsyncClient(**options(demo, concurrency=1)) as client:
            await client.table("package").get(id=1)
            demo.faults(Fault(Kind.HANG, method="select", seconds=30, times=1))
            call = asyncio.create_task(client.table("package").get(id=2))
            await asyncio.sleep(0.1)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            assert await client.table("package").get(id=3) is not None

    began = time.monotonic()
    asyncio.run(run())
    assert time.monotonic() - began < 20


def test_large_answers_do_not_hold_the_loop_up(slow: DemoProcess, options: Options) -> None:
    """They are decoded in a thread; the rows are the same."""

    async def run() -> int:
        async with AsyncClient(**options(slow)) as client:
            rows = await client.execute("SELECT * FROM tv_program")
            with Client(**options(slow)) as other:
                assert list(rows) == list(other.execute("SELECT * FROM tv_program"))
            return len(rows)

    assert asyncio.run(run()) == 5 * CALLS


# Life


def test_closing_drops_what_is_under_way(slow: DemoProcess, options: Options) -> None:
    """Whoever waits is told; a closed client asks nothing."""

    async def run() -> None:
        client, other = AsyncClient(**options(slow)), AsyncClient(**options(slow))
        calls = [asyncio.create_task(ask(client, number + 1)) for number in range(50)]
        await asyncio.sleep(0.1)
        await client.close()
        ended = await asyncio.gather(*calls, return_exceptions=True)
        assert any(isinstance(one, Interrupted) for one in ended)
        for use in (ask(client, 1), client.table("package").get(id=1)):
            with pytest.raises(UsageError, match="closed"):
                await use
        assert (await ask(other, 3))[0][0] == 3  # another one goes on
        await client.close()
        await other.close()

    asyncio.run(run())
    assert sockets(slow) == 0


def test_one_client_in_several_loops(demo: DemoProcess, options: Options) -> None:
    """It belongs to none."""
    client = AsyncClient(**options(demo))
    for number in (1, 2):
        assert asyncio.run(ask(client, number))[0][0] == number
    asyncio.run(client.close())
    assert demo.log().logins == 1


def test_descriptors_do_not_grow(demo: DemoProcess, options: Options) -> None:
    """A client that was closed leaves no descriptor and no thread."""

    async def run() -> None:
        async with AsyncClient(**options(demo)) as client:
            await asyncio.gather(*(ask(client, 1) for _ in range(10)))
            await client.table("package").get(id=1)

    counts = []
    for _ in range(3):
        asyncio.run(run())
        counts.append((psutil.Process(os.getpid()).num_fds(), len(threads())))
    assert all(before >= after for before, after in pairwise(counts))
