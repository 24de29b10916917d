import json

from tests.cli.conftest import Run

GOOD = b'{"prompt": "How long?", "completion": "Six minutes."}\n'


def link_of(run: Run, *words: str) -> str:
    return str(json.loads(run("users", *words, "--json").stdout)["url"])


def test_people_are_invited_listed_and_told_apart(run: Run) -> None:
    run("login")  # adds the local admin
    assert "/join?token=" in link_of(run, "invite", "Noa")
    assert "/join?token=" in link_of(run, "reset", "admin")
    told = json.loads(run("users", "list", "--json").stdout)
    assert told == {"people": [{"name": "admin", "role": "admin", "left": False}]}
    assert "admin" in run("users", "list").stdout


def test_what_cannot_be_is_a_sentence_and_status_2(run: Run) -> None:
    run("login")
    for words in (
        ("role", "nobody", "--role", "viewer"),
        ("role", "admin", "--role", "emperor"),
        ("role", "admin", "--role", "viewer"),
        ("remove", "admin"),
        ("reset", "nobody"),
        ("invite", "Noa", "--role", "viewer", "--dataset", "none"),
    ):
        assert run("users", *words, status=2).stdout == "", words


def test_a_role_in_one_data_set_is_given_and_taken(run: Run) -> None:
    run("login")
    run("import", "-", "--dataset", "eggs", given=GOOD)
    assert (
        "in eggs" in run("users", "role", "admin", "--role", "viewer", "--dataset", "eggs").stdout
    )
    assert "no role in eggs" in run("users", "role", "admin", "--dataset", "eggs").stdout
    run("users", "role", "admin", "--dataset", "eggs", status=2)
