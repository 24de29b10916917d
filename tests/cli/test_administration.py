import json
import re
import socket
from pathlib import Path

import pytest

from app.cli import administration, first_admin, locks
from app.cli.instance import opened
from app.curation import access
from app.encoders import weights
from app.settings import Settings
from app.storage.database import connect, reading
from tests.cli.conftest import Run
from tests.server import free_port

SECRET = re.compile(r"Open http://127\.0\.0\.1:(\d+)/login\?token=[\w-]{43}\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder that is not there yet: the first use makes it."""
    return tmp_path / "data"


def test_a_token_is_shown_once_and_opens_the_door(run: Run, folder: Path) -> None:
    result = run("token", "nightly", "--role", "curator")
    token = result.stdout.strip()
    engine = connect(Settings(data_dir=folder).database)
    with reading(engine)() as session:
        found = access.by_token(session, token)
    engine.dispose()
    assert found is not None
    assert (found.actor.role, found.actor.dataset_id) == ("curator", None)


def test_a_token_may_be_bound_to_a_data_set(run: Run) -> None:
    run("token", "x", "--role", "viewer", "--dataset", "eggs", status=2)
    run("import", "-", "--dataset", "eggs", given=b'{"prompt": "a", "completion": "b"}\n')
    told = json.loads(
        run("token", "x", "--role", "viewer", "--dataset", "eggs", "--days", "7", "--json").stdout
    )
    assert (told["dataset"], told["token"][:4]) == ("eggs", "dbt_")


def test_a_fresh_link_is_printed_on_one_line(run: Run) -> None:
    first, second = run("login").stdout, run("login", "--port", "9000").stdout
    assert SECRET.fullmatch(first)
    assert SECRET.fullmatch(second)
    assert first.split("token=")[1] != second.split("token=")[1]
    assert json.loads(run("login", "--json").stdout)["url"].startswith("http://127.0.0.1:")


def findings(run: Run, *more: str, status: int = 0) -> dict[str, tuple[bool, str]]:
    port = free_port()
    told = json.loads(run("doctor", "--port", str(port), *more, "--json", status=status).stdout)
    assert told["ok"] == (status == 0)
    return {one["name"]: (one["ok"], one["detail"]) for one in told["findings"]}


def test_the_doctor_finds_all_well_before_and_after_the_first_use(run: Run, folder: Path) -> None:
    before = findings(run)
    assert not folder.exists()
    assert all(ok for ok, _ in before.values())
    run("login")
    after = findings(run)
    assert set(after) >= {"database", "durability", "schema", "free disk", "data folder", "port"}
    assert after["data folder"][1].endswith("(0700)")


def test_t32_the_doctor_sees_files_that_others_may_read(run: Run, folder: Path) -> None:
    run("login")
    folder.chmod(0o755)
    (folder / "notes.txt").touch(mode=0o644)
    (folder / "notes.txt").chmod(0o644)
    found = findings(run, status=1)
    assert not found["data folder"][0]
    assert found["files in it"] == (False, "open to others: notes.txt")


def test_the_doctor_sees_a_port_that_is_taken_and_a_server_that_runs(
    run: Run, folder: Path
) -> None:
    run("login")
    with socket.create_server(("127.0.0.1", 0)) as other:
        result = run("doctor", "--port", str(other.getsockname()[1]), status=1)
        assert "FAULT" in result.stdout
        with locks.held(folder / locks.SERVER):
            assert (
                "runs on this data folder"
                in run("doctor", "--port", str(other.getsockname()[1])).stdout
            )


def test_the_doctor_sees_a_database_that_is_broken_or_away(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DARTBOARD_DATABASE_URL", "postgresql+psycopg://postgres@127.0.0.1:1/none")
    assert not findings(run, status=1)["database"][0]
    monkeypatch.delenv("DARTBOARD_DATABASE_URL")
    folder.mkdir(mode=0o700)
    (folder / "dartboard.db").write_bytes(b"this is no database" * 100)
    (folder / "dartboard.db").chmod(0o600)
    assert "not a database" in findings(run, status=1)["database"][1]


def test_the_doctor_sees_wrong_weights(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DARTBOARD_ENCODER", "default")
    assert findings(run)["encoder"][0]
    monkeypatch.setattr(weights, "folder", lambda: tmp_path)
    found = findings(run, status=1)["encoder"]
    assert found == (False, "The encoder's file model.safetensors is missing.")


def test_too_little_disk_is_a_fault(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(administration, "LEAST_FREE_BYTES", 1 << 62)
    assert not findings(run, status=1)["free disk"][0]


@pytest.mark.parametrize(
    ("environment", "ok", "words"),
    [
        ({}, True, "this machine alone"),
        ({"HOST": "0.0.0.0"}, False, "not encrypted"),
        ({"PUBLIC_URL": "http://x.example"}, False, "not encrypted"),
        ({"PUBLIC_URL": "https://x.example"}, False, "TRUSTED_PROXIES is empty"),
        ({"PUBLIC_URL": "https://x.example", "TRUSTED_PROXIES": '["*"]'}, False, "anybody"),
        ({"PUBLIC_URL": "https://x.example", "TRUSTED_PROXIES": '["10.0.0.1"]'}, True, "https"),
    ],
)
def test_t19_the_doctor_looks_at_how_others_come_in(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], ok: bool, words: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(f"DARTBOARD_{name}", value)
    found = administration._doors(Settings())
    assert found.ok == ok
    assert words in found.detail


def test_t20_a_server_for_others_prints_a_set_up_link_and_nobody_else_gets_in_by_its_log(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DARTBOARD_PUBLIC_URL", "https://x.example/")
    with opened(folder) as instance:
        first, again = (first_admin.link_to(instance, 8765) for _ in range(2))
        assert first == again, "other servers of this folder may have printed it"
        assert first.startswith("https://x.example/setup?token=")
        file = instance.settings.setup_file
        assert first.endswith(file.read_text().strip())
        assert file.stat().st_mode & 0o777 == 0o600
    (tmp_path / "password").write_text("seven grey herons\n")
    monkeypatch.setenv("DARTBOARD_ADMIN_PASSWORD_FILE", str(tmp_path / "password"))
    for _ in range(2):
        with opened(folder) as instance:
            assert first_admin.link_to(instance, 8765) == "https://x.example/login"
            assert not instance.settings.setup_file.exists()
