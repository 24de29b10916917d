"""An upload from its bytes to stored samples, on both databases, with the real readers."""

import gzip

import orjson
import pytest

from app.curation import intake
from app.curation.intake import KeyReusedError
from app.formats.mapping import MappingError
from app.storage import revisions, samples
from app.storage.database import Sessions
from app.storage.filters import Filter
from app.storage.tables import DatasetRow, UploadState
from tests.pipeline import Pipeline
from tests.shared_data import folder


def lines(*records: object) -> bytes:
    return b"".join(orjson.dumps(record) + b"\n" for record in records)


def pair(asked: str, answer: str, **more: object) -> dict[str, object]:
    return {"prompt": asked, "completion": answer, **more}


def test_every_line_is_accounted_for(
    pipeline: Pipeline, dataset: DatasetRow, write: Sessions
) -> None:
    good, other = pair("Boil an egg", "Seven minutes."), pair("Fry an egg", "Three minutes.")
    data = lines(good, other) + b"\n" + lines(good) + b"{oops\n" + lines({"prompt": "x"})
    upload = pipeline.send(dataset.slug, data)
    assert (upload.state, upload.lines) == (UploadState.RECEIVED, 0)
    pipeline.run()
    upload = pipeline.view(upload)
    assert upload.state == UploadState.DONE
    assert (upload.accepted, upload.duplicate, upload.rejected, upload.blank) == (2, 1, 2, 1)
    assert upload.lines == 6
    assert [(reject.line, reject.code) for reject in upload.rejects] == [
        (5, "not_json"),
        (6, "unknown_fields"),
    ]
    with write() as session:
        assert samples.count(session, dataset.id, Filter(words=("an egg",))) == 2
        assert samples.count(session, dataset.id, Filter(words=("egg an",))) == 0


def test_the_original_bytes_are_kept_and_facets_are_read(
    pipeline: Pipeline, dataset: DatasetRow, write: Sessions
) -> None:
    written = b'{"completion":"b", "prompt":"a",  "label":"x","origin":"human","n":1.50}'
    pipeline.send(dataset.slug, written + b"\n")
    pipeline.run()
    with write() as session:
        (row,) = samples.page(session, dataset.id, Filter())
        stored = samples.get(session, dataset.id, row.id)
        assert stored.raw == written.decode()
        assert (stored.label, stored.origin, stored.preview) == ("x", "human", "a")


def test_the_same_upload_twice_changes_nothing(pipeline: Pipeline, dataset: DatasetRow) -> None:
    data = lines(pair("a", "b"), pair("c", "d"))
    pipeline.send(dataset.slug, data)
    pipeline.run()
    again = pipeline.send(dataset.slug, data)
    pipeline.run()
    assert (pipeline.view(again).accepted, pipeline.view(again).duplicate) == (0, 2)


def test_the_same_key_gives_the_first_answer_and_another_body_a_conflict(
    pipeline: Pipeline, dataset: DatasetRow
) -> None:
    first = pipeline.send(dataset.slug, lines(pair("a", "b")), key="night-1")
    assert pipeline.send(dataset.slug, lines(pair("a", "b")), key="night-1").id == first.id
    with pytest.raises(KeyReusedError):
        pipeline.send(dataset.slug, lines(pair("a", "c")), key="night-1")
    spooled = list((pipeline.folder / "spool").iterdir())
    assert len(spooled) == 1  # neither the repeat nor the refused body takes room


def test_a_known_external_id_with_another_text_becomes_a_revision(
    pipeline: Pipeline, dataset: DatasetRow, write: Sessions
) -> None:
    pipeline.send(dataset.slug, lines(pair("a", "b", id="k1"), pair("c", "d", id="k2")))
    pipeline.run()
    again = pipeline.send(
        dataset.slug, lines(pair("a", "better", id="k1"), pair("c", "d", id="k2"))
    )
    pipeline.run()
    report = pipeline.view(again)
    assert (report.accepted, report.updated, report.duplicate) == (0, 1, 1)
    with write() as session:
        (row,) = [r for r in samples.page(session, dataset.id, Filter()) if r.external_id == "k1"]
        assert [revision.number for revision in revisions.of_sample(session, row.id)] == [1, 2]
        assert "better" in samples.get(session, dataset.id, row.id).messages


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"<!doctype html><html><body>Sign in</body></html>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "Git LFS pointer"),
        (b"PK\x03\x04" + b"\0" * 60, "zip"),
    ],
    ids=["a web page", "a Git LFS pointer", "a zip"],
)
def test_a_file_that_is_no_data_fails_with_a_sentence(
    pipeline: Pipeline, dataset: DatasetRow, data: bytes, sentence: str
) -> None:
    upload = pipeline.send(dataset.slug, data)
    pipeline.run()
    upload = pipeline.view(upload)
    assert upload.state == UploadState.FAILED
    assert sentence.lower() in upload.error.lower()


def test_gzip_is_told_by_its_bytes(pipeline: Pipeline, dataset: DatasetRow) -> None:
    upload = pipeline.send(dataset.slug, gzip.compress(lines(pair("a", "b"))))
    pipeline.run()
    assert pipeline.view(upload).accepted == 1


def test_a_reference_needs_no_answers(pipeline: Pipeline, dataset: DatasetRow) -> None:
    asked = lines({"prompt": "a"}, {"text": "b"}, {"messages": [{"role": "user", "content": "c"}]})
    upload = pipeline.send(dataset.slug, asked + lines({"n": 1}), purpose="target")
    pipeline.run()
    upload = pipeline.view(upload)
    assert (upload.state, upload.accepted, upload.rejected) == (UploadState.DONE, 3, 1)


def test_a_reference_without_any_input_does_not_become_the_target(
    pipeline: Pipeline, dataset: DatasetRow
) -> None:
    upload = pipeline.send(dataset.slug, lines({"n": 1}), purpose="target")
    pipeline.run()
    assert pipeline.view(upload).state == UploadState.FAILED


def test_every_malformed_file_gives_what_its_manifest_says_or_better(
    pipeline: Pipeline, dataset: DatasetRow
) -> None:
    cases = orjson.loads((folder("malformed") / "manifest.json").read_bytes())
    found = {}
    for case in cases:
        upload = pipeline.send(dataset.slug, (folder("malformed") / case["file"]).read_bytes())
        pipeline.run()
        view = pipeline.view(upload)
        if view.state == UploadState.DONE:
            told = view.accepted + view.updated + view.duplicate + view.rejected + view.blank
            assert told == view.lines, case["file"]
        found[case["file"]] = view.accepted + view.updated + view.duplicate
    # 14 and 15 are tables without a column that Dartboard knows: they need a mapping.
    unmapped = {"14_csv_newline_in_field.csv", "15_pipe_unbalanced_quote.csv"}
    for case in cases:
        if case["file"] not in unmapped:
            assert found[case["file"]] >= case["rows_recoverable"], case["file"]


def test_rejects_can_be_downloaded_mended_and_sent_again(
    pipeline: Pipeline, dataset: DatasetRow, write: Sessions
) -> None:
    upload = pipeline.send(dataset.slug, lines(pair("a", "b")) + b'{"prompt": "c", "completion"\n')
    pipeline.run()
    (line,) = intake.rejected_lines(write, dataset.slug, upload.id)
    mended = orjson.loads(line)["text"] + ': "d"}'
    again = pipeline.send(dataset.slug, mended.encode())
    pipeline.run()
    assert pipeline.view(again).accepted == 1


def test_columns_that_nobody_knows_are_read_by_a_mapping(
    pipeline: Pipeline, dataset: DatasetRow, write: Sessions
) -> None:
    table = b"frage,antwort,thema\nWie lange?,Sieben Minuten.,Eier\nUnd dann?,,Eier\n"
    roles = '{"frage": "input", "antwort": "output", "thema": "label"}'
    assert pipeline.view(pipeline.send(dataset.slug, table)).accepted == 0
    pipeline.run()
    upload = pipeline.send(dataset.slug, table, mapping=roles)
    pipeline.run()
    report = pipeline.view(upload)
    assert (report.dialect, report.accepted, report.rejected) == ("mapped", 1, 1)
    with write() as session:
        (row,) = samples.page(session, dataset.id, Filter())
        assert (row.label, row.preview) == ("Eier", "Wie lange?")


@pytest.mark.parametrize("mapping", ["{", "[]", '{"a": "b"}', '{"a": "input"}'])
def test_a_mapping_that_makes_no_sample_is_refused_and_its_file_removed(
    pipeline: Pipeline, dataset: DatasetRow, mapping: str
) -> None:
    with pytest.raises(MappingError):
        pipeline.send(dataset.slug, lines({"a": 1}), mapping=mapping)
    assert list((pipeline.folder / "spool").iterdir()) == []


def test_the_same_key_with_another_mapping_is_a_conflict(
    pipeline: Pipeline, dataset: DatasetRow
) -> None:
    data, one = lines({"a": "x", "b": "y"}), '{"a": "input", "b": "output"}'
    first = pipeline.send(dataset.slug, data, key="k", mapping=one)
    assert pipeline.send(dataset.slug, data, key="k", mapping=f" {one}").id == first.id
    with pytest.raises(KeyReusedError):
        pipeline.send(dataset.slug, data, key="k")
