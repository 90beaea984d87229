"""What must never be shown, taken out of texts that others wrote."""

from __future__ import annotations

MASK = "***"
SHORTEST = 4
"""Characters below which a secret is not looked for: it would mask half of every message and protect nothing."""


class Redactor:
    """Takes the secrets it was told out of any text; its own repr shows none."""

    def __init__(self) -> None:
        self._secrets: tuple[str, ...] = ()

    def learn(self, secret: str) -> None:
        """Hide this text from now on."""
        if len(secret) >= SHORTEST and secret not in self._secrets:
            # Longest first, so that a secret that contains another one leaves nothing of itself.
            self._secrets = tuple(sorted((*self._secrets, secret), key=len, reverse=True))

    def __call__(self, text: str) -> str:
        """Return the text with every known secret masked."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return text

    def __repr__(self) -> str:
        return "Redactor()"
