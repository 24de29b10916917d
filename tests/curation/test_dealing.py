"""Exports that are capped, split and counted: what goes where, and that it stays so."""

from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
import orjson
import pytest

from app.curation import export, export_recipe, export_run, queries
from app.curation.dealing import NoBoardError
from app.curation.export import ExportView, Order
from app.curation.export_recipe import CapError, Recipe, RecipeError, SplitError
from app.encoders import weights
from app.encoders.tokenizer_files import BrokenTokenizerError, UnknownTokenizerError
from app.storage import embeddings, frames, jobs, samples
from app.storage.filters import NEAR_DUPLICATE, Filter
from app.storage.tables import DatasetRow, Status
from app.worker.loop import run_next
from tests.curation.release import SLUG, Release, chat, lines_of
from tests.curation.test_export import GOOD, TWO_SYSTEMS
from tests.curation.test_export_run import claim, kill
from tests.pipeline import Pipeline

NAMES = ("train", "validation", "test")


@pytest.fixture
def on_board(release: Release, dishes_board: DatasetRow) -> Release:
    release.decide(release.ids(), Status.APPROVED)
    return release


def order(recipe: Recipe, **more: object) -> Order:
    return Order("alpaca", recipe=recipe, **more)  # type: ignore[arg-type]


def inputs_of(release: Release, done: ExportView) -> dict[str, list[str]]:
    """What each file asks."""
    return {
        split.name: [
            orjson.loads(line)["instruction"]
            for line in release.content(done, f"{split.name}.jsonl").splitlines()
        ]
        for split in done.outcome.splits
    }


def test_a_split_gives_three_files_of_exact_sizes_that_hold_everything(release: Release) -> None:
    release.load(lines_of([*(chat(f"Question {n}?", "Yes.") for n in range(99)), TWO_SYSTEMS]))
    done = release.export(order(Recipe(split="80/10/10", seed=3)))
    assert done.outcome.rows == {"train": 79, "validation": 10, "test": 10}
    assert (done.rows, done.failed, done.total) == (99, 1, 100)
    asked = inputs_of(release, done)
    assert sorted(chain(*asked.values())) == sorted(f"Question {n}?" for n in range(99))
    manifest = orjson.loads(release.content(done, "manifest.json"))
    assert [(one["name"], one["rows"]) for one in manifest["files"]] == [
        ("train.jsonl", 79), ("validation.jsonl", 10), ("test.jsonl", 10),
    ]  # fmt: skip
    assert manifest["split"]["near_copies_known"] is False
    assert b"There was no board" in release.content(done, "README.md").replace(b"there", b"There")


def test_families_and_the_same_question_never_straddle(release: Release) -> None:
    made = [
        chat(f"Question {n}.{k}?", f"Answer {k}", id=f"p{n}.{k}", parent_id=f"p{n}.{k - 1}")
        if k
        else chat(f"Question {n}.{k}?", f"Answer {k}", id=f"p{n}.{k}")
        for n in range(20)
        for k in range(3)
    ]  # fmt: skip
    twice = [chat("The same question?", f"Answer {n}") for n in range(6)]
    release.load(lines_of([*made, *twice]))
    done = release.export(order(Recipe(split="50/25/25")))
    assert (done.outcome.groups, done.outcome.grouped, done.outcome.largest) == (21, 66, 6)
    where = {text: name for name, texts in inputs_of(release, done).items() for text in texts}
    for n in range(20):
        assert len({where[f"Question {n}.{k}?"] for k in range(3)}) == 1
    assert sum("The same question?" in texts for texts in inputs_of(release, done).values()) == 1


@pytest.mark.parametrize("by", ["random", "topic", "region"])
def test_no_near_copy_is_in_another_split_and_no_held_out_cell_is_learned(
    on_board: Release, dataset: DatasetRow, by: str
) -> None:
    done = on_board.export(order(Recipe(split="60/20/20", by=by)))
    where = {text: name for name, texts in inputs_of(on_board, done).items() for text in texts}
    with on_board.read() as session:
        frame = frames.newest(session, dataset.id)
        assert frame is not None
        ids, _, vectors = embeddings.of_samples(session, dataset.id, "input", frame.encoder)
        texts = [
            orjson.loads(samples.get(session, dataset.id, one).messages)[0]["content"]
            for one in ids
        ]
        held = {
            row.preview: name
            for name, cells in done.outcome.held_out
            for row in samples.page(session, dataset.id, _cells(session, dataset, cells), limit=500)
        }
    one, other = np.nonzero(vectors @ vectors.T >= NEAR_DUPLICATE)
    assert done.outcome.near
    assert all(where[texts[a]] == where[texts[b]] for a, b in zip(one, other, strict=True))
    assert bool(held) == (by == "region")
    assert all(where[text] != "train" for text in held)


def _cells(session: object, dataset: DatasetRow, cells: tuple[str, ...]) -> Filter:
    query = queries.parse([("cell", ",".join(cells))])
    return queries.resolve(session, dataset.id, query)  # type: ignore[arg-type]


def test_a_repeat_is_the_same_after_the_board_is_gone(
    on_board: Release, dataset: DatasetRow
) -> None:
    recipe = Recipe(split="70/15/15", by="region", cap=1.0, seed=9)
    first = on_board.export(order(recipe))
    with on_board.write() as session:
        for row in (frames.newest(session, dataset.id),):
            session.delete(row)
    again = on_board.export(order(recipe, version=first.version))
    assert again.id != first.id
    assert [file.sha256 for file in again.files] == [file.sha256 for file in first.files]


def test_what_was_dealt_without_a_board_is_dealt_again_when_there_is_one(
    release: Release, dataset: DatasetRow, pipeline: Pipeline
) -> None:
    lines = [
        orjson.dumps({"prompt": f"how do I make bread number {n}?", "completion": "so"})
        for n in range(60)
    ]
    release.load(b"\n".join(lines))
    wanted = order(Recipe(split="50/50"))
    first = release.export(wanted)
    again = release.export(wanted)
    assert [file.sha256 for file in again.files] == [file.sha256 for file in first.files]
    pipeline.run()
    with_board = release.export(replace(wanted, version=first.version))
    assert (first.outcome.near, with_board.outcome.near) == (False, True)


def test_a_split_that_began_before_there_was_a_board_is_begun_anew(
    release: Release, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_run, "CHUNK", 10)
    release.load(lines_of(chat(f"how do I make bread number {n}?", "so") for n in range(60)))
    started = release.start(order(Recipe(split="50/50")))
    kill(release, at=6 + 1 + 3)  # checked, dealt, and half of it written
    claim(release, "idle")  # so that it does not go on before there is a board
    pipeline.run()
    with release.write() as session:
        jobs.release_of(session, "idle")
    release.run()
    done = release.view(started.id)
    asked = inputs_of(release, done)
    assert (done.outcome.near, done.rows) == (True, 60)
    assert sorted(chain(*asked.values())) == sorted(
        f"how do I make bread number {n}?" for n in range(60)
    )


def test_a_cap_takes_the_most_redundant_and_never_goes_below_the_target(
    on_board: Release, dataset: DatasetRow
) -> None:
    whole = on_board.export(order(Recipe()))
    done = on_board.export(order(Recipe(cap=1.0)))
    assert done.outcome.capped > 0
    assert done.rows + done.outcome.capped == whole.rows == done.total - done.failed
    for cell in done.outcome.cells:
        assert 1 <= cell.after < cell.before
    manifest = orjson.loads(on_board.content(done, "manifest.json"))
    assert manifest["cap"]["samples"] == done.outcome.capped
    shown = export_preview(on_board, order(Recipe(cap=1.0)))
    assert shown == done.outcome


def export_preview(release: Release, wanted: Order) -> object:
    with release.read() as session:
        return export.preview(session, SLUG, wanted).outcome


def test_what_needs_a_board_says_so_before_there_is_one(release: Release) -> None:
    release.load(lines_of(GOOD))
    for recipe in (Recipe(cap=2.0), Recipe(split="90/5/5", by="region")):
        with release.read() as session:
            shown = export.preview(session, SLUG, order(recipe))
        assert "no board" in shown.refused
        done = release.export(order(recipe))
        assert done.state == "failed"
        assert done.job is not None
        assert done.job.error == str(NoBoardError())


def test_tokens_are_counted_and_what_is_too_long_is_left_out(release: Release) -> None:
    long = chat("Why? " * 600, "Because.")
    release.load(lines_of([*GOOD, long]))
    done = release.export(Order("openai-chat", recipe=Recipe(limit=200)))
    assert done.recipe.tokenizer == "estimate"
    assert (done.rows, done.failed) == (12, 1)
    assert [one.rule for one in done.failures] == ["openai-chat.tokens", "any.trained"]
    assert 12 * 5 < done.outcome.trained < done.outcome.tokens
    assert b"an estimate" in release.content(done, "README.md")
    free = release.export(Order("axolotl-chat", recipe=Recipe(limit=200, tokenizer="estimate")))
    assert [one.rule for one in free.failures] == ["any.trained"]


def test_a_tokenizer_is_chosen_by_name_and_must_stay_the_same(release: Release) -> None:
    release.load(lines_of(GOOD))
    folder = release.folder / "tokenizers"
    folder.mkdir()
    content = (weights.folder() / "tokenizer.json").read_bytes()
    (folder / "mine.json").write_bytes(content)
    wanted = Order("openai-chat", recipe=Recipe(tokenizer="mine"))
    with release.write() as session:
        started = export.start(session, SLUG, wanted, actor="mia", tokenizers=folder)
    (folder / "mine.json").write_bytes(content + b"\n")
    release.run()
    assert release.view(started.id).state == "failed"
    with release.write() as session:
        again = export.start(session, SLUG, wanted, actor="mia", tokenizers=folder)
    release.run()
    assert release.view(again.id).outcome.tokens > 0
    (folder / "odd.json").write_bytes(b"{}")
    odd = Order("alpaca", recipe=Recipe(tokenizer="odd"))
    with release.read() as session, pytest.raises(BrokenTokenizerError):
        export.preview(session, SLUG, odd, tokenizers=folder)
    for name in ("../mine", "mine.json", "x" * 200, str(folder / "mine.json")):
        with pytest.raises(UnknownTokenizerError):
            export_recipe.check(Recipe(tokenizer=name), folder)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"parts": "90/5"}, SplitError),
        ({"parts": "0/50/50"}, SplitError),
        ({"parts": "ninety"}, SplitError),
        ({"cap": "0.5"}, CapError),
        ({"cap": "nan"}, CapError),
        ({"cap": "much"}, RecipeError),
        ({"by": "moon"}, RecipeError),
        ({"seed": "-1"}, RecipeError),
        ({"limit": "1e9"}, RecipeError),
        ({"licence": "x" * 201}, RecipeError),
    ],
)
def test_a_choice_out_of_range_is_refused(
    fields: dict[str, str], error: type[Exception], tmp_path: Path
) -> None:
    with pytest.raises(error):
        export_recipe.check(export_recipe.read(fields), tmp_path)


def test_what_is_read_from_fields_writes_them_again() -> None:
    recipe = Recipe("80/10/10", "label", 4, 2.5, "mine", 8_000, "cc-by-4.0")
    assert export_recipe.read(export_recipe.write(recipe)) == recipe
    assert export_recipe.write(Recipe()) == {}


def test_the_card_says_what_is_in_it(release: Release) -> None:
    release.load(lines_of([*(chat(f"Q {n}", "A", label="tea") for n in range(30))]))
    recipe = Recipe(split="80/10/10", licence="cc-by-4.0", tokenizer="estimate")
    done = release.export(order(recipe))
    card = release.content(done, "README.md").decode()
    assert card.startswith("---\npretty_name: ")
    assert "\nlicense: cc-by-4.0\n" in card
    assert "  - split: validation\n    path: validation.jsonl\n" in card
    assert "- tea: 30 (100.0%)" in card
    assert done.version_hash in card


def test_a_licence_that_the_hub_does_not_know_is_named_beside_other(release: Release) -> None:
    release.load(lines_of(GOOD))
    done = release.export(order(Recipe(licence="Ours: see <the> contract")))
    card = release.content(done, "README.md").decode()
    assert '\nlicense: other\nlicense_name: "Ours: see <the> contract"\n' in card
    assert "## Licence\n\nOurs: see &lt;the> contract\n" in card


def test_another_licence_deals_alike(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_run, "CHUNK", 7)
    release.load(lines_of([*GOOD, *[chat(f"More {n}", "x") for n in range(20)]]))
    whole = release.export(order(Recipe(split="50/25/25")))
    again = release.export(order(Recipe(split="50/25/25", licence="mit"), version=whole.version))
    assert inputs_of(release, again) == inputs_of(release, whole)
    assert not run_next(release.write, "test", release.tasks)
