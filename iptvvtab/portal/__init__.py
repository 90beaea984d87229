"""The wire: JSON-RPC calls to a portal over HTTP, with a session, limits, retries and typed errors.

Client, Pending      ask; wait or not        (client.py: the face; conversation.py: the core, in a thread of its own)
Call, Answer, Cost   what goes and comes     (rpc.py: JSON-RPC, pure; verdict.py: what an HTTP answer means, pure)
Backoff              how long to wait        (policies.py, pure; session.py: the flow of a login, pure)
Capabilities         what a portal can do    (capabilities.py; questions.py, pure, probe.py and digests.py find out)
"""

from __future__ import annotations

from iptvvtab.portal.answer import Answer, BatchAnswer, Cost
from iptvvtab.portal.capabilities import (
    Capabilities,
    Finding,
    State,
    findings,
    load_capabilities,
    store_capabilities,
)
from iptvvtab.portal.client import Client
from iptvvtab.portal.conversation import ServerDate
from iptvvtab.portal.digests import digesting
from iptvvtab.portal.login import SessionStatus
from iptvvtab.portal.pending import Pending, UnderWay
from iptvvtab.portal.policies import Backoff
from iptvvtab.portal.probe import abilities, candidates, probe
from iptvvtab.portal.questions import Candidate
from iptvvtab.portal.rpc import Call
from iptvvtab.portal.session_file import file_stem, write_atomically

__all__ = [
    "Answer",
    "Backoff",
    "BatchAnswer",
    "Call",
    "Candidate",
    "Capabilities",
    "Client",
    "Cost",
    "Finding",
    "Pending",
    "ServerDate",
    "SessionStatus",
    "State",
    "UnderWay",
    "abilities",
    "candidates",
    "digesting",
    "file_stem",
    "findings",
    "load_capabilities",
    "probe",
    "store_capabilities",
    "write_atomically",
]
