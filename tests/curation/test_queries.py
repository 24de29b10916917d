import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.curation import queries
from app.curation.queries import Query, QueryError
from app.curation.query_values import FLAGS
from app.storage import samples
from app.storage.database import Sessions
from app.storage.tables import DatasetRow, Status
from tests import stocked

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
IDS = st.integers(0, 2**63 - 1).map(str)


def item(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def several(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(values.map(item), min_size=1, max_size=4).map(",".join)


PAIRS = st.one_of(
    st.tuples(st.sampled_from(["label", "source", "not.split", "language"]), several(TEXT)),
    st.tuples(st.just("status"), several(st.sampled_from([it.value for it in Status]))),
    st.tuples(st.just("not.flag"), several(st.sampled_from(FLAGS))),
    st.tuples(st.just("ids"), several(IDS)),
    st.tuples(st.sampled_from(["q", "not.q"]), TEXT),
    st.tuples(st.just("cell"), st.from_regex(r"[0-9]{1,4}\.[0-9]{1,4}", fullmatch=True)),
)


@given(st.lists(PAIRS, max_size=6))
def test_what_is_written_is_read_back(pairs: list[tuple[str, str]]) -> None:
    query = queries.parse(pairs)
    assert queries.parse_string(queries.write(query)) == query
    assert queries.parse(queries.pairs(query)) == query


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=30)), max_size=5))
def test_any_text_is_a_query_or_an_error_with_its_term(pairs: list[tuple[str, str]]) -> None:
    read, refused = None, None
    try:
        read = queries.parse(pairs)
    except QueryError as error:
        refused = error
    assert read is not None or refused is not None
    if refused:
        assert str(refused.facts["term"]).encode() in str(refused).encode()


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("", ""),
        ("?status=&q=++&label=", ""),
        ("status=pending,approved", "status=approved,pending"),
        ("status=pending&status=approved", "status=approved,pending"),
        ("q=two+words&cell=3.2", "cell=3.2&q=two%20words"),
        ('q="two words" one', "q=%22two%20words%22%20one"),
        ('q="left open', "q=%22left%20open%22"),
        ("length=..200", "length=0..200"),
        ("length=007..", "length=7.."),
        ("length=0..", ""),
        ("length=..", ""),
        ('label=""', "label=%22%22"),
        ('label="a, b", c ', "label=%22a%2C%20b%22,c".replace("%2C", ",")),
        ("ids=3,02,3", "ids=2,3"),
        ("not.status=rejected", "not.status=rejected"),
        ("trash=1", "trash=1"),
    ],
)
def test_every_query_has_one_normal_form(text: str, normal: str) -> None:
    assert queries.write(queries.parse_string(text)) == normal


def test_names_of_others_are_left_to_them() -> None:
    query = queries.parse([("after", "7"), ("status", "pending")], leaving=("after",))
    assert queries.write(query) == "status=pending"
    with pytest.raises(QueryError, match="after=7: There is no 'after'"):
        queries.parse([("after", "7")])


def test_a_query_can_be_widened_and_narrowed() -> None:
    query = queries.parse_string("status=approved,pending&q=soup")
    assert queries.write(query.without("status", "pending")) == "q=soup&status=approved"
    assert query.but("status").but("q") == Query()
    assert query.but("label", "b").values("label") == ("b",)


def test_what_reviewers_said_beside_the_status_can_be_asked_for(
    write: Sessions, dataset: DatasetRow
) -> None:
    said = [
        {"text": "a", "marks": "|rude|slow|", "flagged": True, "quality": 5},
        {"text": "b", "marks": "|rudeness|", "flagged": False, "quality": 2},
        {"text": "c", "marks": "|50%|", "flagged": False, "quality": 0},
    ]
    asked = {
        "mark=rude": [0], "mark=50%25": [2], "mark=rude,50%25": [0, 2], "flagged=1": [0],
        "flagged=0": [1, 2], "quality=2,5": [0, 1], "quality=0": [2], "flagged=1&quality=2": [],
    }  # fmt: skip
    with write() as session:
        ids = stocked.stock(session, dataset.id, said)
        for text, wanted in asked.items():
            found = queries.resolve(session, dataset.id, queries.parse_string(text))
            matching = samples.ids_matching(session, dataset.id, found)
            assert matching == [ids[at] for at in wanted], text
            assert samples.count(session, dataset.id, found) == len(wanted), text


@pytest.mark.parametrize("text", ["flagged=yes", "quality=6", "flagged=1,0"])
def test_a_wrong_remark_is_refused(text: str) -> None:
    with pytest.raises(QueryError):
        queries.parse_string(text)
