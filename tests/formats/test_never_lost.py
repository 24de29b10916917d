"""Never lost, never guessed: in every container each record is there once, as it was or with its
reason, whatever stands beside it; packed files hold what they held before."""

import gzip
import io
from collections.abc import Callable

import orjson
import pyarrow as pa
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from app.formats import mapping
from app.formats.entries import Blank, Record
from app.formats.mapping import Mapping
from app.formats.sample import Rejected, Sample
from tests import shared_data
from tests.formats import reading, strategies

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
ROWS = st.lists(
    st.fixed_dictionaries({"prompt": TEXT | st.none(), "n": st.integers(-(2**63), 2**63 - 1)}),
    min_size=1,
    max_size=20,
)


@given(ROWS, st.integers(0, 25), st.sampled_from(["none", "zstd", "gzip"]))
def test_every_row_of_parquet_is_a_record_with_its_own_number(
    rows: list[dict[str, object]], skip: int, packing: str
) -> None:
    file = io.BytesIO()
    schema = pa.schema([("prompt", pa.string()), ("n", pa.int64())])
    parquet.write_table(pa.Table.from_pylist(rows, schema), file, compression=packing)
    found = reading.entries(file.getvalue(), skip=skip)
    assert [entry.line for entry in found] == list(range(skip + 1, len(rows) + 1))
    assert [one.value for one in found if isinstance(one, Record)] == rows[skip:]


@given(st.lists(st.sampled_from(["a word", "ein Wört", "", "  ", "x; y", "1 2"]), max_size=12))
def test_every_line_of_plain_text_is_a_record_or_blank(lines: list[str]) -> None:
    data = "\n".join(["no table and no JSON", *lines, "the end"]).encode()
    found = reading.entries(data)
    assert [entry.line for entry in found] == list(range(1, len(lines) + 3))
    blank = [isinstance(entry, Blank) for entry in found[1:-1]]
    assert blank == [not line.strip() for line in lines]


LINE = st.sampled_from([b'{"prompt": "a", "completion": "b"}', b'{"prompt": "a"}', b"{", b"", b"3"])


@given(st.lists(LINE, max_size=10), st.sampled_from(["utf-8-sig", "utf-16", "gzip", "zstd"]))
def test_packed_or_spelled_otherwise_the_same_comes_out(lines: list[bytes], packing: str) -> None:
    data = b"\n".join([b'{"first": 1}', *lines])
    pack: dict[str, Callable[[bytes], bytes]] = {
        "gzip": gzip.compress,
        "zstd": zstandard.compress,
        "utf-8-sig": lambda it: it.decode().encode("utf-8-sig"),
        "utf-16": lambda it: it.decode().encode("utf-16"),
    }
    packed = pack[packing](data)
    plain = [_told(one) for one in reading.results(data)]
    assert [_told(one) for one in reading.results(packed)] == plain
    kinds = [type(one) for one in reading.results(data)]
    assert len(kinds) == sum(kinds.count(kind) for kind in (Sample, Rejected, Blank))


@given(st.one_of(strategies.MESSAGES, strategies.ALPACA, strategies.PAIRS))
def test_what_is_said_about_other_columns_leaves_the_conversation_alone(
    value: dict[str, object],
) -> None:
    (sample,) = reading.samples(_line(value))
    roles = Mapping(dict.fromkeys(sample.extra, "metadata"))
    told = mapping.overlay(sample, value, roles)
    assert (told.messages, told.extra) == (sample.messages, sample.extra)
    assert (told.external_id, told.facets.label, told.facets.source) == ("", "", "")


@pytest.mark.parametrize(
    ("file", "roles"),
    [
        ("14_csv_newline_in_field.csv", {"id": "input", "title": "output"}),
        ("15_pipe_unbalanced_quote.csv", {}),
    ],
)
def test_the_tables_of_the_awkward_files_are_samples_once_somebody_says_how(
    file: str, roles: dict[str, str]
) -> None:
    data = (shared_data.folder("malformed") / file).read_bytes()
    records = [entry for entry in reading.entries(data) if isinstance(entry, Record)]
    assert mapping.guess([record.value for record in records]).columns.keys() == set(
        records[0].value
    )
    names = list(records[0].value)
    asked = Mapping(roles or {names[0]: "input", names[1]: "output"})  # type: ignore[arg-type]
    found = [mapping.parse(record, asked) for record in records]
    assert [one for one in found if isinstance(one, Sample)]
    assert len(found) == len(records)


@pytest.mark.parametrize("length", [200, 201])
def test_an_id_that_is_too_long_for_one_stays_in_its_column(length: int) -> None:
    name = "x" * length
    (sample,) = reading.samples(_line({"prompt": "a", "completion": "b", "id": name}))
    assert sample.external_id == (name if length == 200 else "")
    assert sample.extra["id"] == name


def _line(value: dict[str, object]) -> bytes:
    return orjson.dumps(value)


def _told(one: object) -> object:
    return one.code if isinstance(one, Rejected) else one
