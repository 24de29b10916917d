"""What is refused before any route is looked for."""

import pytest
from starlette.testclient import TestClient

from app.storage.tables import DatasetRow


@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        ("/d/recipes%00/samples", 404, "There is no such page."),
        ("/d/recipes/samples?label=a%00b", 422, "cannot hold the character NUL"),
    ],
)
def test_an_address_with_a_nul_is_of_nothing(
    browser: TestClient, dataset: DatasetRow, address: str, status: int, sentence: str
) -> None:
    answer = browser.get(address)
    assert answer.status_code == status
    assert sentence in answer.text
