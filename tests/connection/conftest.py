"""The portal whose rows may be changed, and what syncs it: as for the tests of the mirror."""

from __future__ import annotations

from tests.mirror.conftest import mirror_for, moving, served_moving

__all__ = ["mirror_for", "moving", "served_moving"]
