"""Before there is an admin: who may become the first one, and how."""

import os
from pathlib import Path

from sqlmodel import Session

from app.cli.instance import Instance
from app.curation import access, people
from app.errors import InvalidError
from app.settings import Settings


class PasswordFileError(InvalidError):
    """The file that DARTBOARD_ADMIN_PASSWORD_FILE names cannot be read."""


def link_to(instance: Instance, port: int) -> str:
    """The address to open first.

    Where only this machine can come, it lets its reader in, once. Where others can, nobody is let
    in by what stands in a log: the first admin is made with the set-up token, all others log in.
    """
    settings = instance.settings
    with instance.write() as session:
        is_set_up = people.is_set_up(session) or _is_made_by_file(session, settings)
        if not settings.is_reachable:
            return login_link(session, settings, port)
        if is_set_up:
            settings.setup_file.unlink(missing_ok=True)
            return f"{address(settings, port)}/login"
        return f"{address(settings, port)}/setup?token={_setup_token(session, settings.setup_file)}"


def login_link(session: Session, settings: Settings, port: int) -> str:
    """A fresh one-time link for an admin."""
    return f"{address(settings, port)}/login?token={access.new_login_link(session)}"


def address(settings: Settings, port: int) -> str:
    """Where people reach the server: the public address, else the one it listens on."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    host = settings.host
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104  compared only
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"


def _is_made_by_file(session: Session, settings: Settings) -> bool:
    path = settings.admin_password_file
    if path is None:
        return False
    try:
        password = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise PasswordFileError(f"{path} cannot be read: {error}.") from None
    people.make_admin(session, settings.admin_name, password)
    return True


def _setup_token(session: Session, file: Path) -> str:
    """The token in the file, as long as it is good: other servers may have printed it too."""
    known = file.read_text().strip() if file.exists() else ""
    if known and people.is_good(session, known):
        return known
    fresh = people.set_up(session)
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
        written.write(fresh + "\n")
    return fresh
