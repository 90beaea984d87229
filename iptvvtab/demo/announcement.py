"""What a demo portal's process tells its parent: all that the parent has to know of it."""

from __future__ import annotations

from dataclasses import dataclass

CONTROL_HEADER = "Demo-Token"
"""Carries the token of the control path."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """Where a demo portal listens, who may log in, and the token of its control path."""

    url: str
    username: str
    password: str
    token: str

    @property
    def environment(self) -> dict[str, str]:
        """The variables that make iptvvtab use this portal."""
        return {
            "IPTVPORTAL_API_URL": f"{self.url}/api/jsonsql/",
            "IPTVPORTAL_AUTH_URL": f"{self.url}/api/jsonrpc/",
            "IPTVPORTAL_USERNAME": self.username,
            "IPTVPORTAL_PASSWORD": self.password,
        }
