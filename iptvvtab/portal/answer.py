"""What a call brings: the answer, decoded by whoever asks for it, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass, field

from iptvvtab.errors import BadAnswer, PortalError
from iptvvtab.portal import rpc
from iptvvtab.types import Json


@dataclass(frozen=True, slots=True)
class Cost:
    """What a call cost: HTTP exchanges, the seconds they took, bytes of bodies as they travelled (compressed).

    Our own waits, for a limit or before another attempt, and logins on the way are not counted. A batch's cost stands
    on its first answer.
    """

    attempts: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to one call. `body`: undecoded and decompressed, or the one envelope of a batch, decoded."""

    body: bytes | dict[str, Json] = field(repr=False)
    cost: Cost
    is_compressed: bool
    question: rpc.Question = field(repr=False)

    def result(self) -> Json:
        """Decode and return the result, in the thread that calls; nothing is kept, so ask once.

        Raises Refused or Forbidden when the portal says no, BadAnswer for a body that is no answer, UnknownOutcome
        when that body answers a call that must not be sent twice.
        """
        try:
            envelope = rpc.decode(self.body, self.question.portal) if isinstance(self.body, bytes) else self.body
            return rpc.result(envelope, self.question)
        except BadAnswer as error:
            if self.question.repeatable:
                raise
            raise rpc.unknown_outcome(error, self.question) from error


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """The answer to a batch. `body`: undecoded and decompressed."""

    body: bytes = field(repr=False)
    cost: Cost
    is_compressed: bool
    request: rpc.Request = field(repr=False)

    def answers(self) -> list[Answer | PortalError]:
        """Decode, and return for each call an answer or its error; the first one carries the cost.

        Raises as `Client.batch`.
        """
        found: list[Answer | PortalError] = []
        cost = self.cost
        for envelope, question in zip(
            rpc.batch_envelopes(self.body, self.request), self.request.questions, strict=True
        ):
            if isinstance(envelope, PortalError):
                found.append(envelope)
            else:
                found.append(Answer(envelope, cost, self.is_compressed, question))
                cost = Cost()
        return found
