import codecs
import hashlib
from collections.abc import Mapping, Sequence

import orjson
import pytest

from app.curation import export, review, undoing
from app.curation.export import NothingToExportError, Order, TooManyExportsError
from app.curation.export_order import UnknownFormatError
from app.curation.export_recipe import Recipe
from app.curation.queries import QueryError
from app.curation.review import Change, ChangeError
from app.curation.versions import EmptyVersionError
from app.formats.exporters import EXPORTERS
from app.storage import asker, samples
from app.storage.asker import Asker
from app.storage.exports import ExportNotFoundError
from app.storage.tables import DatasetRow, Status
from app.storage.versions import VersionNotFoundError
from tests.curation.release import SLUG, Release, chat, lines_of
from tests.shared_data import folder

CHAT = Order("openai-chat")
ALPACA = Order("alpaca")
GOOD = [chat(f"How long do I cook {n} eggs?", f"About {n} minutes.") for n in range(12)]
TWO_SYSTEMS = {
    "messages": [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Hi"},
        {"role": "system", "content": "Be brief."},
        {"role": "assistant", "content": "Hello"},
    ]
}


def test_approved_samples_come_out_with_a_manifest(release: Release) -> None:
    ids = release.load(lines_of(GOOD))
    release.decide(ids[:1], Status.REJECTED)
    done = release.export(CHAT)
    data = release.content(done)
    assert [orjson.loads(line) for line in data.splitlines()] == GOOD[1:]
    manifest = orjson.loads(release.content(done, "manifest.json"))
    (file,) = manifest["files"]
    assert file["sha256"] == hashlib.sha256(data).hexdigest()
    assert (file["split"], file["rows"], file["bytes"]) == ("train", 11, len(data))
    assert manifest["version"]["hash"] == done.version_hash
    assert manifest["filter"] == {"query": "", "statuses": ["approved"]}
    assert (done.state, done.rows, done.total, done.failed) == ("done", 11, 11, 0)
    assert {file.name: (file.bytes, file.sha256) for file in done.files} == {
        name: (len(content), hashlib.sha256(content).hexdigest())
        for name in ("train.jsonl", "README.md", "manifest.json")
        for content in [release.content(done, name)]
    }


@pytest.mark.parametrize("order", [CHAT, ALPACA], ids=lambda order: order.format)
def test_the_same_version_and_options_give_the_same_bytes(
    release: Release, dataset: DatasetRow, order: Order
) -> None:
    ids = release.load(lines_of([*GOOD, TWO_SYSTEMS]))
    first = release.export(order)
    release.decide(ids, Status.REJECTED)
    release.edit(ids[0], "Eggs?", "No.")
    again = release.export(Order(order.format, version=first.version))
    assert again.id != first.id
    for name in ("train.jsonl", "README.md", "manifest.json"):
        assert release.content(again, name) == release.content(first, name)


def test_an_untouched_record_comes_out_as_it_went_in(release: Release, dataset: DatasetRow) -> None:
    spelled = (
        b'{"id": 7, "messages": [ {"role": "user", "content": "caf\\u00e9?"},'
        b' {"role": "assistant", "content": "Yes"} ], "score": 1.50, "tags": ["a"]}\n'
    )
    ids = release.load(spelled + lines_of(GOOD))
    assert release.content(release.export(CHAT)).startswith(spelled)
    release.edit(ids[0], "tea?", "Yes")
    first = orjson.loads(release.content(release.export(CHAT)).splitlines()[0])
    assert first["messages"][0]["content"] == "tea?"
    assert (first["id"], first["score"], first["tags"]) == (7, 1.5, ["a"])


def test_a_record_over_several_lines_becomes_one(release: Release) -> None:
    pretty = orjson.dumps(GOOD, option=orjson.OPT_INDENT_2)
    release.load(pretty)
    lines = release.content(release.export(CHAT)).splitlines()
    assert [orjson.loads(line) for line in lines] == GOOD


def test_a_role_that_the_trainer_does_not_know_is_never_given_back_as_it_came(
    release: Release,
) -> None:
    human = {"messages": [{"role": "human", "content": "Hi"}, {"role": "gpt", "content": "Ho"}]}
    release.load(lines_of([*GOOD, human]))
    last = orjson.loads(release.content(release.export(CHAT)).splitlines()[-1])
    assert [turn["role"] for turn in last["messages"]] == ["user", "assistant"]


def test_what_breaks_a_rule_is_left_out_and_linked(release: Release) -> None:
    ids = release.load(lines_of([*GOOD, TWO_SYSTEMS]))
    done = release.export(CHAT)
    assert (done.rows, done.failed, done.total) == (12, 1, 13)
    (failure,) = done.failures
    assert (failure.rule, failure.count, failure.samples) == ("openai-chat.system", 1, (ids[-1],))
    assert failure.sentence.endswith(".")
    manifest = orjson.loads(release.content(done, "manifest.json"))
    assert manifest["left_out"] == {"samples": 1, "rules": {"openai-chat.system": 1}}


def test_a_file_that_breaks_a_rule_says_so(release: Release) -> None:
    release.load(lines_of(GOOD[:3]))
    (failure,) = release.export(CHAT).failures
    assert (failure.rule, failure.count, failure.samples) == ("openai-chat.min_rows", 0, ())


LEFTOVERS = (
    chat("Who are you?", "I am {{name}}, at your service."),
    chat("What is your favourite soup?", "As an AI language model, I do not eat."),
    chat("Call me on +49 30 901820, it is urgent", "I will."),
)


def test_what_is_left_in_samples_is_told_and_left_out_on_request(release: Release) -> None:
    ids = release.load(lines_of([*GOOD, *LEFTOVERS]))
    done = release.export(CHAT)
    told = [(one.rule, one.count, one.samples) for one in done.left]
    names = ("any.placeholders", "any.boilerplate", "any.personal")
    assert told == [(name, 1, (at,)) for name, at in zip(names, ids[-3:], strict=True)]
    assert (done.rows, done.failed, done.failures) == (15, 0, ())
    assert orjson.loads(release.content(done, "manifest.json"))["leftovers"] == dict.fromkeys(
        sorted(names), 1
    )
    clean = release.export(Order("openai-chat", recipe=Recipe(clean=True)))
    assert (clean.rows, clean.failed, clean.left) == (12, 3, ())
    assert [(one.rule, one.count, one.samples) for one in clean.failures] == told
    split = release.export(Order("openai-chat", recipe=Recipe(split="80/20", clean=True)))
    assert (split.rows, split.failed, split.failures) == (12, 3, clean.failures)
    with release.write() as session:
        assert export.preview(session, SLUG, CHAT).left == done.left


def test_the_answer_that_is_not_learned_may_be_boilerplate(release: Release) -> None:
    said = [{"role": "assistant", "content": text} for text in ("Soup.", "As an AI, I do not eat.")]
    pair = {"prompt": [{"role": "user", "content": "?"}], "chosen": said[:1], "rejected": said[1:]}
    release.load(lines_of([pair]))
    assert release.export(Order("trl-preference")).left == ()


def test_a_query_chooses_the_samples_and_their_statuses(release: Release) -> None:
    ids = release.load(lines_of(GOOD))
    release.decide(ids[:4], Status.PENDING)
    pending = release.export(Order("alpaca", query="status=pending"))
    assert (pending.rows, pending.statuses) == (4, ("pending",))
    worded = release.export(Order("alpaca", query='q="cook 7 eggs"'))
    assert worded.rows == 1
    both = (Status.APPROVED, Status.PENDING)
    assert release.export(Order("alpaca", statuses=both)).rows == 12


def test_a_dry_run_counts_and_writes_nothing(release: Release) -> None:
    release.load(lines_of([*GOOD, TWO_SYSTEMS]))
    done = release.export(Order("openai-chat", dry_run=True))
    assert (done.state, done.rows, done.failed, done.files) == ("done", 12, 1, ())
    assert not [path for path in release.files.rglob("*") if path.is_file()]


def test_a_preview_counts_exactly_and_shows_five_lines(release: Release) -> None:
    ids = release.load(lines_of([TWO_SYSTEMS, *GOOD]))
    with release.write() as session:
        live = export.preview(session, SLUG, CHAT)
    assert (live.total, live.passed, live.failed, live.exact) == (13, 12, 1, True)
    assert live.failures[0].samples == (ids[0],)
    done = release.export(CHAT)
    written = release.content(done).decode().splitlines()
    assert list(live.lines) == written[:5]
    with release.write() as session:
        frozen = export.preview(session, SLUG, Order("openai-chat", version=done.version))
    assert frozen == live


def test_the_preview_of_nothing_is_empty(release: Release) -> None:
    release.load(lines_of(GOOD), status=Status.PENDING)
    with release.write() as session:
        shown = export.preview(session, SLUG, CHAT)
    assert (shown.total, shown.lines) == (0, ())


@pytest.mark.parametrize(
    ("order", "error"),
    [
        (Order("docx"), UnknownFormatError),
        (Order("alpaca", version=9), VersionNotFoundError),
        (Order("alpaca", query="oops=1"), QueryError),
        (Order("alpaca", query="status=rejected"), EmptyVersionError),
        (Order("alpaca"), NothingToExportError),
    ],
    ids=["format", "version", "query", "empty", "nothing approved"],
)
def test_what_cannot_be_exported_is_refused(
    release: Release, order: Order, error: type[Exception]
) -> None:
    ids = release.load(lines_of(GOOD))
    release.decide(ids, Status.PENDING)
    with pytest.raises(error):
        release.start(order)


def test_the_same_open_export_is_not_started_twice_and_open_ones_are_few(
    release: Release,
) -> None:
    release.load(lines_of(GOOD))
    first = release.start(CHAT)
    assert release.start(CHAT).id == first.id
    assert release.start(CHAT, actor="ben").id != first.id
    for status in (Status.PENDING, Status.REJECTED, Status.NEEDS_WORK, None):
        wanted = (Status.APPROVED, status) if status else ()
        release.start(Order("alpaca", statuses=wanted))
    with asker.asked_by(Asker("mia", most_exports=5)), pytest.raises(TooManyExportsError):
        release.start(Order("openai-chat", dry_run=True))
    with asker.asked_by(Asker("mia", most_exports=6)):
        release.start(Order("openai-chat", dry_run=True))


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../manifest.json", "/etc/passwd", "train.jsonl\0", "TRAIN.JSONL", "x" * 300],
)
def test_t11_only_the_exports_own_files_can_be_fetched(release: Release, name: str) -> None:
    release.load(lines_of(GOOD))
    done = release.export(CHAT)
    with pytest.raises(ExportNotFoundError):
        release.content(done, name)


def test_a_file_that_somebody_removed_is_not_found(release: Release) -> None:
    release.load(lines_of(GOOD))
    done = release.export(CHAT)
    (release.files / str(done.id) / "train.jsonl").unlink()
    with pytest.raises(ExportNotFoundError):
        release.content(done)


@pytest.mark.parametrize("export_id", [0, -1, 2**31, 10**30])
def test_an_impossible_id_is_not_found(release: Release, export_id: int) -> None:
    with pytest.raises(ExportNotFoundError):
        release.view(export_id)


def test_the_newest_exports_come_first(release: Release) -> None:
    release.load(lines_of(GOOD))
    made = [release.export(order).id for order in (CHAT, ALPACA, CHAT)]
    with release.write() as session:
        assert [row.id for row in export.history(session, SLUG)] == made[::-1]
        assert [row.id for row in export.history(session, SLUG, before=made[2], limit=1)] == [
            made[1]
        ]


def test_every_format_tells_its_rules() -> None:
    told = {shown.name: shown.rules for shown in export.formats()}
    assert set(told) == set(EXPORTERS)
    assert all(rule.id.startswith(name) for name, rules in told.items() for rule in rules)


def test_every_format_can_be_exported_with_its_configuration(release: Release) -> None:
    release.load(lines_of(GOOD))
    for name, exporter in EXPORTERS.items():
        done = release.export(Order(name))
        contents = {file.name: release.content(done, file.name) for file in done.files}
        assert (done.state, done.rows + done.failed) == ("done", 12)
        data = f"train{exporter.suffix}"
        assert contents[data].startswith(exporter.prefix)
        configured = exporter.config_files({"train": done.rows}, {"train": data})
        assert set(contents) == {data, "README.md", "manifest.json", *configured}
        manifest = orjson.loads(contents["manifest.json"])
        for told in (*manifest["files"], *manifest["beside"]):
            content = contents[told["name"]]
            assert told["sha256"] == hashlib.sha256(content).hexdigest()


def test_pairs_verdicts_and_texts_go_to_the_trainers_that_take_them(release: Release) -> None:
    asked = [{"role": "user", "content": "Boil an egg?"}]
    said = {"chosen": [{"role": "assistant", "content": "Seven minutes."}]}
    two = [
        {"prompt": asked, **said, "rejected": [{"role": "assistant", "content": text}]}
        for text in ("No.", "Never.")
    ]
    judged = {"prompt": asked, "completion": said["chosen"], "label": False}
    ids = release.load(lines_of([*two, judged, {"text": "Eggs boil."}, *GOOD[:2]]))
    assert len(ids) == 6  # pairs that differ in the other answer are two
    expected: dict[str, Sequence[Mapping[str, object]]] = {
        "trl-preference": two,
        "trl-kto": [judged],
        "trl-text": [{"text": "Eggs boil."}],
        "openai-chat": GOOD[:2],
    }
    for name, records in expected.items():
        done = release.export(Order(name))
        assert release.content(done) == lines_of(records), name
        left_out = {found.rule: found.count for found in done.failures if found.count}
        assert left_out == {f"{name}.kind": 6 - len(records)}


SPOKEN = {"human": "user", "gpt": "assistant", "system": "system"}


def said(turn: Mapping[str, str]) -> dict[str, str]:
    """A turn of ShareGPT as TRL writes it."""
    return {"role": SPOKEN[turn["from"]], "content": turn["value"]}


def test_real_pairs_come_out_as_trl_writes_them(release: Release) -> None:
    data = (folder("llamafactory_demo") / "dpo_en_demo.json").read_bytes()
    release.load(data)
    done = release.export(Order("trl-preference"))
    pairs = [
        {
            "prompt": [said(turn) for turn in record["conversations"]],
            "chosen": [said(record["chosen"])],
            "rejected": [said(record["rejected"])],
        }
        for record in orjson.loads(data)
    ]
    lines = list(dict.fromkeys(map(orjson.dumps, pairs)))  # five of the 300 are there twice
    assert (done.rows, done.failed) == (295, 0)
    assert release.content(done).splitlines() == lines
    assert_given_back(release, data)


def test_real_verdicts_come_out_as_trl_writes_them(release: Release) -> None:
    data = (folder("llamafactory_demo") / "kto_en_demo.json").read_bytes()
    release.load(data)
    done = release.export(Order("trl-kto"))
    lines = [
        orjson.dumps(
            {
                "prompt": turns[:-1],
                "completion": turns[-1:],
                "label": record["label"],
            }
        )
        for record in orjson.loads(data)
        for turns in [[{"role": t["role"], "content": t["content"]} for t in record["messages"]]]
    ]
    assert (done.rows, done.failed) == (len(lines), 0)
    assert release.content(done).splitlines() == lines
    assert_given_back(release, data)


def assert_given_back(release: Release, data: bytes) -> None:
    """As they were imported, the records say what they said."""
    lines = release.content(release.export(Order("as-imported"))).splitlines()
    once = dict.fromkeys(map(orjson.dumps, orjson.loads(data)))
    assert [orjson.loads(line) for line in lines] == list(map(orjson.loads, once))


def test_a_pair_keeps_its_other_answer_when_it_is_edited(
    release: Release, dataset: DatasetRow
) -> None:
    pair = {"prompt": "Boil an egg?", "chosen": "Seven minutes.", "rejected": "No."}
    (number,) = release.load(lines_of([pair]))
    frozen = release.export(Order("as-imported"))
    better = [{"role": "user", "content": "Boil an egg?"}, {"role": "assistant", "content": "8."}]
    with release.write() as session:
        head = samples.get(session, dataset.id, number).version
        change = Change(messages=better)
        review.decide(session, SLUG, number, change, version=head, actor="mia")
    assert orjson.loads(release.content(release.export(Order("trl-preference")))) == {
        "prompt": better[:1],
        "chosen": better[1:],
        "rejected": [{"role": "assistant", "content": "No."}],
    }
    with release.write() as session:
        undoing.undo(session, SLUG, "mia")
        assert samples.get(session, dataset.id, number).rest
    again = release.export(Order("as-imported", version=frozen.version))
    assert release.content(again) == release.content(frozen) == lines_of([pair])


def test_a_conversation_may_become_a_pair_under_the_same_id(release: Release) -> None:
    release.load(lines_of([{"id": "7", "instruction": "Boil an egg?", "output": "Seven."}]))
    first = release.export(Order("as-imported"))
    pair = {"id": "7", "prompt": "Boil an egg?", "chosen": "Seven.", "rejected": "No."}
    assert len(release.load(lines_of([pair]))) == 1
    line = orjson.loads(release.content(release.export(Order("as-imported"))))
    assert line == pair  # the record that was brought last, as it was brought
    again = release.export(Order("as-imported", version=first.version))
    assert orjson.loads(release.content(again))["output"] == "Seven."
    release.load(lines_of([{"id": "7", "instruction": "Boil an egg?", "output": "Eight."}]))
    assert release.export(Order("openai-chat")).rows == 1


def test_a_bare_text_can_be_edited_and_not_emptied(release: Release) -> None:
    (number,) = release.load(lines_of([{"text": "Eggs boil."}]))
    for text in ("Eggs fry.", " "):
        change = Change(messages=[{"role": "user", "content": text}])
        with release.write() as session:
            found = samples.find_anywhere(session, number)
            assert found is not None
            if text.strip():
                review.decide(session, SLUG, number, change, version=found.version, actor="mia")
            else:
                with pytest.raises(ChangeError):
                    review.decide(session, SLUG, number, change, version=found.version, actor="mia")
    assert release.content(release.export(Order("trl-text"))) == b'{"text":"Eggs fry."}\n'


def test_azure_gets_its_mark_and_llamafactory_its_description(release: Release) -> None:
    release.load(lines_of(GOOD))
    azure = release.content(release.export(Order("azure-openai")))
    assert azure == codecs.BOM_UTF8 + lines_of(GOOD)
    done = release.export(Order("llamafactory-sharegpt"))
    manifest = orjson.loads(release.content(done, "manifest.json"))
    described = release.content(done, "dataset_info.json")
    assert manifest["beside"][0] == {
        "name": "dataset_info.json",
        "bytes": len(described),
        "sha256": hashlib.sha256(described).hexdigest(),
    }
    assert orjson.loads(described)["train"]["file_name"] == "train.jsonl"
