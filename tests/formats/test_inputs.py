import orjson
import pytest

from app.formats import inputs
from app.formats.entries import Record
from app.formats.sample import Rejected
from tests.formats.test_kinds import RECORDS


def read(value: dict[str, object]) -> str | Rejected:
    return inputs.read(Record(1, 0, orjson.dumps(value).decode(), value))


@pytest.mark.parametrize("name", RECORDS)
def test_every_kind_of_record_has_an_input(name: str) -> None:
    assert read(RECORDS[name]) == "hi"


def test_a_record_without_an_input_says_what_was_looked_for() -> None:
    bad = read({"other": 1})
    assert isinstance(bad, Rejected)
    assert bad.code == "no_input"
    assert "prompt" in bad.reason
