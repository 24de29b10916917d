from starlette.testclient import TestClient

from app.storage.tables import DatasetRow

LABELS = "/api/v1/datasets/recipes/labels"


def test_labels_are_kept_with_their_guideline(program: TestClient, dataset: DatasetRow) -> None:
    scheme = {"version": 0, "labels": [{"name": "rude", "hue": 5}], "guideline": "Be kind."}
    assert program.put(LABELS, json=scheme).status_code == 200
    told = program.get(LABELS).json()
    assert (told["labels"][0]["name"], told["guideline"]) == ("rude", "Be kind.")
