"""Choosing a target as a person does: with the forms that are on the page."""

import html
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.curation import board
from app.settings import Settings
from app.storage import probes, targets
from app.storage.database import Sessions
from app.storage.tables import DatasetRow
from app.web.app import create_app
from app.worker import main
from app.worker.loop import run_next
from app.worker.tasks import make_tasks
from tests import web_client
from tests.model_server import Answer, ModelServer, saying, serving
from tests.pipeline import Pipeline

PAGE = "/d/recipes/target"
PROBES = f"{PAGE}/probes"


class Form(HTMLParser):
    """What a browser would send for the form with this action: name and value, in order."""

    def __init__(self, page: str, action: str) -> None:
        super().__init__()
        self.action, self.inside, self.area = action, False, ""
        self.fields: list[tuple[str, str]] = []
        self.boxes: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = told.get("action") == self.action
        elif self.inside and tag == "input" and told.get("type") == "checkbox":
            self.boxes.append((told["name"], told["value"]))
        elif self.inside and tag == "input" and "name" in told:
            self.fields.append((told["name"], told.get("value", "")))
        elif self.inside and tag == "textarea":
            self.area = told["name"]
            self.fields.append((self.area, ""))

    def handle_data(self, data: str) -> None:
        if self.inside and self.area:
            self.fields[-1] = (self.area, self.fields[-1][1] + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = ""
        if tag == "form":
            self.inside = False

    def send(self, client: TestClient, **more: str | list[str]) -> str:
        """Send it with further fields, such as the button pressed; the page that comes."""
        data: dict[str, list[str]] = {}
        for name, value in self.fields:
            data.setdefault(name, []).append(value)
        for name, told in more.items():
            data[name] = told if isinstance(told, list) else [told]
        answer = client.post(self.action, data=data)
        assert answer.status_code in (200, 422), answer.text
        return html.unescape(answer.text)


def test_the_choice_says_what_each_target_can_and_cannot_say(
    browser: TestClient, dataset: DatasetRow
) -> None:
    page = browser.get(PAGE).text
    for title in ("Quotas", "A reference file", "Another data set", "Probes", "This data only"):
        assert title in page
    assert page.count("It cannot say") == 5
    assert page.count("in force") == 1
    assert browser.get("/d/nowhere/target").status_code == 404


def test_a_person_sets_quotas_without_a_script(
    browser: TestClient, three_labels_board: DatasetRow, pipeline: Pipeline, write: Sessions
) -> None:
    page = browser.get(PAGE).text
    form = Form(page, f"{PAGE}/quotas")
    values = [value for name, value in form.fields if name == "values"]
    assert values[:3] == ["egg", "soup", "bread"]
    assert "62.5%" in page
    shares = ["40", "40", "20,0", "", "", ""]
    page = form.send(browser, shares=shares, act="sum")
    assert "They add up to 100." in page
    values[3] = "returns"
    shares[3] = "25 %"
    page = Form(page, f"{PAGE}/quotas").send(browser, values=values, shares=shares, act="save")
    pipeline.run()
    page = html.unescape(browser.get("/d/recipes/board").text)
    assert "quotas for 4 labels" in page
    assert re.search(r"returns</b> 0 of \d+ wanted", page)
    assert "too many" in page
    with write() as session:
        target = targets.find(session, three_labels_board.id)
    assert target is not None
    assert {value: round(share, 3) for value, share in target.definition["shares"].items()} == {
        "egg": 0.32, "soup": 0.32, "bread": 0.16, "returns": 0.2,
    }  # fmt: skip
    shown = dict(zip(*_rows(browser.get(PAGE).text), strict=True))
    assert (shown["egg"], shown["returns"]) == ("32", "20")


def _rows(page: str) -> tuple[list[str], list[str]]:
    fields = Form(page, f"{PAGE}/quotas").fields
    values = [value for name, value in fields if name == "values" and value]
    return values, [value for name, value in fields if name == "shares"][: len(values)]


def test_shares_may_begin_equal_or_as_they_are(
    browser: TestClient, three_labels_board: DatasetRow
) -> None:
    assert _rows(browser.get(PAGE, params={"fill": "equal"}).text)[1] == ["33.33"] * 3
    assert _rows(browser.get(PAGE, params={"fill": "present"}).text)[1] == ["62.5", "25", "12.5"]
    by_origin = browser.get(PAGE, params={"facet": "origin"}).text
    assert _rows(by_origin)[0] == ["unknown"]


@pytest.mark.parametrize(
    ("values", "shares", "sentence"),
    [
        (["egg"], ["lots"], "The share of egg is not a number: lots"),
        (["egg", "egg "], ["1", "2"], "egg stands there twice."),
        ([""], ["7"], "The share 7 stands beside no name."),
        (["egg"], ["-4"], "The share of egg has to be zero or more."),
        (["egg"], ["0"], "At least one share has to be above zero."),
        (["<i>"], ["x"], "The share of <i> is not a number: x"),
        ([], [], "Quotas need shares"),
    ],
    ids=["words", "twice", "nameless", "negative", "nothing", "hostile", "empty"],
)
def test_a_wrong_share_is_said_beside_what_was_typed(
    browser: TestClient, dataset: DatasetRow, values: list[str], shares: list[str], sentence: str
) -> None:
    told = {"facet": "label", "values": values, "shares": shares, "act": "save"}
    answer = browser.post(f"{PAGE}/quotas", data=told)
    assert answer.status_code == 422
    assert sentence in html.unescape(answer.text)
    assert "<i>" not in answer.text
    if values and values[0]:
        assert f'value="{html.escape(values[0])}"' in answer.text


def test_more_rows_keep_what_was_typed(browser: TestClient, three_labels_board: DatasetRow) -> None:
    form = Form(browser.get(PAGE).text, f"{PAGE}/quotas")
    page = form.send(browser, shares=["5", "", "", "", "", ""], act="more")
    fields = Form(page, f"{PAGE}/quotas").fields
    assert len([1 for name, _ in fields if name == "shares"]) == 13
    assert _rows(page)[1] == ["5", "", ""]


def test_a_version_is_chosen_from_the_list(
    browser: TestClient, three_labels_board: DatasetRow, pipeline: Pipeline, write: Sessions
) -> None:
    made = browser.post("/api/v1/datasets/recipes/versions", json={"name": "first"})
    assert made.status_code == 201, made.text
    page = browser.get(PAGE).text
    assert '<option value="recipes@1">recipes v1, first</option>' in page
    page = browser.post(f"{PAGE}/dataset", data={"source": "recipes@1"}).text
    assert "Copy the inputs of recipes v1" in page
    pipeline.run()
    with write() as session:
        assert board.view(session, "recipes").target_name == "recipes v1"
    refused = browser.post(f"{PAGE}/dataset", data={"source": "nowhere@2"})
    assert refused.status_code == 404


def test_without_a_model_the_page_explains_how_to_have_one(
    browser: TestClient, dataset: DatasetRow
) -> None:
    page = browser.get(PROBES).text
    assert "DARTBOARD_MODEL_URL" in page
    assert ">Propose</button>" not in page
    refused = browser.post(PROBES, data={"count": "20"})
    assert refused.status_code == 422
    assert "No language model is configured" in refused.text


def settings(folder: Path, server: ModelServer) -> Settings:
    key = folder / "key.txt"
    key.write_text("sk-very-secret\n")
    return Settings(
        data_dir=folder, encoder="hashing", model_url=server.url, model_name="tiny",
        model_key_file=key,
    )  # fmt: skip


def run_worker(write: Sessions, told: Settings) -> None:
    tasks = make_tasks(main.make_tools(told, write, write))
    while run_next(write, "test", tasks):
        pass


def test_a_person_reads_proposals_and_approves_some(
    write: Sessions, dataset: DatasetRow, tmp_path: Path
) -> None:
    with serving(saying('["Boil an egg?", "Bake bread?", "<b>Fry rice?</b>"]')) as server:
        told = settings(tmp_path, server)
        with web_client.signed_in(create_app(told, write, write)) as browser:
            assert "Write down the task first" in browser.get(PROBES).text
            page = Form(browser.get(PROBES).text, "/d/recipes/task").send(
                browser, task="Answer questions about cooking."
            )
            assert f"<b>{server.url.split('/')[2]}</b>, model <b>tiny</b>" in page
            Form(page, PROBES).send(browser, count="3")
            run_worker(write, told)
            page = browser.get(PROBES).text
            assert "3 proposals to read" in page
            assert "<b>Fry" not in page
            form = Form(page, f"{PROBES}/decisions")
            ids = [value for name, value in form.boxes if name == "chosen"]
            texts = [value for name, value in form.fields if name == "texts"]
            assert texts[0] == "Boil an egg?"
            form.send(browser, chosen=ids[:1], act="approve", texts=["Boil two eggs?", *texts[1:]])
            page = browser.get(PROBES).text
            Form(page, f"{PROBES}/decisions").send(browser, chosen=ids[2:], act="drop")
            page = browser.get(PROBES).text
            assert ("1 proposal to read" in page, "1 approved" in page) == (True, True)
            Form(page, f"{PROBES}/use").send(browser)
            run_worker(write, told)
            assert "sk-very-secret" not in browser.get(PROBES).text
    with write() as session:
        target = targets.find(session, dataset.id)
        assert target is not None
        assert (target.kind, target.name) == ("probes", "1 approved probe")
        assert targets.texts_of(session, target.id) == [(0, "Boil two eggs?")]
        assert probes.count(session, dataset.id) == {"approved": 1, "dropped": 1, "proposed": 1}
    assert server.headers[0]["authorization"] == "Bearer sk-very-secret"


def test_t22_a_failing_model_leaves_no_secret_anywhere(
    write: Sessions, dataset: DatasetRow, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(Answer(500, b"sk-very-secret is wrong, <script>")) as server:
        told = settings(tmp_path, server)
        with web_client.signed_in(create_app(told, write, write)) as browser:
            browser.post("/d/recipes/task", data={"task": "Cook."})
            browser.post(PROBES, data={"count": "5"})
            run_worker(write, told)
            page = browser.get(PROBES).text
            jobs = browser.get("/jobs").text
    assert "The language model answered with status 500." in page
    assert "sk-very-secret" not in page + jobs + caplog.text


@pytest.mark.parametrize("role", ["viewer", "reviewer"])
def test_only_a_curator_chooses(
    write: Sessions, dataset: DatasetRow, tmp_path: Path, role: str
) -> None:
    with web_client.signed_in(web_client.make_app(tmp_path, write, write), role) as reader:
        page = reader.get(PAGE)
        assert page.status_code == 200
        assert f'action="{PAGE}' not in page.text
        for address in (f"{PAGE}/quotas", f"{PAGE}/dataset", PROBES, f"{PROBES}/use"):
            assert reader.post(address).status_code == 403
        assert reader.get(PROBES).status_code == 403
