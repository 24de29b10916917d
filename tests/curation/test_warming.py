from typing import NoReturn

import pytest

from app.curation import warming
from app.curation.sample_views import SampleView
from app.storage import card_leases, datasets
from app.storage.database import Sessions
from tests.stocked import stock


def test_an_empty_house_has_nothing_to_look_at(own_read: Sessions) -> None:
    warming.warm_up(own_read)
    assert warming.look(own_read) is None
    assert warming.draw_card(own_read) is None


def test_the_data_set_that_changed_last_is_looked_at(
    own_read: Sessions, own_write: Sessions
) -> None:
    with own_write() as session:
        datasets.add(session, "older")
        datasets.add(session, "newer")
    seen = warming.look(own_read)
    assert seen is not None
    assert seen.head.slug == "newer"


def test_a_card_is_drawn_and_put_before_nobody(own_read: Sessions, own_write: Sessions) -> None:
    with own_write() as session:
        dataset = datasets.add(session, "cards")
        (sample_id,) = stock(session, dataset.id, [{"text": "soup"}])
    seen = warming.draw_card(own_read)
    assert isinstance(seen, SampleView)
    assert seen.id == sample_id
    with own_read() as session:
        assert card_leases.of_others(session, dataset.id, "mia") == []


def test_what_cannot_be_looked_at_is_logged_and_keeps_no_server_from_starting(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken() -> NoReturn:
        raise OSError("the disk is gone")

    warming.warm_up(broken)
    assert "the disk is gone" in caplog.text
