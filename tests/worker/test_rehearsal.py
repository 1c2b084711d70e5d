"""autograder.worker.rehearsal: what is gone through before any worker is forked."""

from __future__ import annotations

import sys

from autograder.worker.rehearsal import rehearse
from autograder.worker.rules.runtime import WATCH


def test_every_request_is_answered_and_nothing_is_left_behind(monkeypatch):
    """No reply is a problem, nothing is observed because of it, and no module or finder stays."""
    observed = []
    monkeypatch.setattr(WATCH, "observe", observed.extend)
    before = list(sys.meta_path)
    replies = rehearse()
    assert len(replies) == 60
    assert not [reply for reply in replies if "problem" in reply]
    assert sys.meta_path == before
    assert "rehearsal" not in sys.modules
    assert observed == []
