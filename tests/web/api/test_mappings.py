import pytest
from starlette.testclient import TestClient

URL = "/api/v1/datasets/recipes/mappings"
UPLOADS = "/api/v1/datasets/recipes/uploads"
TABLE = b"frage,antwort\nWie lange?,Sieben Minuten.\n"
ROLES = {"frage": "input", "antwort": "output"}

pytestmark = pytest.mark.usefixtures("dataset")


def test_a_kept_mapping_is_named_by_an_upload_until_it_is_forgotten(program: TestClient) -> None:
    assert program.put(f"{URL}/tables", json={"columns": ROLES}).status_code == 200
    (kept,) = program.get(URL).json()["items"]
    assert (kept["name"], kept["columns"], kept["read_as"]) == ("tables", ROLES, "")
    params = {"dry_run": "true", "mapping": "tables"}
    told = program.post(UPLOADS, content=TABLE, params=params).json()
    assert (told["dialect"], told["accepted"]) == ("mapped", 1)
    assert program.delete(f"{URL}/tables").status_code == 204
    assert program.get(URL).json() == {"items": []}
    assert program.post(UPLOADS, content=TABLE, params=params).status_code == 404
    assert program.delete(f"{URL}/tables").status_code == 404


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("tables", {"columns": {"frage": "input"}}, "bad_mapping"),
        ("tables", {"columns": {"frage": "odd"}}, "bad_mapping"),
        ("tables", {"columns": ROLES, "read_as": "klingon"}, "unknown_dialect"),
        ("[tables", {"columns": ROLES}, "mapping_name"),
        ("x" * 81, {"columns": ROLES}, "mapping_name"),
    ],
)
def test_what_nothing_could_be_read_by_is_not_kept(
    program: TestClient, name: str, body: dict[str, object], code: str
) -> None:
    answer = program.put(f"{URL}/{name}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert program.get(URL).json() == {"items": []}


def test_a_dialect_may_be_named_with_roles_for_the_columns_beside_it(program: TestClient) -> None:
    line = b'{"prompt": "Mend a chair", "completion": "Glue it.", "topic": "chairs"}\n'
    body = {"columns": {"topic": "label"}, "read_as": "prompt_completion"}
    assert program.put(f"{URL}/chairs", json=body).status_code == 200
    params = {"dry_run": "true", "mapping": "chairs"}
    told = program.post(UPLOADS, content=line, params=params).json()
    assert (told["dialect"], told["accepted"]) == ("prompt_completion", 1)
