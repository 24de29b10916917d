from pathlib import Path

from app.settings import Settings


def test_sqlite_in_the_data_folder_is_the_default() -> None:
    settings = Settings(data_dir=Path("here"), database_url="")
    assert settings.database == "sqlite:///here/dartboard.db"


def test_the_password_may_lie_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("s3cret/@\n")
    settings = Settings(
        database_url="postgresql+psycopg://team@db/board", database_password_file=secret
    )
    assert settings.database == "postgresql+psycopg://team:s3cret%2F%40@db/board"


def test_what_ships_is_found() -> None:
    settings = Settings()
    assert (settings.templates / "base.html").is_file()
    assert (settings.migrations / "env.py").is_file()
    assert (settings.static / "demo" / "everyday.jsonl").is_file()
