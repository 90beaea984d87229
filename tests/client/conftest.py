"""Clients of the served demo portals, closed in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from iptvvtab import Client
from iptvvtab.demo import DemoProcess

ClientFor = Callable[..., Client]


@pytest.fixture
def options(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """`options(demo, **overrides)`: what a client of a portal is made with, state in this test's folder."""

    def options(demo: DemoProcess, **overrides: Any) -> dict[str, Any]:
        return {
            "api_url": demo.environment["IPTVPORTAL_API_URL"],
            "auth_url": demo.environment["IPTVPORTAL_AUTH_URL"],
            "username": demo.environment["IPTVPORTAL_USERNAME"],
            "password": demo.environment["IPTVPORTAL_PASSWORD"],
            "state_folder": tmp_path / "state",
            "mirror": tmp_path / "mirror.db",
            "rate": 0,
            **overrides,
        }

    return options


@pytest.fixture
def client_for(options: Callable[..., dict[str, Any]]) -> Iterator[ClientFor]:
    """`client_for(demo, **overrides)`: a client, closed after the test."""
    made: list[Client] = []

    def client(demo: DemoProcess, **overrides: Any) -> Client:
        made.append(Client(**options(demo, **overrides)))
        return made[-1]

    yield client
    for one in made:
        one.close()
