"""The steps of an import, as a browser without a script takes them: the page's own forms."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx2 import Response
from sqlmodel import col, select
from starlette.testclient import TestClient

from app.encoders.hashing import HashingEncoder
from app.storage import targets
from app.storage.board_tables import TargetTextRow
from app.storage.database import Sessions
from app.storage.tables import DatasetRow, JobRow, SampleRow, UploadRow
from app.web.deps import House
from tests import web_client
from tests.pipeline import Pipeline

TABLE = b"frage,antwort,thema\nWie lange?,Sieben Minuten.,eier\nWo?,Im Topf.,\n"
CHAT = b'{"prompt": "Mend a chair", "completion": "Glue it.", "topic": "chairs"}\n'


class Forms(HTMLParser):
    """The fields of the form that posts to an address, as they stand."""

    def __init__(self, page: str, action: str) -> None:
        super().__init__()
        self.action, self.inside, self.select = action, False, ""
        self.fields: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = told.get("action") == self.action
        if not self.inside:
            return
        if tag == "select":
            self.select = told["name"]
        if tag == "option" and "selected" in told:
            self.fields.append((self.select, told["value"]))
        plain = tag == "input" and told.get("type") in ("hidden", "text")
        if "name" in told and (plain or (tag == "input" and "checked" in told)):
            self.fields.append((told["name"], told.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False


@pytest.fixture
def person(write: Sessions, dataset: DatasetRow, tmp_path: Path) -> Iterator[TestClient]:
    with web_client.signed_in(web_client.make_app(tmp_path, write, write)) as client:
        yield client


def send(person: TestClient, data: bytes, name: str = "new.data") -> str:
    """Send a file as the page does; the address of the step that comes next."""
    answer = person.post("/d/recipes/uploads", content=data, headers={"X-Filename": name})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["location"])


def submit(person: TestClient, page: Response, step: str, **typed: str) -> Response:
    """Submit the page's form; `typed` replaces what stands in it, roles by their column."""
    action = re.sub(r"/\w+$", f"/{step}", page.url.path)
    fields = Forms(page.text, action).fields
    assert fields or f'action="{action}"' in page.text
    sent: dict[str, list[str]] = {}
    for name, value in fields:
        sent.setdefault(name, []).append(value)
    for at, column in enumerate(sent.get("names", [])):
        sent["roles"][at] = typed.pop(column, sent["roles"][at])
    return person.post(action, data={**sent, **{key: [value] for key, value in typed.items()}})


def stored(person: TestClient) -> list[SampleRow]:
    app = person.app
    assert isinstance(app, FastAPI)
    house: House = app.state.house
    with house.read() as session:
        return list(session.exec(select(SampleRow).order_by(col(SampleRow.id))).all())


def test_a_file_of_a_known_format_goes_straight_to_its_counts(person: TestClient) -> None:
    page = person.get(send(person, CHAT + CHAT + b"{\n"))
    assert page.url.path.endswith("/check")
    assert "1 new + 1 duplicates + 1 broken + 0 blank" in page.text
    assert stored(person) == []


def test_nothing_is_asked_for_before_the_last_step(person: TestClient, write: Sessions) -> None:
    page = person.get(send(person, CHAT))
    with write() as session:
        assert session.exec(select(JobRow)).all() == []
    done = submit(person, page, "import")
    assert re.search(r"/uploads/\d+$", done.url.path)
    with write() as session:
        assert [job.kind for job in session.exec(select(JobRow))] == ["parse"]
        upload = session.exec(select(UploadRow)).one()
        assert (upload.state, upload.lines, upload.accepted) == ("received", 0, 0)


def test_a_family_is_kept_and_can_be_listed(
    person: TestClient, write: Sessions, tmp_path: Path, encoder: HashingEncoder
) -> None:
    table = b"frage,antwort,aus\nWo?,Im Topf.,s1\nWo genau?,Im Topf.,s1\nWann?,Um sieben.,\n"
    page = person.get(send(person, table))
    submit(person, submit(person, page, "fields", aus="family"), "import")
    Pipeline(write, tmp_path, encoder).run()
    assert [row.family for row in stored(person)] == ["s1", "s1", ""]
    found = person.get("/d/recipes/samples?family=s1").text
    assert ("Wo?" in found, "Wo genau?" in found, "Wann?" in found) == (True, True, False)


def test_a_file_of_inputs_becomes_the_target_without_being_sent_again(
    person: TestClient, write: Sessions, tmp_path: Path, encoder: HashingEncoder
) -> None:
    page = person.get(send(person, b"frage,land\nWie lange?,at\nWo?,de\n", "logs.csv"))
    assert "No known format" in page.text
    done = submit(person, page, "target")
    assert re.search(r"/uploads/\d+$", done.url.path)
    Pipeline(write, tmp_path, encoder).run()
    with write() as session:
        dataset = session.exec(select(DatasetRow)).one()
        target = targets.find(session, dataset.id, "input")
        assert target is not None
        assert (target.kind, target.name) == ("reference", "logs.csv")
        texts = session.exec(select(TargetTextRow.text).order_by(col(TargetTextRow.position))).all()
        assert texts == ["Wie lange?", "Wo?"]
    assert stored(person) == []
    assert submit(person, page, "target").status_code == 409


def test_a_table_asks_which_column_holds_what_and_remembers_it(person: TestClient) -> None:
    page = person.get(send(person, TABLE))
    assert page.url.path.endswith("/fields")
    assert "No known format" in page.text
    checked = submit(person, page, "fields", thema="label", name="german tables")
    assert "2 new + 0 duplicates" in checked.text
    again = person.get(send(person, TABLE + b"Womit?,Mit Wasser.,eier\n"))
    assert again.url.path.endswith("/fields")
    assert "german tables" in again.text
    assert ("roles", "label") in Forms(again.text, again.url.path).fields


def test_what_no_sample_can_be_made_of_is_refused_where_it_was_said(person: TestClient) -> None:
    page = person.get(send(person, TABLE))
    refused = submit(person, page, "fields", antwort="metadata")
    assert refused.status_code == 422
    assert "No column is the output." in refused.text
    assert ("roles", "metadata") in Forms(refused.text, refused.url.path).fields


def test_a_column_beside_a_known_format_can_become_a_facet(
    person: TestClient, write: Sessions
) -> None:
    page = person.get(send(person, CHAT).replace("/check", "/fields"))
    checked = submit(person, page, "fields", topic="label")
    assert "1 new" in checked.text
    assert "chairs" in checked.text
    with write() as session:
        upload = session.exec(select(UploadRow)).one()
        assert (upload.read_as, upload.mapping) == ("prompt_completion", '{"topic":"label"}')


def test_stop_keeps_nothing_while_a_record_is_broken(person: TestClient, write: Sessions) -> None:
    page = person.get(send(person, CHAT + b"{\n"))
    refused = submit(person, page, "import", broken="stop")
    assert refused.status_code == 422
    assert "Nothing was imported." in refused.text
    with write() as session:
        assert session.exec(select(JobRow)).all() == []


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "Git LFS pointer"),
        (b"<!doctype html><html>", "web page"),
        (b"PK\x03\x04rest", "zip archive"),
        (b"", "There is nothing in it."),
        (b"question,answer\nGr\xf6\xdfe,x\n", "Line 2: This is not UTF-8 text"),
    ],
)
def test_what_is_no_data_is_told_at_the_second_step(
    person: TestClient, data: bytes, sentence: str
) -> None:
    page = person.get(send(person, data))
    assert page.url.path.endswith("/fields")
    assert "This file cannot be read." in page.text
    assert sentence in page.text


def test_an_undecided_file_is_listed_and_can_be_thrown_away(
    person: TestClient, tmp_path: Path
) -> None:
    page = person.get(send(person, CHAT, "chairs.jsonl"))
    assert "chairs.jsonl" in person.get("/d/recipes/import").text
    submit(person, page, "discard")
    assert "chairs.jsonl" not in person.get("/d/recipes/import").text
    assert list((tmp_path / "spool").iterdir()) == []
    assert person.get(page.url.path).status_code == 404


def test_a_decided_upload_has_no_steps_any_more(person: TestClient) -> None:
    page = person.get(send(person, CHAT))
    submit(person, page, "import")
    for step in ("fields", "check", "map"):
        assert person.get(page.url.path.replace("check", step)).status_code == 409
    assert person.post(page.url.path.replace("check", "discard")).status_code == 409


def test_the_target_is_chosen_last(person: TestClient) -> None:
    page = person.get(send(person, CHAT))
    choice = person.get(page.url.path.replace("check", "map"))
    assert ("target", "itself") in Forms(
        choice.text, page.url.path.replace("check", "import")
    ).fields
    done = submit(person, choice, "import", target="quotas")
    assert done.url.path == "/d/recipes/target"


def test_pasted_text_takes_the_same_steps(person: TestClient) -> None:
    page = person.post("/d/recipes/paste", data={"text": CHAT.decode()})
    assert page.url.path.endswith("/check")
    assert "1 new" in page.text
