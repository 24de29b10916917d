import gzip
import io
import re
from collections.abc import Callable

import orjson
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from app.formats import containers, values
from app.formats.entries import Blank, Entry, Limits, Record, UnreadableFileError
from app.formats.sample import Rejected
from tests.formats import reading

ROWS = [
    {"prompt": 'one, "two" | three', "completion": "first\nline"},
    {"prompt": "größer \u2028 als", "completion": "zweite; Zeile\t!"},
    {"prompt": "", "completion": "{[}] \\ \\u0041"},
]


def _parquet() -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    file = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(ROWS), file)
    return file.getvalue()


def _table(delimiter: str) -> bytes:
    cells = [["prompt", "completion"], *([row["prompt"], row["completion"]] for row in ROWS)]
    quoted = [['"' + cell.replace('"', '""') + '"' for cell in row] for row in cells]
    return "\r\n".join(delimiter.join(row) for row in quoted).encode()


JSONL = b"\n".join(orjson.dumps(row) for row in ROWS)
FILES = {
    "json lines": ("jsonl", JSONL),
    "json lines, spaced": ("jsonl", JSONL.replace(b"\n", b" \r\n") + b"\n"),
    "array on one line": ("json", orjson.dumps(ROWS)),
    "pretty array": ("json", orjson.dumps(ROWS, option=orjson.OPT_INDENT_2)),
    "pretty objects": (
        "json",
        b"\n".join(orjson.dumps(row, option=orjson.OPT_INDENT_2) for row in ROWS),
    ),
    "array with a line each": ("json", b"[" + JSONL.replace(b"\n", b",\n") + b"\n]"),
    "objects on one line": ("jsonl", JSONL.replace(b"\n", b"")),
    "comma separated": ("csv", _table(",")),
    "tab separated": ("csv", _table("\t")),
    "pipe separated": ("csv", _table("|")),
    "semicolon separated": ("csv", _table(";")),
    "parquet": ("parquet", _parquet()),
}
PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda data: data,
    "gzip": gzip.compress,
    "gzip in two members": lambda data: gzip.compress(data[:40]) + gzip.compress(data[40:]),
    "zstd": zstandard.compress,
    "zstd in two frames": lambda data: zstandard.compress(data[:9]) + zstandard.compress(data[9:]),
}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("file", FILES)
def test_the_same_rows_come_out_of_every_container(file: str, packing: str) -> None:
    container, data = FILES[file]
    contents = containers.open_contents(io.BytesIO(PACKINGS[packing](data)))
    found = list(contents.entries)
    assert contents.container == container
    assert [entry.value for entry in found if isinstance(entry, Record)] == ROWS
    assert len(found) == len(ROWS)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("file", [name for name in FILES if name != "parquet"])
def test_every_encoding_gives_the_same_rows(file: str, encoding: str) -> None:
    text = FILES[file][1].decode()
    assert reading.values(text.encode(encoding)) == ROWS


@pytest.mark.parametrize("file", [name for name in FILES if name != "parquet"])
def test_the_offset_and_the_line_lead_to_the_record(file: str) -> None:
    data = b"\xef\xbb\xbf" + FILES[file][1]
    for entry in reading.entries(data):
        assert isinstance(entry, Record)
        assert data[: entry.offset].count(b"\n") + 1 == entry.line
        if not file.endswith("separated"):
            assert data[entry.offset :].startswith(entry.raw.encode())


@pytest.mark.parametrize("file", FILES)
def test_reading_goes_on_where_it_stopped(file: str) -> None:
    data = FILES[file][1]
    everything = reading.entries(data)
    for skip in range(len(everything) + 2):
        assert reading.entries(data, skip=skip) == everything[skip:]


LINES = st.lists(
    st.sampled_from(
        [
            b'{"a": 1}',
            b'{"a": 1} {"b": 2}',
            b'{"a": "} {"}',
            b'{"a": 1} {"b": ',
            b'{"a": 1} 2',
            b"",
            b"  \t",
            b"\xff",
            b"nonsense",
            b'{"a": "\\ud800"}',
            b"[1]",
            b'{"a": NaN}',
        ]
    ),
    max_size=12,
)


@given(LINES, st.integers(0, 15))
def test_skipping_lines_gives_what_reading_them_would(lines: list[bytes], skip: int) -> None:
    data = b'{"first": 0}\n' + b"\n".join(lines)
    assert reading.entries(data, skip=skip) == reading.entries(data)[skip:]


@given(LINES)
def test_every_line_is_a_record_rejected_or_blank(lines: list[bytes]) -> None:
    data = b"\n".join([b'{"first": 0}', *lines, b'{"last": 0}'])
    found = reading.entries(data)
    assert {entry.line for entry in found} == set(range(1, len(lines) + 3))
    lone = [line for line in lines if b"} {" not in line or b'"}' in line]
    assert len(found) >= len(lone) + 2


@given(st.lists(st.booleans(), min_size=1, max_size=8))
def test_every_element_of_an_array_is_a_record_or_rejected(good: list[bool]) -> None:
    elements = [b'{"a": {"b": [1]}}' if one else b'{"a": [{"b": 1,}]}' for one in good]
    data = b"[\n" + b",\n".join(elements) + b"\n]"
    assert [isinstance(entry, Record) for entry in reading.entries(data)] == good


@given(st.lists(st.sampled_from([b"1,2", b"1", b"1,2,3", b"", b'"1\n1",2', b"\xff,2"]), max_size=9))
def test_every_row_of_a_table_is_a_record_rejected_or_blank(rows: list[bytes]) -> None:
    data = b"\n".join([b"a,b", *[b"1,2"] * 60, *rows])
    found = reading.entries(data)
    end = 1 if rows and not rows[-1] else 0  # a final line feed begins no line
    assert len(found) == 60 + len(rows) - end
    expected = [isinstance(entry, Record) for entry in found[60:]]
    assert expected == [row in (b"1,2", b'"1\n1",2') for row in rows][: len(expected)]


PIECES = st.sampled_from(
    [bytes([byte]) for byte in b'{}[]"\\,:\n a1\x00\xff']
    + [b'{"a":1}', b"\xef\xbb\xbf", b"\xff\xfe", b"\x1f\x8b\x08", b"PAR1", b"\x28\xb5\x2f\xfd"]
)


@settings(max_examples=200)
@given(st.one_of(st.binary(max_size=200), st.lists(PIECES, max_size=30).map(b"".join)))
def test_no_bytes_crash_the_reader(data: bytes) -> None:
    for entry in _entries_or_reason(data):
        _assert_storable(entry)


def _entries_or_reason(data: bytes) -> list[Entry]:
    try:
        return reading.entries(data)
    except UnreadableFileError as error:
        refusal = error
    assert re.fullmatch(r"[a-z0-9_]+", refusal.code)
    assert str(refusal).endswith(".")
    return []


def _assert_storable(entry: Entry) -> None:
    if isinstance(entry, Record):
        assert "\x00" not in entry.raw
        entry.raw.encode()
        assert values.find_fault(entry.value, containers.Limits()) is None
        orjson.dumps(entry.value)
    elif isinstance(entry, Rejected):
        assert "\x00" not in entry.text
        entry.text.encode()
        assert entry.reason.endswith(".")


SMALL = Limits(
    line_bytes=100, string_characters=50, depth=5, keys=4, columns=3, rows=4, logical_bytes=1000
)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b'{"a": "%s"}' % (b"x" * 40), "record"),
        (b'{"a": "%s"}' % (b"x" * 60), "string_too_long"),
        (b'{"a": "%s"}' % (b"x" * 100), "line_too_long"),
        (b'{"a": [[[{"b": 1}]]]}', "record"),
        (b'{"a": [[[[{"b": 1}]]]]}', "depth"),
        (b'{"a": 1, "b": 2, "c": 3, "d": 4}', "record"),
        (b'{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}', "too_many_keys"),
        (b'{"a": "x\\u0000y"}', "nul"),
        (b'{"a": "x\\\\u0000y"}', "record"),
        (b'{"\\u0000": 1}', "nul"),
        (b'{"a": "x\x00y"}', "nul"),
        (b'{"a": 1e999}', "not_finite"),
        (b'{"a": -Infinity}', "not_finite"),
        (b'{"a": "\xed\xa0\x80"}', "not_utf8"),
    ],
)
@pytest.mark.parametrize("shape", [b'{"x": 1}\n%s\n', b'[{"x": 1},\n%s]'], ids=["lines", "array"])
def test_each_limit_of_a_record_has_its_code(line: bytes, code: str, shape: bytes) -> None:
    assert reading.codes(shape % line, limits=SMALL) == ["record", code]


def test_a_mark_inside_a_file_is_overlooked_and_a_comma_behind_a_line_is_not() -> None:
    data = b'{"x": 1}\n\xef\xbb\xbf{"a": 1}\n{"a": 1},\n'
    assert reading.codes(data) == ["record", "record", "not_json"]


@pytest.mark.parametrize("gap", [b",", b",\n", b",\n  "])
def test_a_broken_element_does_not_take_the_next_ones_with_it(gap: bytes) -> None:
    good = b'{"a": [{"b": "x"}, {"b": "y"}]}'
    for bad in (b'{"a": "5" tall"}', b'{"a": 1,}', b'{"a": "x}', b"{'a': 1}", b"nonsense"):
        data = b"[" + gap[1:] + gap.join([good, bad, good, good]) + b"]"
        kinds = [type(entry) for entry in reading.entries(data)]
        assert kinds == [Record, Rejected, Record, Record], bad


def test_an_element_larger_than_the_limit_is_one_rejection() -> None:
    huge = b'{"a": ["' + b"x" * 100 + b'", "' * 40_000 + b'"]}'
    limits = Limits(line_bytes=1000)
    assert reading.codes(b'[{"b": 1}, ' + huge + b', {"b": 1}]', limits=limits) == [
        "record",
        "line_too_long",
        "record",
    ]
    assert reading.codes(b'{\n"a": "' + b"x" * 3_000_000, limits=limits) == ["line_too_long"]


def test_many_objects_on_one_line_take_linear_time() -> None:
    data = b'{"a": "\xc3\xa4"} ' * 60_000
    found = reading.entries(data)
    assert len(found) == 60_000
    last = found[-1]
    assert isinstance(last, Record)
    assert data[last.offset :] == last.raw.encode() + b" "


def test_a_very_deep_record_is_refused_not_crashed_on() -> None:
    deep = b'{"a":' * 50_000 + b"1" + b"}" * 50_000
    assert reading.codes(b'{"x": 1}\n' + deep + b'\n{"x": 1}') == ["record", "depth", "record"]
    assert reading.codes(b'[{"x": 1},\n' + deep + b',{"x": 1}]') == ["record", "depth", "record"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'{"a": 1}\n' * 5, "too_many_rows"),
        (b"a,b,c,d\n1,2,3,4\n", "too_many_columns"),
        (b'{"a": "%s"}\n' % (b"x" * 1000), "too_large"),
        (gzip.compress(b'{"a": "%s"}\n' % (b"x" * 1000)), "too_large"),
        (b"PK\x03\x04" + bytes(30), "zip"),
        (gzip.compress(gzip.compress(b"{}")), "nested_compression"),
        (b"BZh91AY", "bzip2"),
        (b"\n\n <!doctype html><p>", "html_page"),
        (b"\x01\x02\x03\x04\x05\x00", "binary"),
        ("{}".encode("utf-32"), "utf32"),
    ],
    ids=lambda it: it if isinstance(it, str) else "file",  # bytes would name it by the clock
)
def test_each_reason_to_refuse_a_file_has_its_code(data: bytes, code: str) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        reading.entries(data, limits=SMALL)
    assert caught.value.code == code
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress])
def test_a_bomb_is_refused_early(compress: Callable[[bytes], bytes]) -> None:
    limits = Limits(expansion_from=1_000_000, expansion=200)
    data = compress(b'{"a": 1}' + b" " * 20_000_000)
    with pytest.raises(UnreadableFileError) as caught:
        reading.entries(data, limits=limits)
    assert caught.value.code == "bomb"


@pytest.mark.parametrize("nested", [False, True])
def test_a_parquet_bomb_is_refused_before_it_unfolds(nested: bool) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 2000, pa.int32()), ["x" * 100_000])
    column = pa.ListArray.from_arrays(pa.array(range(2001), pa.int32()), texts) if nested else texts
    file = io.BytesIO()
    parquet.write_table(pa.table({"prompt": column}), file)
    limits = Limits(expansion_from=10_000_000)
    with pytest.raises(UnreadableFileError) as caught:
        next(containers.open_contents(io.BytesIO(file.getvalue()), limits=limits).entries)
    assert caught.value.code == "bomb"


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress])
def test_a_file_that_breaks_off_keeps_what_came_before(compress: Callable[[bytes], bytes]) -> None:
    import random

    random.seed(1)
    rows = [b'{"a": "%x"}' % random.getrandbits(8000) for _ in range(4000)]
    data = compress(b"\n".join(rows))
    found = reading.entries(data[: len(data) // 2])
    assert len(found) > 1000
    assert all(isinstance(entry, Record) for entry in found[:-1])
    last = found[-1]
    assert isinstance(last, Rejected)
    assert last.code in ("truncated", "damaged")


def test_an_array_that_breaks_off_keeps_what_came_before() -> None:
    assert reading.codes(b'[{"a": 1}, {"a": 2}') == ["record", "record", "truncated"]
    assert reading.codes(b'[{"a": 1}, {"a": 2') == ["record", "not_json", "truncated"]


def test_damaged_parquet_is_reported() -> None:
    data = bytearray(_parquet())
    data[-30] ^= 0xFF
    data[12] ^= 0xFF
    for broken in (bytes(data), bytes(data[:-4]), b"PAR1"):
        assert all(isinstance(entry, Record | Rejected) for entry in reading.entries(broken))
        assert isinstance(reading.entries(broken)[-1], Rejected)


def test_no_damage_to_parquet_crashes_the_reader() -> None:
    import random

    chance = random.Random(7)
    whole = _parquet()
    for _ in range(400):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(4, len(data) - 8)] = chance.randrange(256)
        for entry in _entries_or_reason(bytes(data)):
            _assert_storable(entry)


def test_cells_without_a_form_in_json_are_written_plainly_or_refused() -> None:
    import datetime as dt
    import decimal

    import pyarrow as pa
    from pyarrow import parquet

    day, price = dt.date(2026, 11, 22), decimal.Decimal("1.50")
    rows: list[dict[str, object]] = [
        {"d": day, "p": price, "b": b"text"},
        {"b": b"\xff"},
        {"f": float("nan")},
        {"b": b"\0"},
    ]
    file = io.BytesIO()
    parquet.write_table(pa.table({name: [r.get(name) for r in rows] for name in "dpbf"}), file)
    found = reading.entries(file.getvalue())
    assert isinstance(found[0], Record)
    assert found[0].value == {"d": "2026-11-22", "p": "1.50", "b": "text", "f": None}
    codes = [entry.code for entry in found if isinstance(entry, Rejected)]
    assert codes == ["unreadable_value", "not_finite", "nul"]


def test_an_empty_file_has_no_entries() -> None:
    assert reading.entries(b"") == []
    assert reading.entries(b"\n \n") == [Blank(1), Blank(2)]


def test_a_table_in_another_encoding_is_a_table_and_its_rows_say_so() -> None:
    data = "question,answer\nold,fine\nGröße,x\n".encode("latin-1")
    good, bad = reading.entries(data)
    assert isinstance(good, Record)
    assert good.value == {"question": "old", "answer": "fine"}
    assert isinstance(bad, Rejected)
    assert (bad.line, bad.code) == (3, "not_utf8")
    with pytest.raises(UnreadableFileError, match="save the file as UTF-8"):
        reading.entries("Größe,x\na,b\nc,d\n".encode("latin-1"))


def test_a_table_without_a_header_loses_no_row() -> None:
    found = reading.values(b"A plane takes off.,A plane leaves.,5.0\nA man.,A woman.,0.25\n")
    assert [value["column_3"] for value in found] == ["5.0", "0.25"]
    assert list(found[0]) == ["column_1", "column_2", "column_3"]


def test_plain_text_is_read_line_by_line() -> None:
    contents = containers.open_contents(io.BytesIO(b"Hello there\n\nGood bye\xff\n"))
    assert contents.container == "text"
    assert [type(entry) for entry in contents.entries] == [Record, Blank, Rejected]


def test_a_long_line_is_never_held_whole() -> None:
    import tracemalloc

    class Endless(io.RawIOBase):
        sent = 0

        def read(self, size: int = -1) -> bytes:
            assert size > 0
            self.sent += 1
            return b'{"a": 1}\n' if self.sent == 1 else b"x" * 1_000_000 * (self.sent < 100)

    tracemalloc.start()
    found = list(containers.open_contents(Endless()).entries)  # type: ignore[arg-type]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [type(entry) for entry in found] == [Record, Rejected]
    assert peak < 60_000_000


def test_a_large_array_takes_the_memory_of_its_elements() -> None:
    import tracemalloc

    row = b'{"prompt": "%s", "completion": "x"}' % (b"word " * 400)
    data = io.BytesIO(b"[" + b",".join([row] * 6_000) + b"]")
    tracemalloc.start()
    count = sum(1 for _ in containers.open_contents(data).entries)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 6_000
    assert peak < 10_000_000
