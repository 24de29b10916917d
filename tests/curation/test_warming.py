from app.curation import warming
from app.storage import datasets
from app.storage.database import Sessions


def test_an_empty_house_has_nothing_to_look_at(own_read: Sessions) -> None:
    warming.begin(own_read).join(timeout=60)
    assert warming.look(own_read) is None


def test_the_data_set_that_changed_last_is_looked_at(
    own_read: Sessions, own_write: Sessions
) -> None:
    with own_write() as session:
        datasets.add(session, "older")
        datasets.add(session, "newer")
    seen = warming.look(own_read)
    assert seen is not None
    assert seen.head.slug == "newer"
