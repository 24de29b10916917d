"""Answers that were kept for a repeated request are not kept for ever."""

from datetime import timedelta

import pytest
from sqlmodel import select

from app.curation import answer_sweep
from app.storage import answers
from app.storage.access_tables import AnswerRow
from app.storage.database import Sessions
from app.storage.tables import now


def test_answers_are_forgotten_after_thirty_days_and_their_keys_are_free(
    write: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_sweep, "AT_ONCE", 2)
    with write() as session:
        for key, age in (("a", 40), ("b", 31), ("c", 31), ("d", 29), ("e", 0)):
            row = answers.claim(session, "mia", key, "hash")
            assert row is not None
            row.created_at = now() - timedelta(days=age)
    assert answer_sweep.sweep(write, now=now()) == 3
    assert answer_sweep.sweep(write, now=now()) == 0
    with write() as session:
        assert set(session.exec(select(AnswerRow.key))) == {"d", "e"}
        assert answers.claim(session, "mia", "a", "another") is not None
