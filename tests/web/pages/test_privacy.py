from dataclasses import replace

import pytest

from app.curation import audit, probing
from app.curation.audit import Filter, Kind
from app.curation.probe_page import ModelFacts
from app.storage import asker
from app.storage.asker import Asker
from app.storage.database import Sessions
from app.storage.tables import DatasetRow
from tests import web_client


@pytest.mark.parametrize(
    ("model", "said", "unsaid"),
    [
        (ModelFacts(), "Nothing leaves this machine", "The operator has configured"),
        (ModelFacts("models.example:443", "m1"), "models.example:443", "Nothing leaves"),
    ],
)
def test_the_page_says_what_leaves_and_where_to(
    write: Sessions, tmp_path: object, model: ModelFacts, said: str, unsaid: str
) -> None:
    app = web_client.make_app(tmp_path, write, write)  # type: ignore[arg-type]
    app.state.house = replace(app.state.house, model=model)
    with web_client.signed_in(app, "viewer") as client:
        page = client.get("/settings/privacy").text
    assert said in page
    assert unsaid not in page


def test_asking_a_model_is_noted_with_who_asked(write: Sessions, dataset: DatasetRow) -> None:
    with write() as session, asker.asked_by(Asker("mia")):
        row = session.merge(dataset)
        row.task = "Answer politely."
        probing.ask(session, row.slug, 3)
        (line,), _ = audit.page(session, Filter(kind=Kind.MODEL_ASKED))
    assert (line.actor, line.subject, line.body) == ("mia", "recipes", {"probes": 3})
