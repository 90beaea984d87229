"""Clients with short pauses, a port where nobody listens, a portal behind TLS, a resolver without a network."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from iptvvtab.config import Settings
from iptvvtab.demo import DemoProcess, start_demo
from iptvvtab.portal import Backoff, Client
from iptvvtab.trace import Event

QUICK = Backoff(first=0.01)
CERTIFICATE = Path(__file__).parents[1] / "data" / "localhost.pem"
SUBSCRIBERS = {"data": ["id", "username"], "from": "subscriber", "order_by": "id"}

ClientFor = Callable[..., Client]


@pytest.fixture
def events() -> list[Event]:
    """What the clients of a test told their trace."""
    return []


@pytest.fixture
def client_for(settings_for: Callable[..., Settings], events: list[Event]) -> Iterator[ClientFor]:
    """`client_for(demo, prompt=None, **overrides)`: a client with two retries and short pauses, closed in the end."""
    clients: list[Client] = []

    def client(demo: DemoProcess, prompt: Any = None, **overrides: Any) -> Client:
        settings = settings_for(demo, **{"max_retries": 2, "deadline": 20, **overrides})
        clients.append(Client(settings, trace=events.append, prompt=prompt, backoff=QUICK))
        return clients[-1]

    yield client
    for one in clients:
        one.close()


@pytest.fixture
def closed_port() -> int:
    """A port on loopback where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture(scope="session")
def tls_demo() -> Iterator[DemoProcess]:
    """A demo portal behind TLS, with a certificate that nobody vouches for."""
    with start_demo(rows=5, certificate=CERTIFICATE) as demo:
        yield demo


@pytest.fixture
def no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """A resolver without a network: names under .invalid do not exist (RFC 6761), and nobody outside is asked."""
    resolve = socket.getaddrinfo

    def without_network(host: Any, *rest: Any, **named: Any) -> Any:
        if str(host).rstrip("'").endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return resolve(host, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", without_network)
