"""Where a server listens."""

from __future__ import annotations

import socket
from ipaddress import ip_address

from iptvvtab.errors import UsageError


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there. Raises UsageError."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address, family=family)
    except OSError as error:
        hint = "; --port 0 takes one that is free" if port else ""
        raise UsageError(f"port {port} of {host} cannot be served: {error.strerror}{hint}") from None


def is_loopback(listening: socket.socket) -> bool:
    """Return whether only this machine reaches a socket."""
    address: str = listening.getsockname()[0]
    return ip_address(address).is_loopback


def url_of(listening: socket.socket) -> str:
    """Return the address of a socket as a browser wants it."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if listening.family == socket.AF_INET6 else f"http://{host}:{port}"
