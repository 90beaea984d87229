"""Faults in the middle of a scan, and rows of the wrong width, through SQL: never wrong rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import apsw
import pytest

import iptvvtab
from iptvvtab import errors
from iptvvtab.config import Settings
from iptvvtab.demo import DemoProcess, Fault, Kind

SCAN = "SELECT id, username FROM portal.subscriber"
COLUMNS_ASKED = 2


@pytest.fixture
def connection(demo: DemoProcess, settings_for: Callable[..., Settings]) -> Iterator[apsw.Connection]:
    """A connection whose scans of 50 rows take several pages; logged in, capabilities known."""
    settings = settings_for(demo)
    overrides: dict[str, Any] = {
        "api_url": list(settings.api_url),
        "auth_url": list(settings.auth_url),
        "username": settings.username,
        "password": settings.password.get_secret_value() if settings.password else None,
        "state_folder": settings.state_folder,
        "rate": 0,
        "max_age": 0,
        "first_page_rows": 5,
        "page_rows": 10,
        "max_retries": 1,
    }
    connection = iptvvtab.connect(**overrides)
    connection.execute("SELECT id FROM portal.package").fetchall()
    demo.reset()
    yield connection
    connection.close()


@pytest.mark.parametrize("kind", [Kind.EXPIRED, Kind.RESET_IN_BODY, Kind.HTML, Kind.TRUNCATED, Kind.WRONG_ID])
def test_a_scan_survives_what_happens_once(kind: Kind, demo: DemoProcess, connection: apsw.Connection) -> None:
    """In the third page: the rows are all there, once each; an expiry costs one login."""
    truth = connection.execute(SCAN).fetchall()
    assert len(truth) == 50
    demo.reset()
    demo.faults(Fault(kind, skip=2))
    assert connection.execute(SCAN).fetchall() == truth
    assert demo.log().logins == (kind is Kind.EXPIRED)


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (Kind.WRONG_WIDTH, errors.WrongWidth),
        (Kind.HTML, errors.BadAnswer),
        (Kind.RESET_BEFORE, errors.Unreachable),
    ],
)
def test_a_scan_that_cannot_go_on_raises(
    kind: Kind, error: type[errors.Error], demo: DemoProcess, connection: apsw.Connection
) -> None:
    """After rows were handed out: the typed error, not the rows so far; then the connection works again."""
    demo.faults(Fault(kind, skip=2, times=None))
    with pytest.raises(error):
        connection.execute(SCAN).fetchall()
    demo.reset()
    assert len(connection.execute(SCAN).fetchall()) == 50
