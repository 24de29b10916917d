import numpy as np
import pytest

from app.geometry import frame, matching
from tests.geometry import clouds

FITTED = frame.fit(clouds.scatter(1500), external=True)


def test_a_frame_matches_itself_without_a_turn() -> None:
    found = matching.match(FITTED, FITTED)
    assert found.old.tolist() == list(range(len(found.old)))
    assert found.distance == pytest.approx(0)
    assert found.turn == pytest.approx(0)


def test_each_old_topic_is_matched_at_most_once() -> None:
    other = frame.fit(clouds.scatter(2600, seed=4), external=True)
    found = matching.match(FITTED, other)
    matched = found.old[found.old >= 0]
    assert len(set(matched.tolist())) == len(matched)
    assert len(matched) == min(FITTED.topic.max(), other.topic.max()) + 1
    assert np.isinf(found.distance[found.old < 0]).all()
