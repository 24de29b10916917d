"""The 27 awkward files: what the manifest says is the floor."""

from dataclasses import dataclass

import orjson
import pytest

from app.formats.entries import Record, UnreadableFileError
from tests import shared_data
from tests.formats import reading

# Tables without a known field: their rows are read, but are no samples.
NOT_SAMPLES = {"14_csv_newline_in_field.csv", "15_pipe_unbalanced_quote.csv"}
UNREADABLE = {"16_lfs_pointer.json": "lfs_pointer", "17_html_page.json": "html_page"}


@dataclass(frozen=True)
class Case:
    file: str
    rows: int
    bad_lines: list[int]


def _cases() -> list[Case]:
    path = shared_data.ROOT / "malformed" / "manifest.json"
    if not path.is_file():
        return []
    found = orjson.loads(path.read_bytes())
    return [Case(one["file"], one["rows_recoverable"], one["bad_lines"]) for one in found]


def _read(case: Case) -> bytes:
    return (shared_data.folder("malformed") / case.file).read_bytes()


READABLE = [case for case in _cases() if case.file not in UNREADABLE]


def test_all_27_files_have_their_case() -> None:
    files = {path.name for path in shared_data.folder("malformed").iterdir()}
    named = {case.file for case in _cases()}
    assert named == files - {"README.md", "manifest.json"}
    assert len(named) == 27


@pytest.mark.parametrize("case", READABLE, ids=lambda case: case.file)
def test_every_recoverable_row_is_kept(case: Case) -> None:
    data = _read(case)
    if case.file in NOT_SAMPLES:
        kept = sum(isinstance(entry, Record) for entry in reading.entries(data))
    else:
        kept = len(reading.samples(data))
    assert kept == case.rows


@pytest.mark.parametrize("case", READABLE, ids=lambda case: case.file)
def test_exactly_the_bad_lines_are_reported(case: Case) -> None:
    bad = [one.line for one in reading.rejected(_read(case))]
    if case.rows and case.file not in NOT_SAMPLES:
        assert bad == case.bad_lines
    else:
        assert bool(bad) == bool(_read(case))


@pytest.mark.parametrize(("file", "code"), UNREADABLE.items())
def test_a_file_that_is_no_data_says_what_it_is(file: str, code: str) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        reading.entries(_read(Case(file, 0, [])))
    assert caught.value.code == code


def test_the_fields_that_were_looked_for_are_named() -> None:
    (bad,) = reading.rejected(b'{ "name": "javi"}')
    assert bad.code == "unknown_fields"
    assert "prompt + completion" in bad.reason
    assert "'name'" in bad.reason


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    (value,) = reading.values(b'\xef\xbb\xbf{"prompt":"","completion":"x"}\r\n')
    assert value == {"prompt": "", "completion": "x"}


def test_half_a_surrogate_is_kept_in_raw_and_replaced_in_the_value() -> None:
    (entry,) = reading.entries(b'{"a": "\\ud83d", "b": "\\ud83d\\ude00", "\\udc00": 1}')
    assert isinstance(entry, Record)
    assert entry.raw == '{"a": "\\ud83d", "b": "\\ud83d\\ude00", "\\udc00": 1}'
    assert entry.value == {"a": "\ufffd", "b": "\U0001f600", "\ufffd": 1}


def test_separators_of_unicode_do_not_split_a_line() -> None:
    (value,) = reading.values('{"a": "x\u2028y\u2029z\u0085"}\n'.encode())
    assert value == {"a": "x\u2028y\u2029z\u0085"}


def test_the_last_of_two_equal_keys_wins() -> None:
    assert reading.values(b'{"a": 1, "a": 2}') == [{"a": 2}]


def test_a_lone_quote_in_a_table_is_a_plain_character() -> None:
    assert len(reading.values(b'a|b\n"1|2\n"3|4"|5\n6|7\n8|9\n')) >= 3
    rows = reading.values(b'a|b|c\n1|"|x\n2|"two\nlines"|y\n3|p|"q""r"\n')
    assert rows == [
        {"a": "1", "b": '"', "c": "x"},
        {"a": "2", "b": "two\nlines", "c": "y"},
        {"a": "3", "b": "p", "c": 'q"r'},
    ]
