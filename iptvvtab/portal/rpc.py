"""JSON-RPC 2.0 as this portal speaks it (jsonsql.md, Wire), pure: calls to bodies, bodies to results or errors.

What answers look like: `error` is an object with `message`, perhaps `code`, or a bare string [B]; a batch is an array
whose answers come in any order [V]; 403, or a message that names it, means that this account may not [C].
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from iptvvtab.errors import BadAnswer, Forbidden, PortalError, Refused, UnknownOutcome, UsageError
from iptvvtab.portal.redaction import Redactor
from iptvvtab.types import Json

LONGEST_MESSAGE = 500
"""Characters of a portal's own words that an error repeats."""
_ADDRESS = (
    "are IPTVPORTAL_API_URL and IPTVPORTAL_AUTH_URL right, "
    "or is a proxy or a maintenance page answering for the portal?"
)
_UNEXPECTED_END = "unexpected end"
"""How orjson begins to say that a body is torn."""
_FORBIDDEN = re.compile(r"\b403\b|\bforbidden\b|permission denied|access denied", re.IGNORECASE)
_EXPIRED = re.compile(
    r"^\s*401\b|\bsession\b.{0,20}\b(expired|not found|invalid|closed)|\binvalid session\b|\bunauthori[sz]ed\b",
    re.IGNORECASE,
)
_TITLE = re.compile(rb"<title[^>]*>\s*(.{1,80}?)\s*</title>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Call:
    """A method and its parameters. The repr shows no parameters: a login's hold the password."""

    method: str
    params: dict[str, Json] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Question:
    """One call as its answer is judged and its errors name it. `hide` takes secrets out of the portal's words."""

    portal: str
    number: int
    method: str
    table: str | None
    repeatable: bool
    hide: Redactor = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Complaint:
    """The `error` of an envelope, whatever its shape."""

    message: str
    code: int | str | None

    @property
    def is_forbidden(self) -> bool:
        """Whether it says that this account may not."""
        return str(self.code) == "403" or bool(_FORBIDDEN.search(self.message))

    @property
    def is_expiry(self) -> bool:
        """Whether it says that the session has ended."""
        return str(self.code) == "401" or bool(_EXPIRED.search(self.message))


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request's worth of calls, encoded."""

    body: bytes = field(repr=False)
    questions: tuple[Question, ...]
    is_batch: bool = False

    @property
    def method(self) -> str:
        """What to call it in traces."""
        return "batch" if self.is_batch else self.questions[0].method

    @property
    def repeatable(self) -> bool:
        """Whether it may be sent again after it may have reached the portal."""
        return self.questions[0].repeatable


@dataclass(frozen=True, slots=True)
class Composer:
    """Makes requests to one portal."""

    portal: str
    hide: Redactor

    def single(self, number: int, call: Call, *, repeatable: bool) -> Request:
        """Return the request of one call. Raises UsageError for what JSON cannot say."""
        return Request(_encode([call], [number], is_batch=False), (self._question(number, call, repeatable),))

    def batch(self, first: int, calls: Sequence[Call], *, repeatable: bool) -> Request:
        """Return the request of several calls, numbered from `first`. Raises UsageError for what JSON cannot say."""
        numbers = range(first, first + len(calls))
        questions = tuple(self._question(number, call, repeatable) for number, call in zip(numbers, calls, strict=True))
        return Request(_encode(calls, numbers, is_batch=True), questions, is_batch=True)

    def _question(self, number: int, call: Call, repeatable: bool) -> Question:
        return Question(self.portal, number, call.method, table_of(call.params), repeatable, self.hide)


def _encode(calls: Sequence[Call], numbers: Sequence[int], *, is_batch: bool) -> bytes:
    envelopes = [
        {"jsonrpc": "2.0", "id": number, "method": call.method, "params": call.params}
        for call, number in zip(calls, numbers, strict=True)
    ]
    try:
        return orjson.dumps(envelopes if is_batch else envelopes[0])
    except TypeError as error:
        methods = ", ".join(sorted({call.method for call in calls}))
        raise UsageError(f"the parameters of {methods} cannot be written as JSON: {error}") from None


def table_of(params: dict[str, Json]) -> str | None:
    """Return the first table that a document names, for errors; None when it names none."""
    place = params.get("from", params.get("into", params.get("table")))
    while isinstance(place, list) and place:
        place = place[0]
    if isinstance(place, dict):
        place = place.get("table")
    return place if isinstance(place, str) else None


def decode(body: bytes, portal: str) -> Json:
    """Return the JSON of a body. Raises BadAnswer that says what it is instead: empty, a page, torn."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise not_json(body, portal, error.msg) from error


def not_json(body: bytes, portal: str, reason: str = _UNEXPECTED_END) -> BadAnswer:
    """Return the error for a body that is no JSON. `reason`: the decoder's, which repeats nothing of the body."""
    start = body[:200].lstrip()
    if not start:
        return BadAnswer(portal, "answered with an empty body", _ADDRESS)
    if start.startswith(b"<"):
        title = _TITLE.search(body[:4096])
        named = f" ({' '.join(title[1].decode(errors='replace').split())})" if title else ""
        return BadAnswer(portal, f"answered with a web page{named} instead of JSON", _ADDRESS)
    if start[:1] in b"[{" and not reason.startswith(_UNEXPECTED_END):
        return BadAnswer(portal, f"the answer is broken JSON: {reason}")
    if start[:1] in b"[{":
        return BadAnswer(portal, f"the answer is torn: its JSON does not end within its {len(body)} bytes")
    return BadAnswer(portal, "answered with something else than JSON", _ADDRESS)


def looks_whole(body: bytes) -> bool:
    """Return whether a body begins and ends as JSON of an answer does: a cheap look that decodes nothing."""
    return (body[:64].lstrip()[:1], body[-64:].rstrip()[-1:]) in ((b"{", b"}"), (b"[", b"]"))


def complaint(envelope: Json) -> Complaint | None:
    """Return the error of an envelope, or None."""
    error = envelope.get("error") if isinstance(envelope, dict) else None
    if error is None or error is False:
        return None
    code = error.get("code") if isinstance(error, dict) else None
    message: Any = error.get("message") if isinstance(error, dict) else error
    if not isinstance(message, str) or not message:
        message = orjson.dumps(error).decode()
    return Complaint(message, code if isinstance(code, int | str) else None)


def is_expiry(answer: Json) -> bool:
    """Return whether an answer says that the session has ended; a batch does when all its answers do."""
    envelopes = answer if isinstance(answer, list) else [answer]
    complaints = [complaint(one) for one in envelopes]
    return bool(complaints) and all(one is not None and one.is_expiry for one in complaints)


def result(envelope: Json, question: Question) -> Json:
    """Return the result of an envelope. Raises Forbidden or Refused for an error, BadAnswer for anything else."""
    if (found := complaint(envelope)) is not None:
        raise refusal(found, question)
    if not isinstance(envelope, dict) or "result" not in envelope:
        raise BadAnswer(question.portal, "the answer holds neither a result nor an error", _ADDRESS)
    if not _is_number(envelope.get("id"), question.number):
        raise BadAnswer(question.portal, f"the answer to {question.method} carries another request's id")
    return envelope["result"]


def refusal(found: Complaint, question: Question) -> Refused:
    """Return the error for a portal's complaint."""
    message = question.hide(found.message)
    if len(message) > LONGEST_MESSAGE:
        message = message[:LONGEST_MESSAGE] + "..."
    kind = Forbidden if found.is_forbidden else Refused
    return kind(question.portal, message, code=found.code, table=question.table)


def batch_envelopes(body: bytes, request: Request) -> list[Json | PortalError]:
    """Return for each call of a batch its envelope, or why there is none; answers come in any order.

    Raises Refused when the portal answers the batch with one error (it takes no batches), BadAnswer (UnknownOutcome
    when the batch may not be repeated) when with something else than an array. An id that comes twice counts as none:
    nobody knows which answer is right.
    """
    questions = request.questions
    try:
        return _by_number(decode(body, questions[0].portal), questions)
    except BadAnswer as error:
        if request.repeatable:
            raise
        raise unknown_outcome(error, questions[0]) from error


def _by_number(answer: Json, questions: Sequence[Question]) -> list[Json | PortalError]:
    if not isinstance(answer, list):
        if (found := complaint(answer)) is not None:
            raise refusal(found, questions[0])
        raise BadAnswer(questions[0].portal, "answered a batch with something else than a batch", _ADDRESS)
    envelopes: dict[str, list[Json]] = {}
    for one in answer:
        if isinstance(one, dict):
            envelopes.setdefault(str(one.get("id")), []).append(one)
    return [_the_one(envelopes.get(str(question.number), []), question) for question in questions]


def _the_one(found: list[Json], question: Question) -> Json | PortalError:
    if len(found) == 1:
        return found[0]
    how_often = "no answer" if not found else f"{len(found)} answers"
    error = BadAnswer(question.portal, f"the batch holds {how_often} to one {question.method}")
    return error if question.repeatable else unknown_outcome(error, question)


def unknown_outcome(error: PortalError, question: Question) -> UnknownOutcome:
    """Return the error for a call that may have happened and must not be sent again."""
    about = f" on {question.table!r}" if question.table else ""
    return UnknownOutcome(
        error.portal,
        f"the answer to {question.method}{about} was lost ({error.reason})",
        "it may or may not have happened: look before sending it again",
    )


def _is_number(found: Json, number: int) -> bool:
    """Whether an id is the one sent; some servers answer it as text."""
    return found == number or (isinstance(found, str) and found == str(number))
